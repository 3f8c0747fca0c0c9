"""Maps a request as OpenAPI describes it onto an operation's input as boto3 takes it. Pure.

A parameter is found by its location and its name on the wire (``{datastoreId}`` in the path) or by the
member's name; a body's keys likewise, at any depth. What belongs to the protocol (``X-Amz-Target``,
``Content-Type``) is boto3's business and is dropped, once it is known to be right.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import uuid
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

import regex

from ..arazzo.protocol import MISSING
from ..errors import InputError, Place
from ..models.services import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.model import OperationModel, Shape

    from ..arazzo.protocol import JSON, Request

_PROTOCOL_HEADERS: Final = frozenset(
    {"accept", "accept-encoding", "authorization", "content-length", "content-type", "host", "user-agent"}
    | {"x-amz-content-sha256", "x-amz-date", "x-amz-security-token", "x-amz-user-agent"}
)
_TARGET: Final = "x-amz-target"
_LOCATIONS: Final = {"path": "uri", "query": "querystring", "header": "header", "cookie": "cookie"}
_QUERY_PROTOCOLS: Final = frozenset({"query", "ec2"})
_QUERY_PROTOCOL_NAMES: Final = frozenset({"Action", "Version"})
_PATTERN_SECONDS: Final = 1.0


def arguments(operation: OperationModel, request: Request) -> dict[str, Any]:
    """Return the keyword arguments for boto3's method.

    Raises:
        InputError: The request has what the operation does not take, or a target of another operation.
    """
    found: dict[str, Any] = {}
    for where in ("path", "query", "header", "cookie"):
        given = getattr(request, where) if where != "query" else {**request.query, **_pairs(request)}
        for name, value in given.items():
            found.update(_parameter(operation, where, name, value))
    found.update(_body(operation, request))
    found.update(_tokens(operation, request.key, found))
    return found


# Parameters


def _pairs(request: Request) -> dict[str, JSON]:
    """Return what a query string has; a name that is there several times has a list of values."""
    pairs = parse_qs(request.querystring or "", keep_blank_values=True)
    return {name: values[0] if len(values) == 1 else values for name, values in pairs.items()}


def _is_protocol(operation: OperationModel, where: str, name: str, value: JSON) -> bool:
    """Whether a parameter is the protocol's own; raises InputError where it is wrong."""
    if where == "header" and name.lower() == _TARGET:
        metadata = operation.service_model.metadata
        expected = f"{metadata.get('targetPrefix', metadata['endpointPrefix'])}.{operation.name}"
        if value != expected:
            raise _fault(operation, name, f"it is {value!r} for an operation whose target is {expected!r}")
        return True
    if operation.service_model.protocol in _QUERY_PROTOCOLS and name in _QUERY_PROTOCOL_NAMES:
        return True
    return where == "header" and name.lower() in _PROTOCOL_HEADERS


def _parameter(operation: OperationModel, where: str, name: str, value: JSON) -> dict[str, Any]:
    members = _members(operation.input_shape)
    for member, wire, shape in members:
        location = shape.serialization.get("location")
        if location == _LOCATIONS[where] and _same(where, wire, name):
            return {member: _scalar(shape, value)}
        if location == "headers" and where == "header" and name.lower().startswith(wire.lower()):
            return {member: {name[len(wire) :]: value}}
    for member, _, shape in members:
        if member == name:
            return {member: _scalar(shape, value)}
    if _is_protocol(operation, where, name, value):
        return {}
    raise _fault(operation, name, f"the operation has no {where} parameter {name}", _names(operation))


def _same(where: str, wire: str, name: str) -> bool:
    return wire.lower() == name.lower() if where == "header" else wire == name


def _scalar(shape: Shape, value: JSON) -> Any:
    """Return a parameter's value with its type; on the wire numbers and booleans are text."""
    if not isinstance(value, str):
        return value
    if shape.type_name == "boolean" and value in {"true", "false"}:
        return value == "true"
    if shape.type_name in {"integer", "long"} and value.lstrip("-").isdecimal():
        return int(value)
    return value


# Bodies


