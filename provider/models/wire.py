"""Which of an operation's members a name on the wire means: the same for the validator and the caller.

Documents name members as AWS's documentation, its OpenAPI descriptions and its examples do: by the name on
the wire or botocore's, with ``+`` after a greedy path member, with numbers in the query protocols
(``Filter.1.Value.2``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import parse_qsl

from ..openapi.descriptions import one_of
from .shapes import wire_name

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape

    from ..arazzo.model import In

QUERY_PROTOCOLS: Final = frozenset({"query", "ec2"})
"""Protocols that send members as ``Name.1.Member=value``."""

XML_PROTOCOLS: Final = QUERY_PROTOCOLS | {"rest-xml"}
"""Protocols that carry structures as XML."""

_LOCATIONS: Final[Mapping[str, In]] = {
    "uri": "path",
    "querystring": "query",
    "header": "header",
    "headers": "header",
}
"""Where botocore's locations are in Arazzo's words; what has none of these goes in the body."""

_SELECTORS: Final = frozenset({"Action", "Version"})
"""What the query protocols select an operation with."""

TARGET: Final = "x-amz-target"
"""The header that selects an operation of the AWS JSON protocols, in lower case."""
_HEADERS: Final = frozenset(
    {"accept", "accept-encoding", "authorization", "content-length", "content-type", "host", "user-agent"}
    | {"x-amz-content-sha256", "x-amz-date", "x-amz-security-token", "x-amz-user-agent"}
)
"""Headers that OpenAPI descriptions list and the client sets by itself."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """What a parameter of a request gives.

    Attributes:
        path: Where its value goes in boto3's arguments: names of members, positions in lists from 0, and for
            a map the entry's position and ``key`` or ``value``.
        shape: The shape at its end.
        place: Where it travels; None for the body.
        elsewhere: Whether the document says another place.
        renamed: Whether the document has another name for it.
    """

    path: Path
    shape: Shape
    place: In | None
    elsewhere: bool = False
    renamed: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    """A parameter that is the protocol's, not the operation's.

    Attributes:
        expected: Its only value that selects the operation, or None where any will do.
    """

    expected: str | None = None


def is_query(model: OperationModel) -> bool:
    """Whether an operation can be written in a query protocol."""
    metadata = model.service_model.metadata
    protocols = {model.service_model.protocol, *metadata.get("protocols", ())}
    return bool(protocols & QUERY_PROTOCOLS) or "awsQueryCompatible" in metadata


def location(member: Shape) -> In | None:
    """Return where a member goes: a place of parameters, or None for the body."""
    return _LOCATIONS.get(member.serialization.get("location", ""))


def constant(model: OperationModel, place: In | None, name: str) -> Constant | None:
    """Return what a parameter of the protocol has to be; None for one of the operation's own."""
    if place == "header":
        if name.casefold() == TARGET:
            metadata = model.service_model.metadata
            return Constant(f"{metadata.get('targetPrefix', metadata['endpointPrefix'])}.{model.name}")
        return Constant() if name.casefold() in _HEADERS else None
    if name in _SELECTORS and is_query(model):
        return Constant(model.name if name == "Action" else None)
    if place == "query" and name == "x-id":
        return Constant(model.name)
    fixed = dict(parse_qsl(model.http["requestUri"].partition("?")[2], keep_blank_values=True))
    return Constant(fixed[name] or None) if place == "query" and name in fixed else None


def member(model: OperationModel, place: In | None, name: str) -> Member | None:
    """Return what a parameter gives; None where the operation has no such member.

    Args:
        model: The operation.
        place: Where the document puts it; None for a field of a form.
        name: Its name.
    """
    shape = model.input_shape
    if shape is None:
        return None
    name = name.removesuffix("+") if place == "path" else name
    found = next(_at_place(shape, place, name), None) or _numbered(model, place, name)
    return found or _anywhere(shape, name) or (_only_placeholder(shape, name) if place == "path" else None)


def names(shape: Any, *, numbered: bool = False) -> dict[str, str]:
    """Return a structure's members by each of the names that they go by on the wire and in boto3.

    Args:
        shape: The structure.
        numbered: Whether to add those that the query protocols have in front of a list's numbers.
    """
    found: dict[str, str] = {}
    for name, each in shape.members.items():
        serialization = each.serialization
        wire = wire_name(name, each)
        spellings = [wire, name]
        if numbered:
            spellings += [serialization.get("queryName", name), wire[:1].upper() + wire[1:]]
        if numbered and each.type_name == "list" and serialization.get("flattened"):
            spellings.append(each.member.serialization.get("name", name))  # a flattened list has none
        for spelling in spellings:
            found.setdefault(spelling, name)
    return {**found, **{name: name for name in shape.members}}


def _at_place(shape: Any, place: In | None, name: str) -> Iterator[Member]:
    key = _key(name, place)
    for own, each in shape.members.items():
        if location(each) != place:
            continue
        wire = wire_name(own, each)
        if key in (_key(wire, place), _key(own, place)):
            yield Member((own,), each, place)
        elif each.serialization.get("location") == "headers" and key.startswith(wire.casefold()):
            yield Member((own, name[len(wire) :]), each.value, place)  # S3's x-amz-meta-


