"""What all resources have in common when a program declares them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pulumi

from ..dynamic.host import end_program_quietly
from ..errors import ConfigurationError
from ..kinds.hidden import SECRETS

_SECRET: Final = ["__resume"]
"""What an interrupted creation leaves in the state holds the workflow's inputs: it is kept encrypted."""


def declared(props: Mapping[str, Any], outputs: tuple[str, ...]) -> dict[str, Any]:
    """Return a resource's properties; outputs are declared as None, or a preview would not know them.

    Whoever declares a resource is a program, so it is also let end quietly where the engine interrupts it.
    """
    end_program_quietly()
    hidden = {"__organization": pulumi.get_organization(), SECRETS: _secrets(props)}
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


def options(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Return a resource's options with what the provider adds to them.

    Raises:
        ConfigurationError: They ask for an import, which no dynamic resource can be reached by.
    """
    if opts is not None and opts.import_ is not None:
        raise ConfigurationError(
            "import_ cannot reach a dynamic resource: Pulumi hands its provider neither inputs nor state",
            hint=f'use the argument adopt="{opts.import_}" instead',
        )
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(additional_secret_outputs=_SECRET))


def reading(resource_id: pulumi.Input[str], opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """Return the options of a resource that is only read."""
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=resource_id))
