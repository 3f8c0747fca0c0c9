"""A resource's properties as a table row each, and what follows from the table alone: checks, inputs, diffs.

Pure. A row says where the property goes in the service's model, how a change of it is carried out, and
where its live value is found; nothing about a property is written anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from ..models.shapes import UNKNOWN, Fault, faults, given, member_at, named, to_members, to_properties
from .equivalence import normal, says_less, unmentioned
from .hidden import left_to_provider

if TYPE_CHECKING:
    from botocore.model import Shape

Values = Mapping[str, Any]
"""A resource's properties by their snake_case names, plain JSON values."""


class Change(Enum):
    """What a change of a property leads to."""

    REPLACE = "replace"
    """A new resource; the old one is deleted, and a store's data with it."""

    UPDATE = "update"
    """The service's update operation, in place."""

    TAGS = "tags"
    """The service's tag operations, in place."""

    RUN = "run"
    """The job is run again; the resource stays."""

    SETTING = "setting"
    """The provider's own setting: the state changes, nothing in AWS does."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property.

    Attributes:
        name: As users write it and as the state has it.
        member: Its path in the input of ``operation`` (``PreloadDataConfig.PreloadDataType``), or empty for
            one that AWS never sees.
        change: What a change of it leads to.
        operation: The operation whose input shape it is checked against; empty for the kind's own.
        input: The workflow input that carries it; empty for the first part of ``member``.
        live: Its path in what the service reports; empty for ``member``, None where it is not reported.
        required: Whether the user must give it.
        parts: The properties of a nested argument that is not a member of its own (``export``).
        hint: What to write, for the errors.
        own_keys: Where in the value a key of the resource's own region is named; an empty path is the value.
        arns: Where in it anything else is named that may be an ARN.
        spelling: Returns the one form of a value for a comparison, of the value and what the state has.
    """

    name: str
    member: str = ""
    change: Change = Change.REPLACE
    operation: str = ""
    input: str = ""
    live: str | None = ""
    required: bool = False
    parts: tuple[Property, ...] = ()
    hint: str = ""
    own_keys: tuple[str, ...] = ()
    arns: tuple[str, ...] = ()
    spelling: Callable[[Any, Values], Any] = lambda value, _: value

    @property
    def top(self) -> str:
        """The workflow input that carries it."""
        return self.input or self.member.partition(".")[0]

    @property
    def live_path(self) -> str:
        """Where the service reports it, or an empty string."""
        return "" if self.live is None else self.live or self.member


@dataclass(frozen=True, slots=True)
class Difference:
    """What has changed between the state and the program.

    Attributes:
        replaces: Properties that only a new resource can have.
        updates: Properties that change in place, by how.
        kept: Paths of what the resource has and keeps, and the program does not mention.
    """

    replaces: tuple[str, ...] = ()
    updates: Mapping[str, Change] = field(default_factory=dict)
    kept: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.replaces or self.updates)

    def by(self, change: Change) -> tuple[str, ...]:
        """Return the properties that are changed in one way."""
        return tuple(name for name, how in self.updates.items() if how is change)


def property_faults(
    properties: Sequence[Property], values: Values, shapes: Mapping[str, Shape]
) -> Iterator[Fault]:
    """Yield what the model refuses of each property, required ones that are missing included.

    Args:
        properties: The table.
        values: The values without None.
        shapes: The input shape of each operation that the table names; the kind's own under ``""``.
    """
    for row in properties:
        value = values.get(row.name)
        if value is None:
            if row.required:
                yield Fault(row.name, f"is required{_hint(row)}")
        elif row.parts:
            yield from _part_faults(row, value, shapes)
        elif row.member:
            for fault in _member_faults(row, value, shapes):
                yield Fault(fault.path, f"{fault.reason}{_hint(row)}")


def workflow_inputs(
    properties: Sequence[Property], values: Values, shapes: Mapping[str, Shape]
) -> dict[str, Any]:
    """Return the workflow inputs that carry the given properties, as AWS spells them."""
    inputs: dict[str, Any] = {}
    for row in properties:
        value = values.get(row.name)
        if value is None:
            continue
        if row.parts:
            inputs |= workflow_inputs(row.parts, value, shapes)
        elif row.member:
            carried = _to_aws(row, value, shapes)
            for name in reversed([] if row.input else row.member.split(".")[1:]):
                carried = {name: carried}
            inputs[row.top] = _merged(inputs.get(row.top), carried)
    return inputs


