"""Property values against botocore's shapes: what AWS would refuse, and the way between the two spellings.

Users write ``kms_key_id``, AWS says ``KmsKeyId``; the names are mapped as boto3 maps its own methods
(``botocore.xform_name``). Everything here is pure and works on plain JSON values; a value that a preview
does not know yet passes every check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..nearest import nearest_name

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, Shape, StructureShape

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What stands for a value that a preview does not know yet (``pulumi.runtime.rpc.UNKNOWN``)."""

PATTERN_SECONDS: Final = 1.0
"""How long one pattern may take on one value; the models' patterns take microseconds."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One property that AWS would refuse: its path as the user writes it, and why, without a full stop."""

    path: str
    reason: str


def snake(member: str) -> str:
    """Return a member's name as users write it: ``SseConfiguration`` is ``sse_configuration``."""
    from botocore import xform_name  # noqa: PLC0415 - the program's process never needs botocore

    return str(xform_name(member))


def given(value: Any) -> Any:
    """Return a value without the keys that are None, at any depth: None means unset."""
    if isinstance(value, Mapping):
        return {key: given(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [given(item) for item in value]
    return value


def is_open(value: Any) -> bool:
    """Whether a preview does not know a value yet, or anything in it."""
    if isinstance(value, Mapping):
        return any(is_open(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(is_open(item) for item in value)
    return bool(value == UNKNOWN)


def faults(shape: Shape, value: Any, path: str) -> Iterator[Fault]:
    """Yield all that AWS would refuse of a value.

    Args:
        shape: The member's shape in the service's model.
        value: The value as the user wrote it, keys in snake case.
        path: The value's property path.
    """
    if value == UNKNOWN:
        return
    if shape.type_name == "structure":
        yield from _structure_faults(shape, value, path)
    elif shape.type_name == "list":
        yield from _list_faults(shape, value, path)
    elif shape.type_name == "map":
        yield from _map_faults(shape, value, path)
    else:
        yield from _scalar_faults(shape, value, path)


Names = Callable[[Any], Mapping[str, tuple[str, "Shape"]]]
"""Returns what a structure's members become: by the name in a value, another name and the shape."""


def respelt(
    shape: Shape,
    value: Any,
    names: Names,
    leaf: Callable[[Shape, Any], Any] = lambda _, value: value,
    *,
    keeps: bool = False,
) -> Any:
    """Return a value with other names for its members, at any depth.

    Args:
        shape: The value's shape.
        value: The value.
        names: What the members of a structure become.
        leaf: What becomes of a value without members, and of one that is not what its shape says.
        keeps: Whether members that ``names`` does not know stay as they are, instead of being left out.
    """
    kind = shape.type_name
    if kind == "structure" and isinstance(value, Mapping) and not getattr(shape, "is_document_type", False):
        known, found = names(shape), {}
        for key, item in value.items():
            if key in known:
                name, member = known[key]
                found[name] = respelt(member, item, names, leaf, keeps=keeps)
            elif keeps:
                found[key] = item
        return found
    if kind == "list" and isinstance(value, list | tuple):
        return [respelt(shape.member, item, names, leaf, keeps=keeps) for item in value]
    if kind == "map" and isinstance(value, Mapping):
        return {key: respelt(shape.value, item, names, leaf, keeps=keeps) for key, item in value.items()}
    return leaf(shape, value)


def to_members(shape: Shape, value: Any) -> Any:
    """Return a value as AWS spells it; numbers become integers where the shape is one."""
    return respelt(shape, value, _from_properties, _whole)


def to_properties(shape: Shape, value: Any) -> Any:
    """Return a value of AWS's as users spell it; members that the shape does not know are left out."""
    return respelt(shape, given(value), _from_answers)


def named(shape: Shape, value: Any) -> Any:
    """Return a value of an answer with its members by the model's names, however the wire spells them.

    What the shape does not know stays as it is.
    """
    return respelt(shape, value, _from_wire, keeps=True)


def to_wire(shape: Shape, value: Any, leaf: Callable[[Shape, Any], Any]) -> Any:
    """Return a value of boto3's as it stands on the wire; members that the shape does not know are left out.

    Args:
        shape: The value's shape.
        value: The value.
        leaf: What becomes of a value without members.
    """
    return respelt(shape, value, _onto_wire, leaf)


def wire_name(name: str, member: Shape) -> str:
    """Return the name on the wire of a member."""
    return str(member.serialization.get("name", name))


def wired(shape: Any) -> dict[str, Shape]:
    """Return a structure's members by the names that they have on the wire."""
    return {wire_name(name, member): member for name, member in shape.members.items()}


class Member(NamedTuple):
    """A member at any depth of a structure.

    Attributes:
        names: The model's names that lead to it.
        wire: The names on the wire that lead to it.
        shape: Its shape.
    """

    names: tuple[str, ...]
    wire: tuple[str, ...]
    shape: Shape


def members_below(
    shape: Shape | None,
    names: tuple[str, ...] = (),
    wire: tuple[str, ...] = (),
    entered: frozenset[str] = frozenset(),
) -> Iterator[Member]:
    """Yield all members of a structure at any depth, but those in lists and maps.

    Args:
        shape: The structure; of anything else nothing is yielded.
        names: The names that lead to it.
        wire: The names on the wire that lead to it.
        entered: The structures around it, which are not entered again.
    """
    if shape is None or shape.type_name != "structure" or shape.name in entered:
        return
    for name, member in shape.members.items():
        found = Member((*names, name), (*wire, wire_name(name, member)), member)
        yield found
        yield from members_below(member, found.names, found.wire, entered | {shape.name})


def _from_properties(shape: Any) -> dict[str, tuple[str, Shape]]:
    return {snake(name): (name, member) for name, member in shape.members.items()}


def _from_wire(shape: Any) -> dict[str, tuple[str, Shape]]:
    own = {name: (name, member) for name, member in shape.members.items()}
    return {wire_name(name, member): (name, member) for name, member in own.values()} | own


def _from_answers(shape: Any) -> dict[str, tuple[str, Shape]]:
    return {key: (snake(name), member) for key, (name, member) in _from_wire(shape).items()}


def _onto_wire(shape: Any) -> dict[str, tuple[str, Shape]]:
    return {name: (wire_name(name, member), member) for name, member in shape.members.items()}


def _whole(shape: Shape, value: Any) -> Any:
    if shape.type_name in {"integer", "long"} and isinstance(value, float) and value.is_integer():
        return int(value)
    return dict(value) if isinstance(value, Mapping) else value


def element(shape: Shape) -> Shape:
    """Return the shape of a list's items; any other shape as it is."""
    return shape.member if shape.type_name == "list" else shape


def member_at(shape: Shape, path: str) -> Shape:
    """Return the shape at a dotted path of members (``PreloadDataConfig.PreloadDataType``), through lists.

    Raises:
        KeyError: The model has no such member.
    """
    for name in path.split("."):
        shape = element(shape).members[name]
    return shape


def _structure_faults(shape: StructureShape, value: Any, path: str) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield Fault(path, f"must be an object, not {_kind(value)}")
        return
    members = _by_property(shape)
    for key in value.keys() - members.keys():
        yield Fault(f"{path}.{key}", f"is not a property of {path}{_nearest(key, members)}")
    for name in shape.required_members:
        if value.get(snake(name)) is None:
            yield Fault(f"{path}.{snake(name)}", "is required")
    for key, name in members.items():
        if value.get(key) is not None:
            yield from faults(shape.members[name], value[key], f"{path}.{key}")
    if getattr(shape, "is_tagged_union", False) and len(value) > 1:
        yield Fault(path, f"takes exactly one of {', '.join(sorted(members))}")


def _list_faults(shape: ListShape, value: Any, path: str) -> Iterator[Fault]:
    if not isinstance(value, list | tuple):
        yield Fault(path, f"must be a list, not {_kind(value)}")
        return
    yield from _length_faults(shape, len(value), path, "items")
    for index, item in enumerate(value):
        yield from faults(shape.member, item, f"{path}[{index}]")


def _map_faults(shape: MapShape, value: Any, path: str) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield Fault(path, f"must be a map, not {_kind(value)}")
        return
    yield from _length_faults(shape, len(value), path, "entries")
    for key, item in value.items():
        for fault in faults(shape.key, key, f"{path}.{key}"):
            yield Fault(fault.path, f"the key {fault.reason}")
        yield from faults(shape.value, item, f"{path}.{key}")


def _scalar_faults(shape: Shape, value: Any, path: str) -> Iterator[Fault]:
    expected, fits = _SCALARS.get(shape.type_name, ("a string", lambda found: isinstance(found, str)))
    if not fits(value):
        yield Fault(path, f"must be {expected}, not {_kind(value)}")
    elif isinstance(value, str):
        yield from _text_faults(shape, value, path)
    elif not isinstance(value, bool):
        yield from _range_faults(shape, value, path)


def _text_faults(shape: Shape, value: str, path: str) -> Iterator[Fault]:
    import regex  # noqa: PLC0415 - the models' patterns use \\p{L}, which re does not know; only checks need it

    allowed = list(shape.metadata.get("enum", ()))
    if allowed and value not in allowed:
        yield Fault(path, f"must be one of {', '.join(allowed)}{_nearest(value, allowed)}")
        return
    too_short_or_long = list(_length_faults(shape, len(value), path, "characters"))
    yield from too_short_or_long
    pattern = shape.metadata.get("pattern")
    if pattern and not too_short_or_long and not regex.fullmatch(pattern, value, timeout=PATTERN_SECONDS):
        yield Fault(path, f"must match {pattern}")


def _length_faults(shape: Shape, length: int, path: str, unit: str) -> Iterator[Fault]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and length < least:
        yield Fault(path, f"must have at least {least} {unit}, has {length}")
    if most is not None and length > most:
        yield Fault(path, f"must have at most {most} {unit}, has {length}")


def _range_faults(shape: Shape, value: float, path: str) -> Iterator[Fault]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if (least is not None and value < least) or (most is not None and value > most):
        yield Fault(path, f"must be from {least} to {most}, is {value:g}")


def _by_property(shape: StructureShape) -> dict[str, str]:
    return {snake(name): name for name in shape.members}


def _nearest(word: str, choices: Any) -> str:
    near = nearest_name(word, choices)
    return f"; did you mean {near}?" if near else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    # Pulumi carries every number as a float.
    return _is_number(value) and float(value).is_integer()


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), type(value).__name__)


_KINDS: Final = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    dict: "an object",
    list: "a list",
}

_SCALARS: Final[Mapping[str, tuple[str, Callable[[Any], bool]]]] = {
    "boolean": ("true or false", lambda value: isinstance(value, bool)),
    "integer": ("a whole number", _is_integer),
    "long": ("a whole number", _is_integer),
    "float": ("a number", _is_number),
    "double": ("a number", _is_number),
}
