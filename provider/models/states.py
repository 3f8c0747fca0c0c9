"""What an answer of AWS says about the state of a resource or a job. Pure, by botocore's output shapes.

This is the one judge of states: the verbs, the validator, the graph and the command line all ask it. It
judges a state by its words, however a service spells them: ``CREATE_FAILED``, ``CreateFailed``,
``create-failed``.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from . import services as models
from .shapes import members_below

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from botocore.model import OperationModel, Shape

    from ..arazzo.protocol import JSON, Operation, Response, StepRef

Outlook = Literal["pending", "unknown"]
"""Why a polled thing may get there still: it is on its way, or its state is none that the model knows."""

_FAILURES: Final = frozenset(
    {"fail", "failed", "failing", "failure", "failures", "fault", "faulted", "faulty"}
    | {"error", "errors", "errored", "abort", "aborted", "aborting", "reject", "rejected", "rejecting"}
    | {"cancel", "canceled", "cancelled", "canceling", "cancelling", "cancellation"}
    | {"expired", "timeout", "timedout", "invalid", "impaired", "unhealthy", "denied", "declined"}
)
"""A state with one of these words is a failure: CREATE_FAILED, COMPLETED_WITH_ERRORS, CANCEL_COMPLETED."""

_GONE: Final = frozenset({"deleted", "destroyed", "expired", "removed", "terminated"})

_PENDING: Final = frozenset(
    {"accepted", "creating", "enqueued", "initializing", "pending", "preparing", "progress", "provisioning"}
    | {"queued", "requested", "running", "scheduled", "starting", "submitted", "waiting"}
)
"""A state with one of these words is on its way to being there; UPDATING and DELETING lead elsewhere."""

_LASTING: Final = frozenset({"existing", "failing", "missing", "nothing", "passing", "warning"})
"""Words in -ing that say of no change under way."""

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

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
        reason: The service's own words for it, or an empty string.
    """

    pointer: str
    value: str
    values: tuple[str, ...]
    reason: str = ""

    @property
    def name(self) -> str:
        """Its member's name (``DatastoreStatus``)."""
        return self.pointer.rpartition("/")[2]

    def __str__(self) -> str:
        """Say what it is, and why: ``JobStatus is FAILED: no such bucket``."""
        return f"{self.name} is {self.value}" + (f": {self.reason}" if self.reason else "")


def statuses(operation: OperationModel, body: JSON) -> tuple[Status, ...]:
    """Return the statuses of what an answer describes, outermost first.

    A status is a string with an enumeration whose name ends in status or state. Those inside of lists are
    left out: what a listing lists is not what was asked about.

    Args:
        operation: The operation that was called.
        body: The answer's body.
    """
    found = []
    for path, values in _declared(operation):
        holder = _at(body, path[:-1])
        value = holder.get(path[-1]) if isinstance(holder, dict) else None
        if isinstance(value, str):
            found.append(Status(_pointer(path), value, values, _reason(holder)))
    return tuple(sorted(found, key=lambda status: status.pointer.count("/")))


def possible(operation: OperationModel) -> Mapping[str, tuple[str, ...]]:
    """Return every status that an operation's answer can name: its JSON Pointer, and its values."""
    return {_pointer(path): values for path, values in _declared(operation)}


@functools.cache
def _declared(operation: OperationModel) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Return where an answer can have a status, by the names on the wire, and its values."""
    return tuple(
        (each.wire, tuple(each.shape.enum))
        for each in members_below(operation.output_shape)
        if _is_status(each.names[-1], each.shape)
    )


def _at(body: Any, path: Iterable[str]) -> Any:
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def _pointer(path: Iterable[str]) -> str:
    return "".join(f"/{name}" for name in path)


def pending(operation: Operation, response: Response) -> Outlook | None:
    """Return why what an answer tells of may get there still, or None; for ``run(pending=...)``.

    An answer in which the state is missing that the model promises is as unknown as a state that the model
    does not know: neither says that the resource works, nor that it failed.

    Raises:
        InputError: The operation is none of AWS's.
    """
    model = models.resolve(operation)
    found = statuses(model, response.body)
    if not found:
        return "unknown" if possible(model) else None
    status = found[0]
    if is_pending(status.value):
        return "pending" if status.value in status.values else "unknown"
    known = status.value in status.values or is_failure(status.value) or is_gone(status.value)
    return None if known else "unknown"


def is_pending(value: str) -> bool:
    """Whether a state says that something is on its way to being there (QUEUED, IN_PROGRESS, CREATING)."""
    return not _PENDING.isdisjoint(words(value)) and not is_failure(value)


def is_failure(value: str) -> bool:
    """Whether a state says that something went wrong (FAILED, UPDATE_FAILED, CANCEL_SUBMITTED)."""
    found = words(value)
    return not _FAILURES.isdisjoint(found) or found[:2] == ("timed", "out")


def is_gone(value: str) -> bool:
    """Whether a state says that something is there no more (DELETED, TERMINATED)."""
    return not _GONE.isdisjoint(words(value))


def is_passing(value: str) -> bool:
    """Whether a state is one that does not last (DELETING, IN_PROGRESS, CANCEL_SUBMITTED)."""
    return any(
        word in _PENDING or (word.endswith("ing") and word not in _LASTING) for word in words(value)
    ) and not is_gone(value)


def is_over(operation: Operation, response: Response) -> bool:
    """Whether an answer tells of a state that the model knows and that lasts, a good or a bad one.

    Raises:
        InputError: The operation is none of AWS's.
    """
    found = statuses(models.resolve(operation), response.body)
    return bool(found) and found[0].value in found[0].values and not is_passing(found[0].value)


def words(value: str) -> tuple[str, ...]:
    """Return the words of a state in lower case: ``in``, ``progress`` of IN_PROGRESS and of InProgress."""
    return tuple(word.lower() for word in _WORD.findall(value))


def judge(_step: StepRef, operation: Operation, response: Response) -> str | None:
    """Object to a success whose last answer describes something that failed; for ``run(judge=...)``.

    Raises:
        InputError: The operation is none of AWS's.
    """
    found = statuses(models.resolve(operation), response.body)
    return next((str(status) for status in found if is_failure(status.value)), None)


def told(operation: Operation, response: Response) -> str | None:
    """Return a state with the service's reason for it, where an answer gives one.

    Raises:
        InputError: The operation is none of AWS's.
    """
    found = statuses(models.resolve(operation), response.body)
    return next((str(status) for status in found if status.reason), None)


def _is_status(name: str, shape: Shape) -> bool:
    return shape.type_name == "string" and bool(shape.enum) and name.lower().endswith(("status", "state"))


def reason_in(body: JSON) -> str:
    """Return what an answer says of the state of what it describes, an ErrorCause first, or ""."""
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
