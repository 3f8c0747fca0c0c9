"""What a step sends: Parameter Objects, the Request Body Object and its replacements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ..faults import clipped
from ..model import In, Parameter, Replacement, RequestBody
from . import schema, values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .components import Components, Resolved
    from .cursor import Cursor
    from .values import Setting

_PLACES: Final[tuple[In, ...]] = ("path", "query", "header", "cookie")


@dataclass(frozen=True, slots=True)
class Parameters:
    """A list of parameters, by what tells them apart."""

    by_identity: Mapping[tuple[str, str | None], Parameter] = field(default_factory=dict)

    @property
    def all(self) -> tuple[Parameter, ...]:
        """Every parameter, in order."""
        return tuple(self.by_identity.values())


def parameters(cursor: Cursor, components: Components, setting: Setting) -> Parameters:
    """Read a list of parameters and references to parameters, in order."""
    found: dict[tuple[str, str | None], Parameter] = {}
    for entry in cursor.list("parameters"):
        resolved = components.resolve(entry, "parameters")
        parsed = parameter(resolved, setting) if resolved else None
        if parsed is None:
            continue
        if identity(parsed) in found:
            where = f" in {parsed.in_}" if parsed.in_ else ""
            message = f"the parameter {clipped(parsed.name)}{where} is there twice"
            entry.fault("duplicate-parameter", message, "remove one of the two")
        found.setdefault(identity(parsed), parsed)
    return Parameters(found)


def parameter(resolved: Resolved, setting: Setting) -> Parameter | None:
    """Read one parameter, its value overridden where the reference gives one; None for an unreadable one."""
    cursor = resolved.cursor
    if not cursor.is_object(schema.PARAMETER):
        return None
    name, place = cursor.text("name"), cursor.choice("in", _PLACES)
    value = resolved.value or cursor.child("value")
    template = values.template(value, setting) if value else None
    if name is None or template is None or (place is None and "in" in cursor.node.fields):
        return None
    return Parameter(name, template, place, resolved.use.place)


def identity(parameter: Parameter) -> tuple[str, str | None]:
    """Return what tells parameters apart: place and name, a header's in any case (RFC 9110, section 5.1)."""
    name = parameter.name.casefold() if parameter.in_ == "header" else parameter.name
    return name, parameter.in_


def merged(defaults: Parameters, own: Parameters) -> tuple[Parameter, ...]:
    """Return a step's parameters: the workflow's, each overridden by the step's own of the same identity."""
    return tuple({**defaults.by_identity, **own.by_identity}.values())


def as_inputs(defaults: Parameters, own: Parameters) -> tuple[Parameter, ...]:
    """Return what a workflow that a step runs takes as inputs: all parameters, whatever their place."""
    return tuple({each.name: each for each in (*defaults.all, *own.all)}.values())


def request_body(cursor: Cursor | None, setting: Setting) -> RequestBody | None:
    """Read a request body; None where there is none."""
    if cursor is None or not cursor.is_object(schema.REQUEST_BODY):
        return None
    content_type = cursor.text("contentType")
    payload = cursor.child("payload")
    replacements = (_replacement(entry, setting) for entry in cursor.list("replacements"))
    return RequestBody(
        content_type=content_type,
        payload=values.payload(payload, content_type, setting) if payload else None,
        replacements=tuple(each for each in replacements if each is not None),
        place=cursor.place,
    )


def _replacement(cursor: Cursor, setting: Setting) -> Replacement | None:
    if not cursor.is_object(schema.REPLACEMENT):
        return None
    target, value = cursor.text("target"), cursor.child("value")
    template = values.template(value, setting) if value else None
    if target is None or template is None:
        return None
    return Replacement(target, template, cursor.place)
