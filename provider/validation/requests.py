"""What a step sends, against the operation's input shape."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from provider.arazzo.faults import clipped, did_you_mean
from provider.validation.payloads import Payload
from provider.validation.walk import Lost, walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import Shape

    from provider.arazzo.model import In, Parameter
    from provider.arazzo.parse.cursor import Cursor
    from provider.validation.calls import Call

_LOCATIONS: Final[Mapping[str, In]] = {
    "uri": "path",
    "querystring": "query",
    "header": "header",
    "headers": "header",
}
"""Where botocore's locations are in Arazzo's words; what has none of these goes in the body."""
_TARGET: Final = "x-amz-target"
_DESCRIBING: Final = frozenset({"content-type", "accept"})
"""Headers that OpenAPI descriptions list and the protocol sets."""


def check(call: Call, calls: Mapping[str, Call]) -> None:
    """Write down what the operation would refuse: unknown names, missing members, wrong types and values."""
    shape = call.model.input_shape
    payload = Payload(call, calls)
    given = {name for name in (_parameter(call, each, payload) for each in call.step.parameters) if name}
    given |= _body(call, payload, shape)
    given |= _replaced(call, shape)
    for name in shape.required_members if shape is not None else ():
        if name not in given and not shape.members[name].metadata.get("idempotencyToken"):
            _missing(call, name, shape.members[name])


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
    if parameter.in_ == "header" and parameter.name.casefold() in (_TARGET, *_DESCRIBING):
        if parameter.name.casefold() == _TARGET:
            _check_target(call, parameter, cursor)
        return None
    known = _named(call.model.input_shape)
    found = known.get((parameter.in_, _key(parameter.name, parameter.in_)))
    if found is None:
        _unknown_parameter(call, parameter, cursor, known)
        return None
    name, member = found
    payload.value(parameter.value.source, member, cursor.child("value") or cursor)
    return name


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


def _unknown_parameter(
    call: Call, parameter: Parameter, cursor: Cursor, known: Mapping[tuple[In | None, str], tuple[str, Shape]]
) -> None:
    elsewhere = [place for place, name in known if name == parameter.name]
    if elsewhere:
        where = f"in: {elsewhere[0]}" if elsewhere[0] else "the payload"
        message = f"{clipped(parameter.name)} of {call.model.name} goes in {where.removeprefix('in: ')}"
        cursor.fault("wrong-place", message, f"give it in {where}" if not elsewhere[0] else f"write {where}")
        return
    message = f"{call.model.name} has no parameter {clipped(parameter.name)}"
    cursor.fault(
        "unknown-parameter", message, did_you_mean(parameter.name, (name for name, _ in known.values()))
    )


def _check_target(call: Call, parameter: Parameter, cursor: Cursor) -> None:
    """Check the header that selects an operation of the AWS JSON protocols; the client sends it by itself."""
    prefix = call.model.service_model.metadata.get("targetPrefix")
    expected = f"{prefix}.{call.model.name}"
    if prefix is None:
        message = f"{call.model.service_model.service_name} has no X-Amz-Target"
        cursor.fault("ignored-parameter", message, "remove the parameter", severity="warning")
    elif parameter.value.source != expected:
        message = (
            f"X-Amz-Target is {clipped(str(parameter.value.source))}, but the step calls {call.model.name}"
        )
        (cursor.child("value") or cursor).fault(
            "wrong-target", message, f"write {expected}, or remove the parameter"
        )


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
    if whole in shape.members and not set(value) <= set(shape.members):
        payload.value(value, shape.members[whole], cursor)
        return {whole}
    return payload.members(value, shape, cursor, top=True)


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
        found = walk(shape, path)
        if isinstance(found, Lost):
            where = f"{found.inside} of {call.model.name}"
            message = f"{clipped(replacement.target)}: {where} has no {clipped(found.name)}"
            cursor = call.at("requestBody", "replacements", index, "target")
            cursor.fault("unknown-member", message, did_you_mean(found.name, found.known))
        given.add(path[0])
    return given
