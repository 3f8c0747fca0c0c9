"""What the keywords of a JSON Schema may be (2020-12, the meta-schemas of its vocabularies).

The library that validates inputs could say it too; it costs more to import than most documents to read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ...nearest import did_you_mean

if TYPE_CHECKING:
    from ..protocol import JSON
    from .cursor import NodeCursor

ONE: Final = frozenset(
    {
        "additionalProperties",
        "contains",
        "contentSchema",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
SEVERAL: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
NAMED: Final = frozenset({"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"})
"""Keywords that hold a schema, a list of schemas, and schemas by name."""

TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")
_ANCHOR: Final = re.compile(r"[A-Za-z_][-A-Za-z0-9._]*")
_ID: Final = re.compile(r"[^#]*#?")

Check = Callable[["JSON"], bool]


def check_keywords(key: str, cursor: NodeCursor) -> None:
    """Write down a keyword's value that no schema can have."""
    if key == "type":
        _check_type(cursor)
    elif key in _CHECKS:
        allowed, expected, hint = _CHECKS[key]
        if not allowed(cursor.value):
            cursor.fault("wrong-type", f"{key} is not {expected}", hint)


def _check_type(cursor: NodeCursor) -> None:
    names = cursor.value
    if isinstance(names, list) and (not names or not _unique(names)):
        cursor.fault("wrong-value", "type is not a list of different types", "name each type once")
    for each in cursor.elements() if isinstance(names, list) else (cursor,):
        if each.value not in TYPES:
            each.fault("wrong-value", "JSON Schema has no such type", did_you_mean(str(each.value), TYPES))


def _is_text(value: JSON) -> bool:
    return isinstance(value, str)


def _is_bool(value: JSON) -> bool:
    return isinstance(value, bool)


def _is_list(value: JSON) -> bool:
    return isinstance(value, list)


def _is_number(value: JSON) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: JSON) -> bool:
    return _is_number(value) and value >= 0 and value % 1 == 0


def _is_names(value: JSON) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value) and _unique(value)


def _unique(names: list[JSON]) -> bool:
    return len({repr(each) for each in names}) == len(names)


def _is_names_by_name(value: JSON) -> bool:
    return isinstance(value, dict) and all(map(_is_names, value.values()))


def _is_bools_by_name(value: JSON) -> bool:
    return isinstance(value, dict) and all(map(_is_bool, value.values()))


def _is_dependencies(value: JSON) -> bool:
    return isinstance(value, dict) and all(
        isinstance(each, (dict, bool)) or _is_names(each) for each in value.values()
    )


_TEXTS: Final = (
    *("$schema", "$ref", "$dynamicRef", "$comment", "title", "description", "pattern", "format"),
    *("contentEncoding", "contentMediaType"),
)
_COUNTS: Final = (
    *("maxLength", "minLength", "maxItems", "minItems", "maxContains", "minContains"),
    *("maxProperties", "minProperties"),
)
_LIMITS: Final = ("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum")

_CHECKS: Final[dict[str, tuple[Check, str, str]]] = {
    **dict.fromkeys(_TEXTS, (_is_text, "a string", "put it in quotes")),
    **dict.fromkeys(_COUNTS, (_is_count, "a number of things", "give a whole number from 0")),
    **dict.fromkeys(_LIMITS, (_is_number, "a number", "")),
    **dict.fromkeys(("deprecated", "readOnly", "writeOnly", "uniqueItems"), (_is_bool, "true or false", "")),
    "multipleOf": (lambda value: _is_number(value) and value > 0, "a number above 0", ""),
    "required": (_is_names, "a list of names, each once", "write it as [a, b]"),
    "enum": (_is_list, "a list of values", "write it as [a, b]"),
    "examples": (_is_list, "a list of values", "write it as [a, b]"),
    "dependentRequired": (_is_names_by_name, "a mapping of names to lists of names", ""),
    "dependencies": (_is_dependencies, "a mapping of names to schemas or lists of names", ""),
    "$vocabulary": (_is_bools_by_name, "a mapping of URIs to true or false", ""),
    "$id": (lambda value: _is_text(value) and bool(_ID.fullmatch(value)), "a URI without a fragment", ""),
    "$anchor": (lambda value: _is_text(value) and bool(_ANCHOR.fullmatch(value)), "a plain name", ""),
    "$dynamicAnchor": (lambda value: _is_text(value) and bool(_ANCHOR.fullmatch(value)), "a plain name", ""),
}
