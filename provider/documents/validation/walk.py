"""Walking a botocore shape by the members of a JSON value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from ...models import wire
from ...models.shapes import wired

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from botocore.model import Shape

Names = Literal["wire", "request", "answer"]

ANY_MEMBER: Final = "*"
_MOST_ANY: Final = 4
"""With more wildcards a path is not followed: each multiplies the ways."""
LAST: Final = "-"
"""The element after a list's last one, where a replacement may put something (RFC 6901, section 4)."""
LENGTH: Final = "length"
"""What dialects of JSONPath take of a list or a string."""

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


def walk_path(shape: Shape | None, path: Iterable[str | int], *, by: Names = "wire") -> Shape | Lost | None:
    """Return the shape at a path; ``Lost`` where the path leaves it, None where anything may be there.

    Args:
        shape: The shape of the value that the path begins in.
        path: Names of members and positions in lists.
        by: The names that members go by: those on the wire, those in a ``request`` (botocore's, too), or
            those by which an ``answer`` can be read (see ``wire.parsed_answer``).
    """
    here = shape
    tokens = [str(part) for part in path]
    if tokens.count(ANY_MEMBER) > _MOST_ANY:
        return None
    for index, token in enumerate(tokens):
        if here is None or getattr(here, "is_document_type", False):
            return None
        if token == ANY_MEMBER and here.type_name == "structure":
            return _walk_any(here, tokens[index + 1 :], by=by)
        found = _member(here, token, by=by)
        if found is None and token not in (ANY_MEMBER, LENGTH):
            known = tuple(wired(here)) if here.type_name == "structure" else ()
            return Lost(token, f"{here.name} ({here.type_name})", known)
        here = found
    return here


def _walk_any(shape: Any, path: list[str], *, by: Names) -> Shape | Lost | None:
    """Walk on from every member of a structure; ``Lost`` where no member has the rest of the path."""
    found = [walk_path(member, path, by=by) for member in shape.members.values()] if path else []
    shapes = [each for each in found if not isinstance(each, Lost)]
    if shapes or not found:
        return next((each for each in shapes if each is not None), None)
    return Lost(path[0], f"{shape.name} (any member)")


def _member(shape: Any, token: str, *, by: Names) -> Shape | None:
    if shape.type_name == "structure":
        if by == "answer":
            token = wire.parsed_answer(shape, token) or token
        return (members_at(shape) if by == "request" else wired(shape)).get(token)
    if shape.type_name == "map":
        return None if token == ANY_MEMBER else shape.value
    if shape.type_name == "list" and (token.isdecimal() or token in (ANY_MEMBER, LAST)):
        return shape.member
    return None


def members_at(shape: Any) -> dict[str, Shape]:
    """Return a structure's members by their names and by the names that they have on the wire."""
    return {**shape.members, **wired(shape)}


def concrete(shape: Any, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Return a path whose ``*`` on structures name the first member that has the rest of the path."""
    for index, part in enumerate(path):
        here = walk_path(shape, path[:index])
        if (
            part == ANY_MEMBER
            and not isinstance(here, Lost)
            and getattr(here, "type_name", "") == "structure"
        ):
            rest = path[index + 1 :]
            for name, member in wired(here).items():
                if not isinstance(walk_path(member, rest), Lost):
                    return (*path[:index], name, *concrete(member, rest))
    return path


def walk_body(shape: Any, path: tuple[str | int, ...]) -> Shape | Lost | None:
    """Return what a path leads to in an answer's body; as ``walk_path``.

    The body is the member that is the whole payload, or all members but those that travel in headers.
    """
    if shape is None:
        return Lost(str(path[0]), "an empty body") if path else None
    payload = shape.serialization.get("payload")
    if payload is not None:
        return walk_path(shape.members[payload], path[1:] if wire.whole(shape, path) else path, by="answer")
    if path and path[0] in shape.members and "location" in shape.members[path[0]].serialization:
        return Lost(str(path[0]), "the body")
    return walk_path(shape, path, by="answer")


def respelled(shape: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str, str]]:
    """Yield what a path names otherwise than an answer does, with the name in the answer."""
    if shape is not None and "payload" in shape.serialization:
        shape = shape.members[shape.serialization["payload"]]
    for index, part in enumerate(path):
        here = walk_path(shape, path[:index], by="answer")
        if isinstance(here, Lost) or getattr(here, "type_name", "") != "structure" or part == ANY_MEMBER:
            continue
        name = wire.parsed_answer(here, str(part))
        if name not in (None, part):
            yield str(part), str(name)


def passes_list(shape: Any, path: tuple[str | int, ...]) -> bool:
    """Whether a path leads through the elements of a list."""
    found = (walk_body(shape, path[:length]) for length in range(len(path)))
    return any(getattr(each, "type_name", "") == "list" for each in found)


def enum_of(shape: Shape | Lost | None) -> tuple[str, ...]:
    """Return the values that a string may have; none where it may have any, or there is none."""
    return () if shape is None or isinstance(shape, Lost) else tuple(shape.metadata.get("enum", ()))
