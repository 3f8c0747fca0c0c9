"""Checks answers against the service's model: what boto3's own lenient parsers let pass."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from botocore.model import OperationModel, Shape

from sandbox.aws.errors import AUTHENTICATION, ServiceError
from sandbox.aws.validation import check_constraints, check_types

ERROR: Final = 300
COMMON: Final = AUTHENTICATION | {
    "AccessDeniedException",
    "InternalServerException",
    "NotEmulatedException",
    "SerializationException",
    "ThrottlingException",
    "UnknownOperationException",
    "ValidationException",
}
"""Errors that every operation may answer with, whether its model names them or not."""
COMMON_OF_QUERIES: Final = COMMON | {
    "AccessDenied",
    "ExpiredToken",
    "MissingAuthenticationToken",
    "ValidationError",
}
"""The same for the query protocol, which has names of its own for some."""


def check_answer(http_response: Any, parsed: dict[str, Any], model: OperationModel, **_event: Any) -> None:
    """Check an answer, as a handler of botocore's ``after-call`` event.

    Raises:
        AssertionError: It is none that the operation's model allows.
    """
    service = model.service_model
    is_json = service.metadata["protocol"] != "query"  # XML knows no types
    if http_response.status_code >= ERROR:
        problems = list(_error_faults(parsed, model, COMMON if is_json else COMMON_OF_QUERIES))
    elif model.output_shape is None:
        problems = []
    else:
        problems = list(_faults(http_response, parsed, model.output_shape, is_json=is_json))
    assert not problems, f"{service.service_name}.{model.name}: {problems}"


def _error_faults(parsed: dict[str, Any], model: OperationModel, common: frozenset[str]) -> Iterator[str]:
    code = parsed["Error"]["Code"]
    if code not in common | {shape.error_code or shape.name for shape in model.error_shapes}:
        yield f"the operation has no error {code}"
    if not parsed["Error"]["Message"]:
        yield f"{code} has no message"


def _faults(http_response: Any, parsed: dict[str, Any], shape: Shape, *, is_json: bool) -> Iterator[str]:
    if is_json and shape.serialization.get("payload") is None:
        body = json.loads(http_response.content or b"{}")
        yield from _unknown(shape, body, "")
        try:
            check_types(shape, body)
        except ServiceError as error:
            yield error.message
    try:
        check_constraints(shape, {name: _comparable(value) for name, value in parsed.items()})
    except ServiceError as error:
        yield error.message


def _comparable(value: Any) -> Any:
    """Leave a stream to whoever reads it, and AWS's own tags out: the model has only what callers may set."""
    if isinstance(value, dict):
        return {name: item for name, item in value.items() if not name.startswith("aws:")}
    return b"" if hasattr(value, "read") else value


def _unknown(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """Yield what the model does not know, and members without a value, which AWS leaves out."""
    if value is None:
        yield f"null at '{path}'"
    elif shape.type_name == "structure" and isinstance(value, dict):
        members = {
            member.serialization.get("name", name): member
            for name, member in shape.members.items()
            if "location" not in member.serialization
        }
        for name, item in value.items():
            if name not in members:
                yield f"unknown member '{path}/{name}'"
            else:
                yield from _unknown(members[name], item, f"{path}/{name}")
    elif shape.type_name == "list" and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unknown(shape.member, item, f"{path}/{index}")
