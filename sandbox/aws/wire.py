"""The wire of one service: requests to operations and parameters, results and errors to HTTP answers.

Parsing, routing and serialising by the service model are moto's (``moto.core``); only errors are written
here, because AWS's bodies differ from moto's: REST-JSON puts the code into a header and the text under
``message``, JSON 1.0 puts both into the body.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request
from moto.core.routing import ServiceOperationRouter
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from .errors import AUTHENTICATION, ServiceError
from .validation import check_constraints, check_types

BAD_REQUEST: Final = 400


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """The operation a request is for, and the parameters in its path."""

    operation: OperationModel
    path_parameters: dict[str, Any]


class Service:
    """One service's protocol, by its service model."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.model = get_service_model(name)
        self.protocol = _spoken(self.model)
        self._router = ServiceOperationRouter(self.model)
        self._routing = (
            threading.Lock()
        )  # moto makes its routes at the first match, which two may not do at once
        self._statuses = {
            shape.name: shape.metadata.get("error", {}).get("httpStatusCode")
            for shape in self.model.error_shapes
        }

    def route(self, request: Request) -> Route:
        """Find the operation.

        Raises:
            ServiceError: UnknownOperationException.
        """
        try:
            with self._routing:
                operation, parameters = self._router.match(request)
        except (NotFound, NotImplementedError) as error:
            status = 404 if self.is_rest else BAD_REQUEST
            raise ServiceError("UnknownOperationException", "Unknown operation", status=status) from error
        return Route(operation, parameters)

    @property
    def signing_name(self) -> str:
        """The service's name in signatures."""
        return str(self.model.signing_name)

    def is_target_of(self, target: str) -> bool:
        """Whether a request with this ``X-Amz-Target`` is for the service."""
        return bool(target.partition(".")[0] == self.model.metadata.get("targetPrefix"))

    @property
    def is_rest(self) -> bool:
        """Whether status codes and paths carry meaning."""
        return self.protocol.startswith("rest")

    @property
    def is_query(self) -> bool:
        """Whether requests are forms and answers XML."""
        return self.protocol in {"query", "ec2"}

    def parse(self, route: Route, request: Request, body: bytes) -> dict[str, Any]:
        """Return the operation's parameters, of the model's types; ``check`` goes on to its constraints.

        Raises:
            ServiceError: SerializationException.
        """
        shape = route.operation.input_shape
        if shape is not None and not self.is_query:
            check_types(shape, _json_object(body))
        parser = PROTOCOL_PARSERS[self.protocol](route.operation)
        try:
            parameters: dict[str, Any] = parser.parse(
                {
                    "body": body,
                    "headers": request.headers,
                    "method": request.method,
                    "url_params": route.path_parameters,
                    "url_path": request.raw_path,
                    "values": MultiDict(parse_qsl(body.decode())) if self.is_query else request.args,
                }
            )
        except ValueError as error:
            raise ServiceError("SerializationException", str(error), status=BAD_REQUEST) from error
        return parameters

    def check(self, operation: OperationModel, parameters: Mapping[str, Any]) -> None:
        """Check an operation's parameters against the constraints of the model.

        Raises:
            ServiceError: ValidationException.
        """
        check_constraints(operation.input_shape, parameters)

    def serialise(self, operation: OperationModel, result: Mapping[str, Any]) -> Answer:
        """Return the answer to a request that went well."""
        answer = get_serializer_class(self.name, self.protocol)(operation).serialize(result)
        body = answer["body"]
        encoded = body.encode() if isinstance(body, str) else body
        headers = {**answer["headers"], **_header_members(operation, result), **_request_id()}
        return Answer(int(answer["status_code"]), encoded, headers)

    def refuse(self, error: ServiceError) -> Answer:
        """Return the answer to a request that is refused."""
        if self.is_query:
            refuse = _refuse_ec2 if self.protocol == "ec2" else _refuse_query
            return refuse(error, str(self.model.metadata["xmlNamespace"]))
        status = error.status or self._status(error.code)
        if self.is_rest:
            body = {"message": error.message}
            headers = {"Content-Type": "application/json", "x-amzn-ErrorType": error.code}
        else:
            prefix = self.model.metadata["targetPrefix"].lower()
            body = {"__type": f"com.amazonaws.{prefix}#{error.code}", "Message": error.message}
            headers = {"Content-Type": f"application/x-amz-json-{self.model.metadata['jsonVersion']}"}
        return Answer(
            status, json.dumps(body).encode(), {**headers, **error.headers, **_request_id()}, error.code
        )

    def _status(self, code: str) -> int:
        modelled = self._statuses.get(code)
        if modelled is not None:
            return int(modelled)
        if code == "InternalServerException":
            return 500
        return 403 if self.is_rest and code in AUTHENTICATION else BAD_REQUEST


