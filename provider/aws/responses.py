"""Turns what boto3 returns into a response as it stood on the wire: plain JSON, the wire's names. Pure."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from ..arazzo.protocol import Response, ServiceError
from ..models import operations, wire
from ..models.shapes import to_wire, wired
from ..timing import pacing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from botocore.model import OperationModel, Shape

    from ..arazzo.protocol import JSON
    from ..models.wire import Path

_THROTTLED: Final = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
        "TooManyRequestsException",
    }
)
_UNAVAILABLE: Final = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "TransactionInProgressException",
    }
)
_QUOTA: Final = ("ServiceQuotaExceeded", "LimitExceeded")
_ANY: Final = "*"


def answered(
    operation: OperationModel,
    parsed: Mapping[str, Any],
    endpoint: str,
    given: Mapping[str, Any],
    reads: Iterable[Path] = (),
) -> Response:
    """Return the response for what boto3's method returned.

    Args:
        operation: The operation that was called.
        parsed: What the method returned.
        endpoint: The endpoint's URL.
        given: The keyword arguments of the call.
        reads: What the document reads of the body. A member that it spells otherwise than the wire does is
            there by both names.
    """
    metadata = parsed["ResponseMetadata"]
    _check_shape(operation, parsed)
    return Response(
        status=metadata["HTTPStatusCode"],
        headers=metadata["HTTPHeaders"],
        body=_read_as(operation.output_shape, _body(operation.output_shape, parsed), reads),
        url=_url(operation, endpoint, given),
        method=operation.http["method"],
    )


class UnreadableAnswer(Exception):  # noqa: N818 - no error of this package: the caller makes one of it
    """An answer that is none of the operation's."""


def _check_shape(operation: OperationModel, parsed: Mapping[str, Any]) -> None:
    """Refuse an answer without any member that the model requires: an empty body, a foreign page."""
    shape = operation.output_shape
    required = shape.required_members if shape is not None else []
    if required and not any(name in parsed for name in required):
        raise UnreadableAnswer(f"it has no {' and no '.join(required)}")


def refused(
    operation: OperationModel, parsed: Mapping[str, Any], endpoint: str, given: Mapping[str, Any]
) -> Response:
    """Return the response for the ``response`` of a ClientError that boto3's method raised."""
    metadata = parsed["ResponseMetadata"]
    error = parsed.get("Error", {})
    code, message = str(error.get("Code", "")), str(error.get("Message", ""))
    rest = {name: plain(value) for name, value in parsed.items() if name not in {"Error", "ResponseMetadata"}}
    status = metadata["HTTPStatusCode"]
    why = transient(operation, code, status, safe=operations.may_be_sent_again(operation, given))
    if message and not any(name.lower() == "message" for name in rest):
        rest["message"] = message
    return Response(
        status=status,
        headers=metadata["HTTPHeaders"],
        body={"__type": code, **rest},
        url=_url(operation, endpoint, given),
        method=operation.http["method"],
        error=ServiceError(code, message),
        transient=why,
        doubt=operations.doubt(operation) if why is None and status >= pacing.SERVER_ERROR else "",
    )


def transient(operation: OperationModel, code: str, status: int, *, safe: bool) -> pacing.Transience | None:
    """Return why the same request may be sent again: by the error's code, the service model, the status.

    An exceeded quota is not throttling, whatever its status: waiting does not raise it.
    """
    if code.startswith(_QUOTA) and code not in _THROTTLED:
        return None
    trait = _retryable(operation, code)
    throttled = code in _THROTTLED or bool((trait or {}).get("throttling"))
    failed = code in _UNAVAILABLE or trait is not None
    return pacing.transience(status, safe=safe, throttled=throttled, failed=failed)


def plain(value: Any) -> JSON:
    """Return a value of boto3 as plain JSON: times as ISO 8601 in UTC, binary as base64."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return _scalar(value)


def _scalar(value: Any) -> JSON:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if hasattr(value, "read"):
        return _text(value.read())
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    return float(value) if isinstance(value, Decimal) else value


def _text(content: bytes) -> str:
    """Return a streamed body: text where it is, else base64."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return base64.b64encode(content).decode()


def _body(shape: Shape | None, parsed: Mapping[str, Any]) -> JSON:
    """Return the body as it stood on the wire: what travelled in headers is not in it."""
    if shape is None:
        return {}
    payload = shape.serialization.get("payload")
    if payload is not None:
        return _wired(shape.members[payload], parsed.get(payload))
    inside = {
        name: parsed[name]
        for name, member in shape.members.items()
        if name in parsed and "location" not in member.serialization
    }
    return _wired(shape, inside)


def _read_as(shape: Shape | None, body: JSON, reads: Iterable[Path]) -> JSON:
    """Return a body with its members also by the names that a document reads them by."""
    for path in reads:
        if wire.whole(shape, path) is not None:
            return {str(path[0]): body}
        inner = shape if shape is None else _payload_of(shape)
        _add_names(inner, body, path)
    return body


def _payload_of(shape: Any) -> Shape:
    payload = shape.serialization.get("payload")
    found: Shape = shape if payload is None else shape.members[payload]
    return found


def _add_names(shape: Any, value: JSON, path: Path) -> None:
    if shape is None or not path or getattr(shape, "is_document_type", False):
        return
    token, rest = str(path[0]), path[1:]
    if shape.type_name == "list" and isinstance(value, list):
        chosen = value[int(token) : int(token) + 1] if token.isdecimal() else value
        for each in chosen:
            _add_names(shape.member, each, rest)
    elif shape.type_name == "map" and isinstance(value, dict):
        _add_names(shape.value, value.get(token), rest)
    elif shape.type_name == "structure" and isinstance(value, dict):
        for name in [each for each in value if token == _ANY] or [token]:
            on_wire = wire.parsed_answer(shape, name)
            if on_wire is not None and on_wire in value:
                value.setdefault(name, value[on_wire])
                _add_names(wired(shape)[on_wire], value[on_wire], rest)


def _wired(shape: Shape, value: Any) -> JSON:
    """Return a value as plain JSON with its members' names on the wire."""
    found: JSON = to_wire(shape, value, lambda _, each: plain(each))
    return found


def _url(operation: OperationModel, endpoint: str, given: Mapping[str, Any]) -> str:
    uri: str = operation.http["requestUri"].partition("?")[0]
    shape = operation.input_shape
    for name, value in given.items() if shape is not None else ():
        serialization = shape.members[name].serialization if name in shape.members else {}
        if serialization.get("location") == "uri":
            wire = serialization.get("name", name)
            text = str(value)
            uri = uri.replace(f"{{{wire}}}", quote(text, safe="~")).replace(
                f"{{{wire}+}}", quote(text, safe="/~")
            )
    return endpoint.rstrip("/") + uri


def _retryable(operation: OperationModel, code: str) -> Mapping[str, Any] | None:
    """Return the ``retryable`` trait that the model gives an error, or None."""
    for shape in operation.error_shapes:
        if code in {shape.name, shape.metadata.get("error", {}).get("code")}:
            trait: Mapping[str, Any] | None = shape.metadata.get("retryable")
            return trait
    return None
