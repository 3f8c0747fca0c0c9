"""Checks a request against its shape in the service model, as the services' own front does.

Two passes, as on the wire: ``check_types`` over the JSON as it came (a wrong type is a
SerializationException), then ``check_constraints`` over the parsed members (everything wrong at once, in one
ValidationException).
Members that the model does not know are ignored, and null is the same as not there.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import regex
from botocore.model import Shape

from .errors import ServiceError, validation


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_JSON_TYPES: Final[Mapping[str, Callable[[Any], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "blob": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "long": _is_integer,
    "float": _is_number,
    "double": _is_number,
    "timestamp": _is_number,
    "list": lambda value: isinstance(value, list),
    "map": lambda value: isinstance(value, dict),
    "structure": lambda value: isinstance(value, dict),
}


def check_types(shape: Shape, value: Any, path: str = "") -> None:
    """Check the JSON types of a body.

    Raises:
        ServiceError: SerializationException, naming the member.
    """
    if not _JSON_TYPES[shape.type_name](value):
        raise ServiceError(
            "SerializationException",
            f"Unexpected {type(value).__name__} at '{path or '/'}': expected {shape.type_name}",
            status=400,
        )
    for child, item, child_path in _children(shape, value, path):
        check_types(child, item, child_path)


def _children(shape: Shape, value: Any, path: str) -> Iterator[tuple[Shape, Any, str]]:
    if shape.type_name == "structure":
        _check_union(shape, value, path)
        for name, member in shape.members.items():
            item = value.get(member.serialization.get("name", name))
            if item is not None and "location" not in member.serialization:
                yield member, item, f"{path}/{name}"
    elif shape.type_name == "list":
        for index, item in enumerate(value):
            yield shape.member, item, f"{path}/{index}"
    elif shape.type_name == "map":
        for key, item in value.items():
            yield shape.value, item, f"{path}/{key}"


def _check_union(shape: Shape, value: Mapping[str, Any], path: str) -> None:
    present = [name for name, item in value.items() if item is not None]
    if getattr(shape, "is_tagged_union", False) and len(present) != 1:
        raise ServiceError(
            "SerializationException",
            f"Union at '{path or '/'}' must have exactly one member set, got {sorted(present)}",
            status=400,
        )


def check_constraints(shape: Shape | None, value: Mapping[str, Any]) -> None:
    """Check required members, lengths, ranges, patterns and enums.

    Raises:
        ServiceError: ValidationException that lists every fault.
    """
    faults = [] if shape is None else list(_faults(shape, value, ""))
    if faults:
        noun = "error" if len(faults) == 1 else "errors"
        raise validation(f"{len(faults)} validation {noun} detected: {'; '.join(faults)}")


def _faults(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure":
        yield from _structure_faults(shape, value, path)
        return
    for rule in _broken_rules(shape, value):
        shown = "" if shape.metadata.get("sensitive") else f" '{_shown(value)}'"
        yield f"Value{shown} at '{path}' failed to satisfy constraint: {rule}"
    if shape.type_name == "list":
        for number, item in enumerate(value, start=1):
            yield from _faults(shape.member, item, f"{path}.{number}.member")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _faults(shape.key, key, f"{path}.key")
            yield from _faults(shape.value, item, f"{path}.{key}.value")


def _structure_faults(shape: Shape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    for name, member in shape.members.items():
        member_path = f"{path}.{_lower_first(name)}" if path else _lower_first(name)
        item = value.get(name)
        if item is not None:
            yield from _faults(member, item, member_path)
        elif name in shape.required_members:
            yield f"Value null at '{member_path}' failed to satisfy constraint: Member must not be null"


def _broken_rules(shape: Shape, value: Any) -> Iterator[str]:
    size, noun = _size(shape, value)
    if size is not None:
        if "min" in shape.metadata and size < shape.metadata["min"]:
            yield f"Member must have {noun} greater than or equal to {shape.metadata['min']}"
        if "max" in shape.metadata and size > shape.metadata["max"]:
            yield f"Member must have {noun} less than or equal to {shape.metadata['max']}"
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield f"Member must satisfy regular expression pattern: {pattern}"
    enum = shape.metadata.get("enum")
    if enum and value not in enum:
        yield f"Member must satisfy enum value set: [{', '.join(enum)}]"


def _size(shape: Shape, value: Any) -> tuple[float | None, str]:
    if shape.type_name in {"string", "blob", "list", "map"}:
        return len(value), "length"
    if shape.type_name in {"integer", "long", "float", "double"}:
        return value, "value"
    return None, ""


@functools.cache
def _compiled(pattern: str) -> regex.Pattern[str]:
    """Compile a model's pattern; unlike ``re``, ``regex`` knows Unicode property classes."""
    return regex.compile(pattern)


def _lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 200 else f"{text[:200]}..."  # noqa: PLR2004  # an error is one readable line
