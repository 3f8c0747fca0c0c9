"""What an answer of AWS says about the state of a resource or a job. Pure, by botocore's output shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from . import services as models

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.model import OperationModel, Shape

    from ..arazzo.protocol import JSON, Operation, Response, StepRef

_FAILURES: Final = frozenset(
    {"fail", "failed", "failure", "error", "errors", "aborted", "rejected", "expired", "timeout"}
    | {"cancel", "canceled", "cancelled", "canceling", "cancelling"}
)
"""A status with one of these words is no success: CREATE_FAILED, COMPLETED_WITH_ERRORS, CANCEL_COMPLETED."""

_PENDING: Final = frozenset(
    {"accepted", "creating", "enqueued", "initializing", "pending", "preparing", "progress", "provisioning"}
    | {"queued", "requested", "running", "scheduled", "starting", "submitted", "waiting"}
)
"""A status with one of these words is on its way to being there; UPDATING and DELETING lead elsewhere."""

_REASONS: Final = (
    "errorcause",
    "errormessage",
    "statusmessage",
    "statusreason",
    "failurereason",
    "failuremessage",
    "message",
    "reason",
)
"""Members beside a status that say why, in lower case, the most telling first."""


@dataclass(frozen=True, slots=True)
class Status:
    """A status that an answer names.

    Attributes:
        pointer: Where it stands in the body, as a JSON Pointer (``/DatastoreProperties/DatastoreStatus``).
        value: What it is (``CREATING``).
        values: What it can be, by the service model.
        reason: The service's own words for it, or an empty text.
    """

    pointer: str
    value: str
    values: tuple[str, ...]
    reason: str = ""

    @property
    def name(self) -> str:
        """Its member's name (``DatastoreStatus``)."""
        return self.pointer.rpartition("/")[2]


def statuses(operation: OperationModel, body: JSON) -> tuple[Status, ...]:
    """Return the statuses of what an answer describes, outermost first.

    A status is a text with an enumeration whose name ends in status or state. Those inside of lists are left
    out: what a listing lists is not what was asked about.

    Args:
        operation: The operation that was called.
        body: The answer's body.
    """
    shape = operation.output_shape
    found = () if shape is None else _walk(shape, body, "", frozenset())
    return tuple(sorted(found, key=lambda status: status.pointer.count("/")))


def possible(operation: OperationModel) -> Mapping[str, tuple[str, ...]]:
    """Return every status that an operation's answer can name: its JSON Pointer, and its values."""
    shape = operation.output_shape
    return {} if shape is None else dict(_declared(shape, "", frozenset()))


def pending(operation: Operation, response: Response) -> bool:
    """Whether an answer tells of something that is on its way still; for ``run(pending=...)``.

    Raises:
        InputError: The operation is none of AWS's.
    """
    found = statuses(models.resolve(operation), response.body)
    return bool(found) and is_pending(found[0].value)


def is_pending(value: str) -> bool:
    """Whether a status says that something is on its way still (QUEUED, IN_PROGRESS, CREATING)."""
    return not _PENDING.isdisjoint(_words_of(value)) and not is_failure(value)


def is_failure(value: str) -> bool:
    """Whether a status says that something went wrong (FAILED, UPDATE_FAILED, CANCEL_SUBMITTED)."""
    return not _FAILURES.isdisjoint(_words_of(value)) or value.upper() == "TIMED_OUT"


def _words_of(value: str) -> list[str]:
    return value.lower().replace("-", "_").split("_")


def judge(_step: StepRef, operation: Operation, response: Response) -> str | None:
    """Object to a success whose last answer describes something that failed; for ``run(judge=...)``.

    Raises:
        InputError: The operation is none of AWS's.
    """
    for status in statuses(models.resolve(operation), response.body):
        if is_failure(status.value):
            return f"{status.name} is {status.value}" + (f": {status.reason}" if status.reason else "")
    return None


def _walk(shape: Shape, body: Any, pointer: str, above: frozenset[str]) -> Iterator[Status]:
    if shape.type_name != "structure" or not isinstance(body, dict) or shape.name in above:
        return
    for name, wire, member in members(shape):
        value = body.get(wire)
        if _is_status(name, member) and isinstance(value, str):
            yield Status(f"{pointer}/{wire}", value, tuple(member.enum), _reason(body))
        elif value is not None:
            yield from _walk(member, value, f"{pointer}/{wire}", above | {shape.name})


def _declared(shape: Shape, pointer: str, above: frozenset[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if shape.type_name != "structure" or shape.name in above:
        return
    for name, wire, member in members(shape):
        if _is_status(name, member):
            yield f"{pointer}/{wire}", tuple(member.enum)
        else:
            yield from _declared(member, f"{pointer}/{wire}", above | {shape.name})


def members(shape: Shape) -> Iterator[tuple[str, str, Shape]]:
    """Yield a structure's members: botocore's name, the name on the wire, the shape."""
    for name, member in shape.members.items():
        yield name, member.serialization.get("name", name), member


def _is_status(name: str, shape: Shape) -> bool:
    return shape.type_name == "string" and bool(shape.enum) and name.lower().endswith(("status", "state"))


def reason_in(body: JSON) -> str:
    """Return what an answer says of the state of what it describes, an ErrorCause first, or an empty text."""
    if not isinstance(body, dict):
        return ""
    described = (value for value in body.values() if isinstance(value, dict))
    return next(filter(None, map(_reason, (body, *described))), "")


def _reason(body: Mapping[str, Any]) -> str:
    """Return what the members beside a status say of it."""
    named = {name.lower(): value for name, value in body.items()}
    for name in _REASONS:
        if named.get(name):
            return _words(named[name])
    return ""


def _words(value: Any) -> str:
    """Return a reason as text; of a structure its message, and its category in parentheses."""
    if not isinstance(value, dict):
        return str(value)
    texts = {name.lower(): text for name, text in value.items() if isinstance(text, str)}
    messages = [text for name, text in texts.items() if name.endswith("message")]
    others = [text for name, text in texts.items() if not name.endswith("message")]
    return " ".join([*messages, *(f"({text})" for text in others)])
