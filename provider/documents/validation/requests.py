"""What a step sends, against the operation's input shape."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from ...arazzo import templates
from ...arazzo.faults import clipped, did_you_mean
from .payloads import Payload
from .walk import Lost, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.model import Shape

    from ...arazzo.model import In, Parameter
    from ...arazzo.parse.cursor import Cursor
    from .calls import Call

_LOCATIONS: Final[Mapping[str, In]] = {
    "uri": "path",
    "querystring": "query",
    "header": "header",
    "headers": "header",
}
"""Where botocore's locations are in Arazzo's words; what has none of these goes in the body."""
_TARGET: Final = "x-amz-target"
_PROTOCOL: Final = frozenset(
    {"accept", "accept-encoding", "authorization", "content-length", "content-type", "host", "user-agent"}
    | {"x-amz-content-sha256", "x-amz-date", "x-amz-security-token", "x-amz-user-agent"}
)
"""Headers that OpenAPI descriptions list and the client sets by itself."""
_QUERY: Final = frozenset({"Action", "Version"})
"""What the query protocols select an operation with."""


def check(call: Call, calls: Mapping[str, Call]) -> None:
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
            yield replace(parameter, name=name, value=templates.parse(value), in_="query")


def location(member: Shape) -> In | None:
    """Return where a member goes: a place of parameters, or None for the body."""
    return _LOCATIONS.get(member.serialization.get("location", ""))


def _missing(call: Call, name: str, member: Shape) -> None:
    place = location(member)
    hint = f"add it to the parameters with in: {place}" if place else "add it to the payload"
    cursor = call.cursor if place else call.cursor.child("requestBody") or call.cursor
    cursor.fault("missing-member", f"{call.model.name} requires {name}", hint)


def _parameter(call: Call, parameter: Parameter, payload: Payload) -> str | None:
    """Check one parameter; return the name of the member that it gives, or None."""
    cursor = call.root.at(parameter.place.path or "").within(step=call.step.step_id)
    if _is_protocol(call, parameter, cursor):
        return None
    named = _named(call.model.input_shape)
    exact = named.get((parameter.in_, _key(parameter.name, parameter.in_))) or _prefixed(call, parameter)
    found = exact or next((each for (_, name), each in named.items() if name == parameter.name), None)
    if found is None:
        message = f"{call.model.name} has no parameter {clipped(parameter.name)}"
        cursor.fault(
            "unknown-parameter", message, did_you_mean(parameter.name, (name for name, _ in named.values()))
        )
        return None
    name, member = found
    if exact is None:
        place = location(member)
        message = f"{clipped(parameter.name)} of {call.model.name} goes in the {place or 'payload'}"
        hint = f"write in: {place}" if place else "write it in the payload"
        cursor.fault("wrong-place", message, hint, severity="warning")
    value = parameter.value.source
    if not (isinstance(value, str) and _is_text_of(member, value, parameter)):
        payload.value(value, member, cursor.child("value") or cursor, name)
    return name


def _is_text_of(member: Shape, value: str, parameter: Parameter) -> bool:
    """Whether a text stands for a number or a truth value: in a path, query or header everything is text."""
    if member.type_name == "boolean":
        return value in ("true", "false") or any(parameter.value.expressions())
    if member.type_name in ("integer", "long"):
        return value.removeprefix("-").isdecimal() or any(parameter.value.expressions())
    return False


def _prefixed(call: Call, parameter: Parameter) -> tuple[str, Shape] | None:
    """Return the member that takes all headers of a prefix (S3's ``x-amz-meta-``)."""
    shape = call.model.input_shape
    for name, member in shape.members.items() if shape is not None and parameter.in_ == "header" else ():
        prefix = str(member.serialization.get("name", name))
        takes_all = member.serialization.get("location") == "headers"
        if takes_all and parameter.name.casefold().startswith(prefix.casefold()):
            return name, member.value
    return None


def _is_protocol(call: Call, parameter: Parameter, cursor: Cursor) -> bool:
    """Whether a parameter is the protocol's, not the operation's; checks the one that selects it."""
    if call.model.service_model.protocol in ("query", "ec2") and parameter.name in _QUERY:
        return True
    if parameter.in_ != "header":
        return False
    if parameter.name.casefold() == _TARGET:
        _check_target(call, parameter, cursor)
        return True
    return parameter.name.casefold() in _PROTOCOL


def _named(shape: Any) -> dict[tuple[In | None, str], tuple[str, Shape]]:
    """Return a structure's members by place and by each of the names that they go by."""
    found: dict[tuple[In | None, str], tuple[str, Shape]] = {}
    for name, member in shape.members.items() if shape is not None else ():
        place = location(member)
        for each in (str(member.serialization.get("name", name)), name):
            found[(place, _key(each, place))] = (name, member)
    return found


def _key(name: str, place: In | None) -> str:
    return name.casefold() if place == "header" else name


def _check_target(call: Call, parameter: Parameter, cursor: Cursor) -> None:
    """Check the header that selects an operation of the AWS JSON protocols; the client sends it by itself."""
    metadata = call.model.service_model.metadata
    expected = f"{metadata.get('targetPrefix', metadata['endpointPrefix'])}.{call.model.name}"
    value = parameter.value.source
    if value != expected and not any(parameter.value.expressions()):
        message = f"X-Amz-Target is {clipped(str(value))}, but the step calls {call.model.name}"
        (cursor.child("value") or cursor).fault("wrong-target", message, f"write {expected}, or remove it")


def _body(call: Call, payload: Payload, shape: Any) -> set[str]:
    """Check the payload; return the names of the members that it gives."""
    body = call.step.request_body
    if body is None or body.payload is None:
        return set()
    cursor = call.at("requestBody", "payload")
    value = _parsed(body.payload.source)
    if shape is None:
        cursor.fault("unknown-member", f"{call.model.name} takes no payload", "remove the requestBody")
        return set()
    if not isinstance(value, dict):
        payload.value(value, shape, cursor)
        return set(shape.members)
    whole = shape.serialization.get("payload")
    if whole in shape.members and set(value) != {whole}:
        payload.value(value, shape.members[whole], cursor, whole)
        return {whole}
    given = payload.members(value, shape, cursor)
    for name in given:
        place = location(shape.members[name])
        if place is not None:
            message = f"{clipped(name)} of {call.model.name} goes in the {place}"
            at = cursor.child(name) or cursor
            at.fault("wrong-place", message, f"make it a parameter with in: {place}", severity="warning")
    return given


def _parsed(source: Any) -> Any:
    """Return a payload that is JSON text as the value that it stands for."""
    if isinstance(source, str) and source.lstrip().startswith("{") and not source.startswith("{$"):
        try:
            return json.loads(source)
        except ValueError:
            return source
    return source


def _replaced(call: Call, shape: Any) -> set[str]:
    """Check the replacements that are JSON Pointers; return the names of the members that they give."""
    body = call.step.request_body
    given: set[str] = set()
    for index, replacement in enumerate(body.replacements if body else ()):
        if not replacement.target.startswith("/") or replacement.target.startswith("//"):
            continue
        path = [part.replace("~1", "/").replace("~0", "~") for part in replacement.target.split("/")[1:]]
        found = walk(shape, path, by_any_name=True)
        if isinstance(found, Lost):
            where = f"{found.inside} of {call.model.name}"
            message = f"{clipped(replacement.target)}: {where} has no {clipped(found.name)}"
            cursor = call.at("requestBody", "replacements", index, "target")
            cursor.fault("unknown-member", message, did_you_mean(found.name, found.known))
        given.add(path[0])
    return given
