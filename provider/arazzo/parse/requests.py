"""What a step sends: Parameter Objects, the Request Body Object and its replacements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ...nearest import did_you_mean
from .. import expressions, templates
from ..faults import clipped
from ..model import In, Parameter, Replacement, RequestBody
from ..selectors import SelectorType
from ..syntax import TextError
from . import schema, values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..faults import Severity
    from ..templates import Media
    from .components import Components, Resolved
    from .cursor import NodeCursor
    from .references import Moment, Setting

_PLACES: Final[tuple[In, ...]] = ("path", "query", "header", "cookie")
_NEWER_PLACES: Final[tuple[In, ...]] = ("querystring", "channel")


@dataclass(frozen=True, slots=True)
class Parameters:
    """A list of parameters, by what tells them apart."""

    by_identity: Mapping[tuple[str, str | None], Parameter] = field(default_factory=dict)

    @property
    def all(self) -> tuple[Parameter, ...]:
        """Every parameter, in order."""
        return tuple(self.by_identity.values())


def parameters(
    cursor: NodeCursor, components: Components, setting: Setting, moment: Moment = "request"
) -> Parameters:
    """Read a list of parameters and references to parameters, in order."""
    found: dict[tuple[str, str | None], Parameter] = {}
    for entry in cursor.list("parameters", unique=False):
        resolved = components.resolve(entry, "parameters")
        parsed = parameter(resolved, setting, moment) if resolved else None
        if parsed is None:
            continue
        if identity(parsed) in found:
            where = f" in {parsed.in_}" if parsed.in_ else ""
            message = f"the parameter {clipped(parsed.name)}{where} is defined twice"
            entry.fault("duplicate-parameter", message, "remove one of the two")
        found.setdefault(identity(parsed), parsed)
    return Parameters(found)


def parameter(resolved: Resolved, setting: Setting, moment: Moment = "request") -> Parameter | None:
    """Read one parameter, its value overridden where the reference gives one; None for an unreadable one."""
    cursor = resolved.cursor
    if not cursor.is_object(schema.PARAMETER):
        return None
    name, place = cursor.text("name"), cursor.choice("in", _PLACES, _NEWER_PLACES)
    value = resolved.value or cursor.child("value")
    template = values.template(value, setting, moment) if value else None
    if name is None or template is None or (place is None and "in" in cursor.node.fields):
        return None
    if place == "querystring" and value is not None and not isinstance(value.value, (str, dict)):
        value.fault("wrong-type", "a querystring must be a string", "write it as 'a=1&b={$inputs.b}'")
    return Parameter(name, template, place, resolved.use.place)


def identity(parameter: Parameter) -> tuple[str, str | None]:
    """Return what tells parameters apart: place and name, a header's in any case (RFC 9110, section 5.1)."""
    name = parameter.name.casefold() if parameter.in_ == "header" else parameter.name
    return name, parameter.in_


def merged_parameters(defaults: Parameters, own: Parameters) -> tuple[Parameter, ...]:
    """Return a step's parameters: the workflow's, each overridden by the step's own of the same identity."""
    return tuple({**defaults.by_identity, **own.by_identity}.values())


def as_inputs(defaults: Parameters, own: Parameters) -> tuple[Parameter, ...]:
    """Return what a workflow that a step runs takes as inputs: all parameters, whatever their place."""
    return tuple({each.name: each for each in (*defaults.all, *own.all)}.values())


def check_inputs(
    cursor: NodeCursor, workflow_id: str, given: tuple[Parameter, ...], setting: Setting
) -> None:
    """Compare what a workflow is given with the inputs that it has."""
    names = setting.names.workflow(workflow_id)
    if names is None or names.inputs is None:
        return
    for each in given:
        if each.name not in names.inputs:
            message = f"the workflow {workflow_id} has no input {clipped(each.name)}"
            severity: Severity = "error" if names.closed else "warning"
            cursor.fault("unknown-input", message, did_you_mean(each.name, names.inputs), severity=severity)


def request_body(cursor: NodeCursor | None, setting: Setting) -> RequestBody | None:
    """Read a request body; None where there is none."""
    if cursor is None or not cursor.is_object(schema.REQUEST_BODY):
        return None
    content_type = cursor.text("contentType")
    payload = cursor.child("payload")
    media = templates.media_of(content_type, payload.value if payload else None)
    if payload is None and "replacements" in cursor.node.fields:
        message = "there is no payload in which anything could be replaced"
        cursor.key_fault("replacements", "no-payload", message, "add the payload")
    replacements = (_replacement(entry, payload, media, setting) for entry in cursor.list("replacements"))
    return RequestBody(
        content_type=content_type,
        payload=values.payload(payload, content_type, setting) if payload else None,
        replacements=tuple(each for each in replacements if each is not None),
        place=cursor.place,
    )


def _replacement(
    cursor: NodeCursor, payload: NodeCursor | None, media: Media, setting: Setting
) -> Replacement | None:
    if not cursor.is_object(schema.REPLACEMENT):
        return None
    target, value = cursor.text("target"), cursor.child("value")
    template = values.template(value, setting) if value else None
    type_ = values.parse_selector_type(cursor)
    if target is None or template is None:
        return None
    _check_target(cursor, target, type_, payload, media)
    return Replacement(target, template, type_, cursor.place)


def _check_target(
    cursor: NodeCursor, target: str, type_: SelectorType | None, payload: NodeCursor | None, media: Media
) -> None:
    """Check that a replacement's target can be read, and that it can lead into the payload."""
    at = cursor.child("target") or cursor
    text = payload is not None and isinstance(payload.value, str) and not expressions.begins(payload.value)
    way = type_ or SelectorType("xpath" if text and media == "xml" else "jsonpointer")
    try:
        if type_ is not None or text:
            templates.check_target(target, way)
    except TextError as error:
        at.fault("bad-target", f"{error.what}: {error.reason}", error.hint)
        return
    if text and way.language != "xpath" and media in ("form", "xml", "other"):
        what = {"form": "form pairs", "xml": "XML"}.get(media, "text in a format of its own")
        message = f"{clipped(target)} leads nowhere: the payload is {what}, and {way.language} is for JSON"
        hint = (
            "write an XPath"
            if media == "xml"
            else "write the payload as a mapping, or the expression into the text"
        )
        at.fault("bad-target", message, hint)
    elif payload is not None and way.language == "xpath" and not isinstance(payload.value, str):
        message = f"{clipped(target)} leads nowhere: the payload is JSON, and an XPath is for XML"
        at.fault("bad-target", message, "write a JSON Pointer")