def _body(operation: OperationModel, request: Request) -> dict[str, Any]:
    body, shape = request.body, operation.input_shape
    if body is MISSING or body is None:
        return {}
    if shape is None:
        raise _fault(operation, "body", "the operation takes no input")
    payload = shape.serialization.get("payload")
    if payload is not None and not (isinstance(body, dict) and set(body) == {payload}):
        return {
            payload: _value(operation, shape.members[payload], _parsed(shape.members[payload], body), payload)
        }
    body = _parsed(shape, body)
    if operation.service_model.protocol in _QUERY_PROTOCOLS and isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in _QUERY_PROTOCOL_NAMES}
    if not isinstance(body, dict):
        raise _fault(operation, "body", f"it must be an object, and is {type(body).__name__}")
    return _structure(operation, shape, body, "")


def _parsed(shape: Shape, body: JSON) -> JSON:
    """Return a body that is JSON text as the value that it stands for."""
    if not isinstance(body, str) or shape.type_name in {"blob", "string"}:
        return body
    try:
        return json.loads(body)
    except ValueError:
        return body


def _structure(
    operation: OperationModel, shape: Shape, value: Mapping[str, Any], path: str
) -> dict[str, Any]:
    by_name = {wire: (member, inner) for member, wire, inner in _members(shape)}
    by_name.update({member: (member, inner) for member, _, inner in _members(shape)})
    found = {}
    for name, given in value.items():
        where = f"{path}.{name}".lstrip(".")
        if name not in by_name:
            raise _fault(operation, where, f"the operation has no {where}", by_name)
        member, inner = by_name[name]
        found[member] = _value(operation, inner, given, where)
    return found


def _value(operation: OperationModel, shape: Shape, value: Any, path: str) -> Any:
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        return value if shape.is_document_type else _structure(operation, shape, value, path)
    if kind == "list" and isinstance(value, list):
        return [_value(operation, shape.member, each, f"{path}[{at}]") for at, each in enumerate(value)]
    if kind == "map" and isinstance(value, dict):
        return {key: _value(operation, shape.value, each, f"{path}.{key}") for key, each in value.items()}
    if kind == "blob" and isinstance(value, str):
        return _blob(value)
    return value


def _blob(text: str) -> bytes:
    """Return a binary value, which JSON carries as base64; other text is taken as it is."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return text.encode()


# Idempotency tokens


def _tokens(operation: OperationModel, key: str, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield a token for each member that asks for one and has none: the same for the same request's key.

    boto3 would draw a random one for each attempt, and an attempt whose answer was lost could not be told
    from a new request. Where no token of ours fits, boto3's stands.
    """
    for name in operation.idempotent_members if key else ():
        if name not in given:
            shape = operation.input_shape.members[name]
            fitting = (token for token in _candidates(f"{operation.name}/{key}") if _fits(shape, token))
            yield from ((name, token) for token in [next(fitting, None)] if token is not None)


def _candidates(text: str) -> Iterator[str]:
    yield str(uuid.uuid5(_NAMESPACE, text))
    digest = hashlib.sha256(text.encode()).hexdigest()
    yield from (digest, digest[:32])


_NAMESPACE: Final = uuid.UUID("6a2b8f57-6c0e-5b0f-9a43-8f1d3f0e6a51")


def _fits(shape: Shape, token: str) -> bool:
    metadata = shape.metadata
    if not metadata.get("min", 0) <= len(token) <= metadata.get("max", len(token)):
        return False
    pattern = metadata.get("pattern")
    return pattern is None or regex.fullmatch(pattern, token, timeout=_PATTERN_SECONDS) is not None


# Names and faults


def _members(shape: Shape | None) -> list[tuple[str, str, Shape]]:
    """Return a structure's members: boto3's name, the name on the wire, the shape."""
    if shape is None:
        return []
    return [(name, each.serialization.get("name", name), each) for name, each in shape.members.items()]


def _names(operation: OperationModel) -> list[str]:
    return [wire for _, wire, _ in _members(operation.input_shape)]


def _fault(operation: OperationModel, path: str, reason: str, known: Any = ()) -> InputError:
    what = f"{operation.name} of {operation.service_model.service_name} does not fit"
    return InputError(
        what, place=Place(path=path), reason=reason, hint=did_you_mean(path.rpartition(".")[2], known)
    )
