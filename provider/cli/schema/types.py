"""Types of a Pulumi package schema: from botocore's shapes and from annotations."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin, is_typeddict

import pulumi

from ...engine.schema import PACKAGE, camel
from ...models.shapes import snake
from ...program import arguments
from . import docstrings

if TYPE_CHECKING:
    from botocore.model import Shape

Spec = dict[str, Any]

_SCALARS: Final[Mapping[str, str]] = {
    "boolean": "boolean", "integer": "integer", "long": "integer", "float": "number", "double": "number",
}  # fmt: skip
_PYTHON: Final = {str: "string", bool: "boolean", int: "integer", float: "number"}
ANYTHING: Final[Spec] = {"$ref": "pulumi.json#/Any"}


def hints(annotated: Any) -> dict[str, Any]:
    """Return the annotations of a function or class; ``pulumi.Input`` names ``Output`` as a string."""
    return typing.get_type_hints(annotated, localns={"Output": pulumi.Output, "T": Any})


@dataclass
class Types:
    """The named types of the schema, gathered while properties are described."""

    specs: dict[str, Spec] = field(default_factory=dict)

    def of_shape(self, shape: Shape, *, enums: bool = True) -> Spec:
        """Return the type of a member of AWS's model.

        Args:
            shape: The member's shape.
            enums: Whether allowed values are told: what AWS answers may have more of them by then.
        """
        if shape.type_name == "structure":
            return self._named(shape.name, lambda: self._structure(shape, enums=enums))
        if shape.type_name == "list":
            return {"type": "array", "items": self.of_shape(shape.member, enums=enums)}
        if shape.type_name == "map":
            return {"type": "object", "additionalProperties": self.of_shape(shape.value, enums=enums)}
        allowed = shape.metadata.get("enum")
        if allowed and enums:
            return self._enum(shape.name, allowed)
        return {"type": _SCALARS.get(shape.type_name, "string")}

    def of_annotation(self, annotation: Any) -> Spec:
        """Return the type of an argument as programs annotate it; unions with Outputs are Inputs."""
        origin = get_origin(annotation)
        if origin in (typing.Union, types.UnionType):
            plain = [each for each in get_args(annotation) if not _is_output(each)]
            dictionaries = [each for each in plain if is_typeddict(each)]
            return self.of_annotation((dictionaries or plain)[0])
        if origin is Literal:
            return {"type": "string"}
        if origin is not None and issubclass(origin, Sequence):
            return {"type": "array", "items": self.of_annotation(get_args(annotation)[0])}
        if origin is not None and issubclass(origin, Mapping):
            value = get_args(annotation)[1]
            items = ANYTHING if value is Any else self.of_annotation(value)
            return {"type": "object", "additionalProperties": items}
        if is_typeddict(annotation):
            name = annotation.__name__.removesuffix("ArgsDict").removesuffix("Args")
            return self._named(name, lambda: self._dictionary(annotation))
        return {"type": _PYTHON.get(annotation, "string")}

    def of_form(self, name: str, form: Mapping[str, Any]) -> Spec:
        """Return the type of a configuration key by its form; objects are named after the key."""
        if form["type"] == "array":
            return {"type": "array", "items": self.of_form(name, form["items"])}
        if "properties" not in form:
            return dict(form)
        named = (
            f"{name[:1].upper()}{name[1:]}".removesuffix("s")
            if name == "assumeRoles"
            else f"{name[:1].upper()}{name[1:]}"
        )
        members = {key: self.of_form(key, value) for key, value in form["properties"].items()}
        return self._named(named, lambda: _object(f"The configuration key `{named}`.", members, []))

    def _named(self, name: str, make: Any) -> Spec:
        token = f"{PACKAGE}:index:{name}"
        if token not in self.specs:
            self.specs[token] = {}  # for one that holds itself
            self.specs[token] = make()
        return {"$ref": f"#/types/{token}"}

    def _structure(self, shape: Any, *, enums: bool) -> Spec:
        documented = getattr(arguments, f"{shape.name}Args", None)
        described = docstrings.documented_members(documented) if documented else {}
        properties = {}
        for name, member in shape.members.items():
            spec = self.of_shape(member, enums=enums)
            text = described.get(snake(name)) or f"AWS's `{name}`."
            properties[camel(snake(name))] = {**spec, "description": text}
        required = sorted(camel(snake(name)) for name in shape.required_members)
        return _object(
            docstrings.description(documented) if documented else f"AWS's `{shape.name}`.",
            properties,
            required,
        )

    def _dictionary(self, annotation: Any) -> Spec:
        described = docstrings.documented_members(annotation)
        properties = {
            camel(name): {
                **self.of_annotation(hint),
                **({"description": described[name]} if name in described else {}),
            }
            for name, hint in hints(annotation).items()
        }
        return _object(
            docstrings.description(annotation), properties, sorted(map(camel, _required(annotation)))
        )

    def _enum(self, name: str, allowed: list[str]) -> Spec:
        reference = self._named(
            name,
            lambda: {
                "type": "string",
                "enum": [{"name": _enum_name(value), "value": value} for value in allowed],
            },
        )
        return {"type": "string", "oneOf": [{"type": "string"}, {"type": "string", **reference}]}


def _object(description: str, properties: Spec, required: list[str]) -> Spec:
    spec: Spec = {"type": "object", "description": description, "properties": properties}
    return {**spec, "required": required} if required else spec


def _required(annotation: Any) -> set[str]:
    """Return the required keys of a TypedDict; its own set misses a ``NotRequired`` that is a string."""
    marked = typing.get_type_hints(
        annotation, localns={"Output": pulumi.Output, "T": Any}, include_extras=True
    )
    optional = {name for name, hint in marked.items() if get_origin(hint) is typing.NotRequired}
    return set(annotation.__required_keys__) - optional


def _enum_name(value: str) -> str:
    words = value.replace("-", "_").split("_")
    name = "".join(word[:1].upper() + word[1:].lower() for word in words)
    return name if name[:1].isalpha() else f"Value{name}"


def _is_output(annotation: Any) -> bool:
    origin = get_origin(annotation) or annotation
    return (
        origin is type(None)
        or (isinstance(origin, type) and issubclass(origin, pulumi.Output))
        or "Awaitable" in str(origin)
    )
