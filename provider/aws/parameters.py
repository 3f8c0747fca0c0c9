"""Maps a request as OpenAPI describes it onto an operation's input as boto3 takes it. Pure.

A parameter is found by its location and its name on the wire (``{datastoreId}`` in the path) or by the
member's name; a body's keys likewise, at any depth. What belongs to the protocol (``X-Amz-Target``,
``Content-Type``) is boto3's business and is dropped, once it is known to be right.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, parse_qsl

import regex

from ..arazzo.protocol import MISSING
from ..errors import InputError, Place
from ..models import wire
from ..nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.model import OperationModel, Shape

    from ..arazzo.model import In
    from ..arazzo.protocol import JSON, Request

_PATTERN_SECONDS: Final = 1.0


def call_arguments(operation: OperationModel, request: Request) -> dict[str, Any]:
    """Return the keyword arguments for boto3's method.

    Raises:
        InputError: The request has what the operation does not take, or selects another operation.
    """
    given: dict[wire.Path, Any] = {}
    places: tuple[tuple[In, Mapping[str, JSON]], ...] = (
        ("path", request.path),
        ("query", {**request.query, **_pairs(request)}),
        ("header", request.header),
        ("cookie", request.cookie),
    )
    for place, parameters in places:
        for name, value in parameters.items():
            given.update(_parameter(operation, place, name, value))
    found = wire.gathered(operation.input_shape, {**given, **_body(operation, request)})
    found.update(_tokens(operation, request.key, found))
    return found


# Parameters


def _pairs(request: Request) -> dict[str, JSON]:
    """Return what a query string has; a name that is there several times has a list of values."""
    pairs = parse_qs(request.querystring or "", keep_blank_values=True)
    return {name: values[0] if len(values) == 1 else values for name, values in pairs.items()}


def _parameter(operation: OperationModel, place: In | None, name: str, value: JSON) -> dict[wire.Path, Any]:
    member = wire.member(operation, place, name)
    constant = wire.constant(operation, place, name)
    if member is None and constant is None:
        where = f"the operation has no {place or 'form'} parameter {name}"
        raise _fault(
            operation, name, where, wire.names(operation.input_shape) if operation.input_shape else ()
        )
    if constant is not None and (member is None or member.elsewhere):
        if constant.expected is not None and str(value) != constant.expected:
            kind = "target" if name.casefold() == wire.TARGET else name
            reason = f"it is {value!r} for an operation whose {kind} is {constant.expected!r}"
            raise _fault(operation, name, reason)
        return {}
    return {} if member is None else {member.path: _scalar(operation, member.shape, value, name)}


def _scalar(operation: OperationModel, shape: Shape, value: JSON, name: str) -> Any:
    """Return a parameter's value with its type; on the wire numbers and booleans are text."""
    if shape.type_name == "list" and not isinstance(value, list | dict):
        return [_scalar(operation, shape.member, value, name)]
    if isinstance(value, bool | int | float) and shape.type_name == "string":
        return json.dumps(value)
    if not isinstance(value, str):
        return _value(operation, shape, value, name)
    if shape.type_name == "boolean" and value in {"true", "false"}:
        return value == "true"
    if shape.type_name in {"integer", "long"} and value.lstrip("-").isdecimal():
        return int(value)
    return value


# Bodies


def _body(operation: OperationModel, request: Request) -> dict[wire.Path, Any]:
    body, shape = request.body, operation.input_shape
    if body is MISSING or body is None:
        return {}
    if shape is None:
        if isinstance(body, dict) and all(wire.constant(operation, None, name) for name in body):
            return {}
        raise _fault(operation, "body", "the operation takes no input")
    payload = shape.serialization.get("payload")
    if payload is not None and not _wraps(shape, payload, body):
        member = shape.members[payload]
        return {(payload,): _payload(operation, member, _parsed(operation, member, body), payload)}
    if isinstance(body, str) and wire.is_query(operation) and not body.lstrip().startswith("{"):
        body = dict(parse_qsl(body, keep_blank_values=True))
    body = _parsed(operation, shape, body)
    if not isinstance(body, dict):
        raise _fault(operation, "body", f"it must be an object, and is {type(body).__name__}")
    return _members(operation, shape, body)


def _members(operation: OperationModel, shape: Shape, body: Mapping[str, Any]) -> dict[wire.Path, Any]:
    """Return what a body's fields give; in the query protocols they may be numbered names."""
    known, given = wire.names(shape), dict[wire.Path, Any]()
    plain = {name: value for name, value in body.items() if name in known}
    for name, value in body.items():
        if name not in plain and wire.is_query(operation):
            given.update(_parameter(operation, None, name, value))
        elif name not in plain:
            raise _fault(operation, name, f"the operation has no {name}", known)
    found = _structure(operation, shape, plain, "")
    return {**given, **{(name,): value for name, value in found.items()}}


def _wraps(shape: Any, payload: str, body: JSON) -> bool:
    """Whether a body names the member that is the whole payload, as the member or as XML's root."""
    root = shape.members[payload].serialization.get("name", payload)
    return isinstance(body, dict) and len(body) == 1 and set(body) <= {payload, root}


def _payload(operation: OperationModel, shape: Shape, value: Any, name: str) -> Any:
    """Return the value of the member that is the whole payload: a string as it stands, others as JSON."""
    if shape.type_name in {"blob", "string"}:
        text = value if isinstance(value, str) else json.dumps(value)
        return text.encode() if shape.type_name == "blob" else text
    return _value(operation, shape, value, name)


def _parsed(operation: OperationModel, shape: Shape, body: JSON) -> JSON:
    """Return a body that is JSON or XML text as the value that it stands for."""
    if not isinstance(body, str) or shape.type_name in {"blob", "string"}:
        return body
    if operation.service_model.protocol in wire.XML_PROTOCOLS and body.lstrip().startswith("<"):
        return _from_xml(operation, shape, body)
    try:
        return json.loads(body)
    except ValueError:
        return body


def _from_xml(operation: OperationModel, shape: Shape, text: str) -> JSON:
    """Return a structure written as XML, read as botocore reads AWS's answers."""
    from botocore.parsers import ResponseParserError, create_parser  # noqa: PLC0415 - few bodies are XML

    answer = {"status_code": 200, "headers": {}, "body": text.encode()}
    try:
        found = create_parser("rest-xml").parse(answer, shape)
    except ResponseParserError as error:
        raise _fault(operation, "body", f"it is not XML: {error}") from error
    return {name: value for name, value in found.items() if name != "ResponseMetadata"}


def _structure(
    operation: OperationModel, shape: Shape, value: Mapping[str, Any], path: str
) -> dict[str, Any]:
    by_name = wire.names(shape)
    found = {}
    for name, given in value.items():
        where = f"{path}.{name}".lstrip(".")
        member = by_name.get(name)
        if member is None:
            raise _fault(operation, where, f"the operation has no {where}", by_name)
        found[member] = _value(operation, shape.members[member], given, where)
    return found


def _value(operation: OperationModel, shape: Shape, value: Any, path: str) -> Any:
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        return value if shape.is_document_type else _structure(operation, shape, value, path)
    if kind == "list" and isinstance(value, dict) and operation.service_model.protocol in wire.XML_PROTOCOLS:
        value = wire.elements(shape, value)
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
    except ValueError:  # binascii.Error is one, too
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


def _fault(operation: OperationModel, path: str, reason: str, known: Any = ()) -> InputError:
    what = f"{operation.name} of {operation.service_model.service_name} does not fit"
    return InputError(
        what, place=Place(path=path), reason=reason, hint=did_you_mean(path.rpartition(".")[2], known)
    )
