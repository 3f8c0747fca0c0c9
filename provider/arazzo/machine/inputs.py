"""A workflow's inputs: defaults filled in, then checked against its JSON Schema (draft 2020-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ...errors import InputError, Place
from ..protocol import MISSING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..protocol import JSON

_ANNOTATIONS: Final = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment"}
)


def prepare(schema: JSON, inputs: Mapping[str, JSON], place: Place) -> dict[str, JSON]:
    """Return the inputs with the schema's defaults filled in, at any depth of properties.

    Args:
        schema: A JSON Schema without references to other documents, or None.
        inputs: The values as given; those that are ``MISSING`` count as not given.
        place: Where to say that a fault is.

    Raises:
        InputError: The schema refuses them; the error names every fault.
    """
    given = {name: value for name, value in inputs.items() if value is not MISSING}
    filled: dict[str, JSON] = with_defaults(schema, given)
    if schema is not None and not _plainly_valid(schema, filled):
        from .schemas import schema_faults  # noqa: PLC0415 - see _plainly_valid

        found = schema_faults(schema, filled)
        if found:
            raise InputError("the inputs do not fit the workflow", place=place, reason="; ".join(found))
    return filled


def with_defaults(schema: JSON, value: JSON) -> JSON:
    """Return a value with the defaults of its schema's properties where it has none."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not properties or not isinstance(value, dict):
        return value
    filled = dict(value)
    for name, inner in properties.items():
        if name in filled:
            filled[name] = with_defaults(inner, filled[name])
        elif isinstance(inner, dict) and "default" in inner:
            filled[name] = inner["default"]
    return filled


def _plainly_valid(schema: JSON, value: JSON) -> bool:
    """Whether a value is valid by the few keywords that most schemas have; False where others decide.

    It spares the import of the validator, which costs more than many a run.
    """
    if isinstance(schema, bool):
        return schema
    for keyword, operand in schema.items():
        if keyword in _ANNOTATIONS:
            continue
        check = _PLAIN.get(keyword)
        if check is None or not check(operand, value):
            return False
    return True


def _has_type(operand: Any, value: JSON) -> bool:
    names = operand if isinstance(operand, list) else [operand]
    return any(isinstance(value, _TYPES.get(name, ())) and _is_bool(value, name) for name in names)


def _is_bool(value: JSON, name: str) -> bool:
    """Whether a value's being a bool or not fits the type's name (Python's bool is an int)."""
    return isinstance(value, bool) == (name == "boolean")


def _has_properties(operand: Any, value: JSON) -> bool:
    return isinstance(value, dict) and all(
        _plainly_valid(inner, value[name]) for name, inner in operand.items() if name in value
    )


_TYPES: Final[dict[str, Any]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "object": dict,
    "array": list,
    "null": type(None),
}
_PLAIN: Final[dict[str, Any]] = {
    "type": _has_type,
    "required": lambda names, value: isinstance(value, dict) and all(name in value for name in names),
    "properties": _has_properties,
    "enum": lambda values, value: isinstance(value, str) and value in values,
}
