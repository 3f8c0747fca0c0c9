"""What a step sends, against the operation's input shape."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from ...arazzo import templates
from ...arazzo.faults import clipped
from ...models import wire
from ...models.shapes import wire_name
from ...nearest import did_you_mean
from .payloads import Payload
from .walk import Lost, walk_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.model import Shape

    from ...arazzo.model import In, Parameter
    from ...arazzo.parse.cursor import NodeCursor
    from .calls import ServiceCall


def check_requests(call: ServiceCall, calls: Mapping[str, ServiceCall]) -> None:
    """Write down what the operation would refuse: unknown names, missing members, wrong types and values."""
    shape = call.model.input_shape
    payload = Payload(call, calls)
    parameters = (each for parameter in call.step.parameters for each in _apart(parameter))
    given = {name for name in (_parameter(call, each, payload) for each in parameters) if name}
    given |= _body(call, payload, shape)
    given |= _replaced(call, shape)
    for name in shape.required_members if shape is not None else ():
        if name not in given and not shape.members[name].metadata.get("idempotencyToken"):
            _missing(call, name, shape.members[name])


def _apart(parameter: Parameter) -> Iterator[Parameter]:
    """Yield the query parameters that a query string has, as far as its text tells; else the parameter."""
    text = parameter.value.source
    if parameter.in_ != "querystring":
        yield parameter
    elif isinstance(text, str):
        for name, value in parse_qsl(text, keep_blank_values=True):
            yield replace(parameter, name=name, value=templates.parse_template(value), in_="query")


def _missing(call: ServiceCall, name: str, member: Shape) -> None:
    place = wire.location(member)
    hint = f"add it to the parameters with in: {place}" if place else "add it to the payload"
    cursor = call.cursor if place else call.cursor.child("requestBody") or call.cursor
    cursor.fault("missing-member", f"{call.model.name} requires {name}", hint)


def _parameter(call: ServiceCall, parameter: Parameter, payload: Payload) -> str | None:
    """Check one parameter; return the name of the member that it gives, or None."""
    cursor = call.root.at(parameter.place.path or "").within(step=call.step.step_id)
    place = _place(parameter)
    found = wire.member(call.model, place, parameter.name)
    constant = wire.constant(call.model, place, parameter.name)
    if constant is not None and (found is None or found.elsewhere):
        _check_constant(call, parameter, constant, cursor)
        return None
    if found is None:
        message = f"{call.model.name} has no parameter {clipped(parameter.name)}"
        known = wire.names(call.model.input_shape) if call.model.input_shape is not None else {}
        cursor.fault("unknown-parameter", message, did_you_mean(parameter.name, known))
        return None
    name = str(found.path[0])
    if found.elsewhere:
        message = f"{clipped(parameter.name)} of {call.model.name} belongs in the {found.place or 'payload'}"
        hint = f"write in: {found.place}" if found.place else "write it in the payload"
        cursor.fault("wrong-place", message, hint, severity="warning")
    if found.renamed:
        message = f"{clipped(parameter.name)} of {call.model.name} is {name} in AWS's model"
        hint = "it works in this interpreter, as the path has no other parameter; for other tools write it so"
        cursor.fault("other-name", message, hint, severity="warning")
    payload.on_wire(parameter.value, found.shape, cursor.child("value") or cursor, parameter.name)
    return name


def _place(parameter: Parameter) -> In | None:
    return parameter.in_ or "query"


def _check_constant(
    call: ServiceCall, parameter: Parameter, constant: wire.Constant, cursor: NodeCursor
) -> None:
    """Check what selects an operation of a protocol; the client sends it by itself."""
    value, expected = parameter.value.source, constant.expected
    if expected is None or str(value) == expected or any(parameter.value.expressions()):
        return
    message = f"{parameter.name} is {clipped(str(value))}, but the step calls {call.model.name}"
    (cursor.child("value") or cursor).fault("wrong-target", message, f"write {expected}, or remove it")


def _body(call: ServiceCall, payload: Payload, shape: Any) -> set[str]:
    """Check the payload; return the names of the members that it gives."""
    body = call.step.request_body
    if body is None or body.payload is None:
        return set()
    cursor, value = call.at("requestBody", "payload"), _parsed(body.payload.source)
    if isinstance(value, dict) and wire.is_query(call.model):
        value = {name: each for name, each in value.items() if not wire.constant(call.model, None, name)}
    if shape is None:
        if value != {}:
            hint = "remove the requestBody"
            cursor.fault("unknown-member", f"{call.model.name} takes no payload", hint)
        return set()
    whole = shape.serialization.get("payload")
    if whole in shape.members:
        return _whole(payload, shape.members[whole], value, cursor, whole)
    if isinstance(value, dict):
        return _fields(call, payload, shape, value, cursor)
    if not (isinstance(value, str) and wire.is_query(call.model)):
        payload.value(value, shape, cursor)
    return set(shape.members)


def _whole(payload: Payload, member: Any, value: Any, cursor: NodeCursor, name: str) -> set[str]:
    """Check the member that is the whole payload, whether the payload names it or is its value."""
    for root in (name, wire_name(name, member)):
        if isinstance(value, dict) and set(value) == {root}:
            value, cursor = value[root], cursor.child(root) or cursor
            break
    payload.whole(value, member, cursor, name)
    return {name}


def _fields(
    call: ServiceCall, payload: Payload, shape: Any, value: dict[str, Any], cursor: NodeCursor
) -> set[str]:
    """Check the members of a payload that is an object, or of a form."""
    value, numbered = _numbered(call, value, payload, cursor)
    given = payload.members(value, shape, cursor)
    for name in given:
        place = wire.location(shape.members[name])
        if place is not None:
            message = f"{clipped(name)} of {call.model.name} belongs in the {place}"
            at = cursor.child(name) or cursor
            at.fault("wrong-place", message, f"make it a parameter with in: {place}", severity="warning")
    return given | numbered


def _numbered(
    call: ServiceCall, value: dict[str, Any], payload: Payload, cursor: NodeCursor
) -> tuple[dict[str, Any], set[str]]:
    """Check the fields of a form that are numbered; return the others, and the members that those give."""
    known, given = wire.names(call.model.input_shape), set[str]()
    for name in [each for each in value if each not in known and wire.is_query(call.model)]:
        found = wire.member(call.model, None, name)
        if found is not None:
            payload.on_wire(
                templates.parse_template(value[name]), found.shape, cursor.child(name) or cursor, name
            )
            given.add(str(found.path[0]))
            value = {key: each for key, each in value.items() if key != name}
    return value, given


def _parsed(source: Any) -> Any:
    """Return a payload that is JSON text as the value that it stands for."""
    if isinstance(source, str) and source.lstrip().startswith("{") and not source.startswith("{$"):
        try:
            return json.loads(source)
        except ValueError:
            return source
    return source


def _replaced(call: ServiceCall, shape: Any) -> set[str]:
    """Check the replacements that are JSON Pointers; return the names of the members that they give."""
    body = call.step.request_body
    given: set[str] = set()
    for index, replacement in enumerate(body.replacements if body else ()):
        if not replacement.target.startswith("/") or replacement.target.startswith("//"):
            continue
        path = [part.replace("~1", "/").replace("~0", "~") for part in replacement.target.split("/")[1:]]
        found = walk_path(shape, path, by="request")
        if isinstance(found, Lost):
            where = f"{found.inside} of {call.model.name}"
            message = f"{clipped(replacement.target)}: {where} has no {clipped(found.name)}"
            cursor = call.at("requestBody", "replacements", index, "target")
            cursor.fault("unknown-member", message, did_you_mean(found.name, found.known))
        given.add(path[0])
    return given
