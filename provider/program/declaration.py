"""What all resources have in common when a program declares them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import pulumi
from pulumi.dynamic import Resource, ResourceProvider

from ..dynamic.host import end_program_quietly
from ..engine.schema import PACKAGE
from ..errors import ConfigurationError
from ..kinds.hidden import REPLACING, SECRETS
from . import option_names
from .named import tell_named
from .stored import tell_stored

_SECRET: Final = ["__resume"]
"""What an interrupted creation leaves in the state holds the workflow's inputs: it is kept encrypted."""


class DeclarationError(ConfigurationError, pulumi.RunError):
    """A program declares a resource that cannot be; Pulumi prints it as one line, without a traceback."""


class HealthResource(Resource):
    """A dynamic resource whose subclasses keep its type token, so that a store may move into one of them.

    Pulumi's own base takes the token from each class statement's keywords alone: the type of a subclass that
    gives none would be another one, and a store whose line is changed to it would be deleted. A subclass with
    keywords of its own has the token that they say.

    Args:
        provider: The provider; what of it is stored is a reference to its class.
        name: The resource's name in the program.
        props: Its arguments.
        outputs: The names of its outputs that are not arguments.
        opts: Pulumi's resource options.

    Raises:
        DeclarationError: The options ask for an import, which no dynamic resource can be reached by, or name
            properties that there are not.
    """

    _keywords: ClassVar[Mapping[str, str]]

    def __init_subclass__(cls, **keywords: Any) -> None:
        own: dict[str, str] = {key: keywords.pop(key) for key in ("module", "name") if key in keywords}
        cls._keywords = own or cls._keywords
        super().__init_subclass__(**cls._keywords, **keywords)

    def __init__(
        self,
        provider: ResourceProvider,
        name: str,
        props: Mapping[str, Any],
        outputs: tuple[str, ...],
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        tell_named(name, props.get("adopt"), opts)
        super().__init__(
            provider, name, _declared(props, outputs, opts), self._options(name, {*props, *outputs}, opts)
        )
        tell_stored(self)

    def _options(
        self, name: str, known: set[str], opts: pulumi.ResourceOptions | None
    ) -> pulumi.ResourceOptions:
        """Return the options with what the provider adds to them."""
        if opts is not None and opts.import_ is not None:
            raise DeclarationError(
                f"{name}: import_ cannot reach a dynamic resource",
                reason="Pulumi hands its provider neither inputs nor state",
                hint=f'use the argument adopt="{opts.import_}" instead',
            )
        wrong = (
            option_names.first_wrong(opts, known, self._declaring().__init__) if opts is not None else None
        )
        if wrong is not None:
            raise DeclarationError(f"{name}: {wrong}")
        ours = pulumi.ResourceOptions(additional_secret_outputs=_SECRET, aliases=[self._on_plugin()])
        return pulumi.ResourceOptions.merge(opts, ours)

    def _on_plugin(self) -> pulumi.Alias:
        """Return the resource as it is on the plugin face: a store may come back from there."""
        return pulumi.Alias(type_=f"{PACKAGE}:index:{self._declaring().__name__}")

    @classmethod
    def _declaring(cls) -> type[HealthResource]:
        """Return the class whose constructor takes all arguments: the one right below this one."""
        return [each for each in cls.__mro__ if issubclass(each, HealthResource)][-2]


def _declared(
    props: Mapping[str, Any], outputs: tuple[str, ...], opts: pulumi.ResourceOptions | None
) -> dict[str, Any]:
    """Return a resource's properties; outputs are declared as None, or a preview would not know them.

    Whoever declares a resource is a program, so it is also let end quietly where the engine interrupts it.
    """
    end_program_quietly()
    hidden = {
        "__organization": pulumi.get_organization(),
        SECRETS: _secrets(props),
        REPLACING: (opts and opts.replace_on_changes) or None,
    }
    return {**dict.fromkeys(outputs), **props, **hidden}


def _secrets(props: Mapping[str, Any]) -> pulumi.Output[list[str] | None] | None:
    """Return the names of the properties that hold secrets; None where none can."""
    lasting = (str, bool, int, float, type(None))
    outputs = {
        name: pulumi.Output.from_input(value)
        for name, value in props.items()
        if not isinstance(value, lasting)
    }
    return pulumi.Output.from_input(_secret_names(outputs)) if outputs else None


async def _secret_names(outputs: Mapping[str, pulumi.Output[Any]]) -> list[str] | None:
    return [name for name, output in sorted(outputs.items()) if await output.is_secret()] or None


def reading(resource_id: pulumi.Input[str], opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Return the options of a resource that is only read."""
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=resource_id))
