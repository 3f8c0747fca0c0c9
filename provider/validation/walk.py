"""Walking a botocore shape by the members of a JSON value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from botocore.model import Shape

ANY_MEMBER: Final = "*"
LAST: Final = "-"
"""The element after a list's last one, where a replacement may put something (RFC 6901, section 4)."""
LENGTH: Final = "length"
"""What dialects of JSONPath take of a list or a text."""

JSON_TYPES: Final = {
    "structure": "object",
    "map": "object",
    "list": "array",
    "string": "string",
    "character": "string",
    "blob": "string",
    "timestamp": "string",
    "boolean": "boolean",
    "integer": "integer",
    "long": "integer",
    "float": "number",
    "double": "number",
}
"""The type of JSON Schema that a value of each type of shape has."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Where a path leaves a shape.

    Attributes:
        name: The member that is not there.
        inside: What it was looked for in: ``DatastoreProperties (structure)``.
        known: The members that there are.
    """

    name: str
    inside: str
    known: tuple[str, ...] = ()


def walk(shape: Shape | None, path: Iterable[str | int]) -> Shape | Lost | None:
    """Return the shape at a path; ``Lost`` where the path leaves it, None where anything may be there."""
    here = shape
    for part in path:
        if here is None or getattr(here, "is_document_type", False):
            return None
        token = str(part)
        found = _member(here, token)
        if found is None and token not in (ANY_MEMBER, LENGTH):
            return Lost(token, f"{here.name} ({here.type_name})", tuple(names(here)))
        here = found
    return here


def _member(shape: Any, token: str) -> Shape | None:
    if shape.type_name == "structure":
        return members(shape).get(token)
    if shape.type_name == "map":
        return None if token == ANY_MEMBER else shape.value
    if shape.type_name == "list" and (token.isdecimal() or token in (ANY_MEMBER, LAST)):
        return shape.member
    return None


def members(shape: Any) -> dict[str, Shape]:
    """Return a structure's members by their names and by the names that they have on the wire."""
    found = {str(member.serialization.get("name", name)): member for name, member in shape.members.items()}
    return {**found, **shape.members}


def names(shape: Any) -> list[str]:
    """Return a structure's own names of its members; none for any other shape."""
    return list(shape.members) if shape.type_name == "structure" else []


def body(shape: Any) -> list[Shape]:
    """Return the shapes that a body may have: all members, or the one that is the whole payload."""
    if shape is None:
        return []
    payload = shape.serialization.get("payload")
    return [shape, shape.members[payload]] if payload in shape.members else [shape]


def walk_body(shape: Any, path: tuple[str | int, ...]) -> Shape | Lost | None:
    """Return what a path leads to in a body; as ``walk``."""
    if shape is None:
        return Lost(str(path[0]), "an empty body") if path else None
    found = [walk(each, path) for each in body(shape)]
    return next((each for each in found if not isinstance(each, Lost)), found[0])


def enum_of(shape: Any) -> tuple[str, ...]:
    """Return the values that a text may have; none where it may have any."""
    return tuple(shape.metadata.get("enum", ())) if shape is not None else ()