def _only_placeholder(shape: Any, name: str) -> Member | None:
    """Return the one member in the path: published descriptions have names of their own for placeholders.

    A name that is near the member's is a slip, and none of its names.
    """
    found = [(own, each) for own, each in shape.members.items() if location(each) == "path"]
    if len(found) != 1 or get_close_matches(name.casefold(), [found[0][0].casefold()]):
        return None
    return Member((found[0][0],), found[0][1], "path", renamed=True)


def _key(name: str, place: In | None) -> str:
    return name.casefold() if place == "header" else name


def _anywhere(shape: Any, name: str) -> Member | None:
    own = names(shape).get(name)
    if own is None:
        return None
    found = shape.members[own]
    return Member((own,), found, location(found), elsewhere=True)


def _numbered(model: OperationModel, place: In | None, name: str) -> Member | None:
    """Read a name of the query protocols, in the query or in a form."""
    if place not in ("query", None) or not is_query(model):
        return None
    path: list[str | int] = []
    shape: Any = model.input_shape
    tokens = name.split(".")
    while tokens:
        step = _STEPS.get(shape.type_name)
        taken = None if step is None else step(shape, tokens)
        if taken is None:
            return None
        more, shape, tokens = taken
        path += more
    return Member(tuple(path), shape, None)


def _into_structure(shape: Any, tokens: list[str]) -> tuple[Path, Any, list[str]] | None:
    own = names(shape, numbered=True).get(tokens[0])
    return None if own is None else ((own,), shape.members[own], tokens[1:])


def _into_list(shape: Any, tokens: list[str]) -> tuple[Path, Any, list[str]] | None:
    if not tokens[0].isdecimal():  # Name.member.1, or Name.DBSecurityGroupName.1
        tokens = tokens[1:]
    return _nth(shape.member, tokens)


def _into_map(shape: Any, tokens: list[str]) -> tuple[Path, Any, list[str]] | None:
    if not tokens[0].isdecimal():  # Attributes.entry.1.key
        tokens = tokens[1:]
    nth = _nth(shape.value, tokens)
    if nth is None or not nth[2]:
        return None
    (index,), _, (side, *rest) = nth
    key = str(shape.key.serialization.get("name", "key")).casefold()
    which: Literal["key", "value"] = "key" if side.casefold() in (key, "key", "name") else "value"
    return (index, which), shape.key if which == "key" else shape.value, rest


def _nth(shape: Any, tokens: list[str]) -> tuple[Path, Any, list[str]] | None:
    if not tokens or not tokens[0].isdecimal() or int(tokens[0]) < 1:
        return None
    return (int(tokens[0]) - 1,), shape, tokens[1:]


_STEPS: Final = {"structure": _into_structure, "list": _into_list, "map": _into_map}


def parsed_answer(shape: Any, name: str) -> str | None:
    """Return the name on the wire of the member of an answer that a document means, or None.

    Answers are only read, so botocore's name counts, too, and another case where one member is spelled so:
    published descriptions have ``dBInstances`` where AWS answers ``DBInstances``.
    """
    own = {wire_name(key, each): key for key, each in shape.members.items()}
    if name in own:
        return name
    wire = {key: on_wire for on_wire, key in own.items()}
    found = wire.get(name) or one_of(name, {on_wire: on_wire for on_wire in own})
    return found or one_of(name, wire)


def whole(shape: Any, path: tuple[str | int, ...]) -> str | None:
    """Return the member that is an answer's whole body, and no object, where a path begins with its name.

    The body is that member's value, so nothing is inside it by that name; documents that are written after
    boto3's answers name it all the same.
    """
    payload: str | None = None if shape is None else shape.serialization.get("payload")
    if payload is None or not path or shape.members[payload].type_name in ("structure", "map", "list"):
        return None
    return payload if one_of(str(path[0]), {payload: payload}) else None


def elements(shape: Any, value: Mapping[str, Any]) -> Any:
    """Return a list that is written as XML nests it (``{"Tag": [...]}``), or else the value."""
    element = shape.member.serialization.get("name", "member")
    if set(value) != {element}:
        return value
    inner = value[element]
    return inner if isinstance(inner, list) else [inner]


def gathered(shape: Any, given: Mapping[Path, Any]) -> dict[str, Any]:
    """Return boto3's arguments from values by their paths: lists in order, maps from their entries."""
    root: dict[Any, Any] = {}
    for path, value in given.items():
        here = root
        for part in path[:-1]:
            here = here.setdefault(part, {})
        here[path[-1]] = value
    return _settled(shape, root) if shape is not None else {}


def _settled(shape: Any, value: Any) -> Any:
    if not isinstance(value, dict) or not value:
        return value
    if shape.type_name == "structure":
        return {
            name: _settled(shape.members[name], each) if name in shape.members else each
            for name, each in value.items()
        }
    if all(isinstance(key, int) for key in value):
        entries = [value[index] for index in sorted(value)]
        if shape.type_name == "map":
            return {entry.get("key"): _settled(shape.value, entry.get("value")) for entry in entries}
        return [_settled(shape.member, entry) for entry in entries]
    return value