def _refuse_query(error: ServiceError, namespace: str) -> Answer:
    """Return a refusal in the Query protocol, whose codes of the common errors are other ones."""
    code, status = _QUERY_ERRORS.get(error.code, (error.code, error.status or BAD_REQUEST))
    root = ET.Element("ErrorResponse", xmlns=namespace)
    inner = ET.SubElement(root, "Error")
    for name, text in {"Type": "Sender", "Code": code, "Message": error.message}.items():
        ET.SubElement(inner, name).text = text
    headers = {"Content-Type": "text/xml", **error.headers, **_request_id()}
    return Answer(status, ET.tostring(root), headers, code)


def _refuse_ec2(error: ServiceError, _namespace: str) -> Answer:
    """Return a refusal of Amazon EC2, whose errors are written in a form of their own."""
    code, status = _EC2_ERRORS.get(error.code, (error.code, error.status or BAD_REQUEST))
    root = ET.Element("Response")
    inner = ET.SubElement(ET.SubElement(root, "Errors"), "Error")
    for name, text in {"Code": code, "Message": error.message}.items():
        ET.SubElement(inner, name).text = text
    headers = {"Content-Type": "text/xml", **error.headers, **_request_id()}
    return Answer(status, ET.tostring(root), headers, code)


_EC2_ERRORS: Final = {
    "AccessDeniedException": ("UnauthorizedOperation", 403),
    "ExpiredTokenException": ("RequestExpired", 400),
    "InternalServerException": ("InternalError", 500),
    "ThrottlingException": ("RequestLimitExceeded", 503),
    "UnknownOperationException": ("InvalidAction", 400),
    "ValidationException": ("InvalidParameterValue", 400),
}
"""Codes and statuses of Amazon EC2 by those of the JSON protocols (Amazon EC2, Error codes)."""

_QUERY_ERRORS: Final = {
    "AccessDeniedException": ("AccessDenied", 403),
    "ExpiredTokenException": ("ExpiredToken", 403),
    "IncompleteSignatureException": ("IncompleteSignature", 403),
    "InvalidSignatureException": ("SignatureDoesNotMatch", 403),
    "MissingAuthenticationTokenException": ("MissingAuthenticationToken", 403),
    "ThrottlingException": ("Throttling", 400),
    "UnknownOperationException": ("InvalidAction", 400),
    "UnrecognizedClientException": ("InvalidClientTokenId", 403),
    "ValidationException": ("ValidationError", 400),
}
"""Codes and statuses of the Query protocol by those of the JSON protocols (AWS STS, Common Errors)."""


def _spoken(model: Any) -> str:
    """Return the protocol that boto3 speaks with a service: JSON rather than CBOR, where there are both."""
    return "json" if "json" in model.metadata.get("protocols", ()) else str(model.protocol)


def _header_members(operation: OperationModel, result: Mapping[str, Any]) -> dict[str, str]:
    """Return the members that are headers; moto puts the protocol's own Content-Type over theirs."""
    members = operation.output_shape.members.items() if operation.output_shape else ()
    return {
        member.serialization["name"]: str(result[name])
        for name, member in members
        if member.serialization.get("location") == "header" and result.get(name) is not None
    }


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError as error:
        raise ServiceError(
            "SerializationException", f"Body is not JSON: {error}", status=BAD_REQUEST
        ) from error
    if not isinstance(parsed, dict):
        raise ServiceError("SerializationException", "Body is not a JSON object", status=BAD_REQUEST)
    return parsed


def _request_id() -> dict[str, str]:
    return {"x-amzn-RequestId": str(uuid.uuid4())}