def live_values(properties: Sequence[Property], reported: Values, shape: Shape) -> dict[str, Any]:
    """Return the properties that the service reports, as users spell them.

    Args:
        properties: The table.
        reported: The service's own description of the resource.
        shape: That description's shape.
    """
    values, known = {}, named(shape, reported)
    for row in properties:
        if row.live_path and row.change is not Change.TAGS:
            found = _dig(known, row.live_path)
            if found is not None:
                values[row.name] = to_properties(member_at(shape, row.live_path), found)
    return values


def difference(properties: Sequence[Property], olds: Values, news: Values) -> Difference:
    """Return what has changed, by the table; other keys, and names that ``check`` made up, do not count.

    A value that is unknown in a preview counts as changed: the preview shows the worst that can come. What is
    not mentioned any more never replaces: whoever takes out a line does not ask for an empty store.
    """
    replaces: list[str] = []
    updates: dict[str, Change] = {}
    kept: list[str] = []
    made_up = left_to_provider(news)
    for row in properties:
        before, after = row.spelling(olds.get(row.name), olds), row.spelling(news.get(row.name), olds)
        if row.name in made_up or normal(before) == normal(after):
            continue
        if row.change is not Change.REPLACE:
            updates[row.name] = row.change
        elif says_less(before, asked := None if normal(news.get(row.name)) is None else after):
            kept += unmentioned(row.name, before, asked)
        else:
            replaces.append(row.name)
    return Difference(tuple(replaces), updates, tuple(kept))


def with_integers(value: Any) -> Any:
    """Return a value with whole numbers as integers: Pulumi hands every number over as a float."""
    if isinstance(value, Mapping):
        return {key: with_integers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [with_integers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def tags_to_map(tags: Any) -> dict[str, str]:
    """Return AWS's tags as a map.

    They are one, or a list of pairs, whose members services call ``Key`` and ``Value``, ``key`` and
    ``value``, ``TagKey`` and ``TagValue``.
    """
    if isinstance(tags, Mapping):
        return dict(tags)
    return dict(_pair(tag) for tag in tags or ())


def _pair(tag: Mapping[str, str]) -> tuple[str, str]:
    """Return a tag's key and value, an empty one where AWS leaves that out."""
    known = {name.lower().removeprefix("tag"): item for name, item in tag.items()}
    return known["key"], known.get("value") or ""


def _part_faults(row: Property, value: Any, shapes: Mapping[str, Shape]) -> Iterator[Fault]:
    if value == UNKNOWN:
        return
    if not isinstance(value, Mapping):
        yield Fault(row.name, "must be an object")
        return
    known = {part.name for part in row.parts}
    for name in sorted(value.keys() - known):
        yield Fault(
            f"{row.name}.{name}", f"is not a property of {row.name}; it takes {', '.join(sorted(known))}"
        )
    for fault in property_faults(row.parts, given(value), shapes):
        yield Fault(f"{row.name}.{fault.path}", fault.reason)


def _member_faults(row: Property, value: Any, shapes: Mapping[str, Shape]) -> Iterator[Fault]:
    shape = member_at(shapes[row.operation], row.member)
    if row.change is Change.TAGS and shape.type_name == "list":
        yield from _tag_list_faults(shape, value, row.name)
    else:
        yield from faults(shape, value, row.name)


def _tag_list_faults(shape: Any, tags: Any, path: str) -> Iterator[Fault]:
    if tags == UNKNOWN:
        return
    if not isinstance(tags, Mapping):
        yield Fault(path, "must be a map")
        return
    most = shape.metadata.get("max")
    if most is not None and len(tags) > most:
        yield Fault(path, f"must have at most {most} entries, has {len(tags)}")
    pair = {name.lower().removeprefix("tag"): member for name, member in shape.member.members.items()}
    for key, value in tags.items():
        for fault in faults(pair["key"], key, f"{path}.{key}"):
            yield Fault(fault.path, f"the key {fault.reason}")
        yield from faults(pair["value"], value, f"{path}.{key}")


def _to_aws(row: Property, value: Any, shapes: Mapping[str, Shape]) -> Any:
    if row.change is Change.TAGS:
        return dict(value)
    return to_members(member_at(shapes[row.operation], row.member), given(value))


def _merged(old: Any, new: Any) -> Any:
    return {**old, **new} if isinstance(old, Mapping) and isinstance(new, Mapping) else new


def _dig(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _hint(row: Property) -> str:
    return f"; {row.hint}" if row.hint else ""
