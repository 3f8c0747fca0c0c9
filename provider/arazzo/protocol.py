"""What the interpreter and the world say to each other: operations, requests, responses, effects, events.

Plain frozen values only. A caller turns ``(Operation, Request)`` into a ``Response``; the machine turns a
``Response`` into the next effect. Nothing here knows AWS, HTTP libraries or time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, Protocol

JSON = Any
"""None, bool, int, float, str, list of JSON, or dict of str to JSON."""


class Missing:
    """The type of ``MISSING``: a reference to something that is not there (an unset optional input)."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Name the one value."""
        return "MISSING"

    def __bool__(self) -> bool:
        """Missing is never true."""
        return False


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True)
class Operation:
    """A resolved operation (Arazzo 1.1.0, Step Object: operationId, operationPath or channelPath).

    Attributes:
        source: The name of the source description it belongs to.
        operation_id: The operationId without its ``$sourceDescriptions.name.`` prefix, or None.
        path: The path of an operationPath (``/datastore/{id}``), or None.
        method: The method of an operationPath in lower case (``get``), or None.
        source_url: The source description's url.
        source_extensions: The source description's ``x-`` fields (``x-aws-service``).
        document: The path of the document that has the source; its url is relative to that.
        reads: What the step reads of the answer's body: the members of each path, from the root.
        action: What is done on a channel, None for an operation over HTTP.
        channel: The JSON Pointer of a channelPath (``/channels/orders``), or None.
    """

    source: str
    operation_id: str | None = None
    path: str | None = None
    method: str | None = None
    source_url: str = ""
    source_extensions: Mapping[str, JSON] = field(default_factory=dict)
    document: str = ""
    reads: frozenset[tuple[str | int, ...]] = frozenset()
    action: Literal["send", "receive"] | None = None
    channel: str | None = None


_NONE: Final[Mapping[str, JSON]] = MappingProxyType({})


class Request(NamedTuple):
    """One request with every expression resolved; unset optional values are left out.

    Attributes:
        path, query, header, cookie: Parameters by name (a header's name as the document writes it).
        content_type: requestBody.contentType, or None.
        body: The payload, or ``MISSING`` where the step has no requestBody.
        key: A name for this request that is the same when it is sent again because no answer came, and
            different for every new request of a run. A caller may derive an idempotency token from it.
        querystring: The whole query as text (Arazzo 1.1, ``in: querystring``), or None; then there is no
            ``query``.
        channel: The parameters of a channel's address by name.
        correlation_id: What a message has to carry to be the one that is waited for, or ``MISSING``.
    """

    path: Mapping[str, JSON] = _NONE
    query: Mapping[str, JSON] = _NONE
    header: Mapping[str, JSON] = _NONE
    cookie: Mapping[str, JSON] = _NONE
    content_type: str | None = None
    body: JSON = MISSING
    key: str = ""
    querystring: str | None = None
    channel: Mapping[str, JSON] = _NONE
    correlation_id: JSON = MISSING


@dataclass(frozen=True, slots=True)
class ServiceError:
    """What a service says of its refusal: its code (``ThrottlingException``) and its message."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to a request.

    Attributes:
        status: The HTTP status code.
        headers: Header names as received; look them up without regard to case.
        body: The parsed JSON body (timestamps as ISO 8601 strings), or text, or None.
        url: The URL that was called, for ``$url``.
        method: The HTTP method that was used, for ``$method``.
        error: The service's own error, where the answer is one.
        transient: Why sending it again later may help and does no harm (``throttled``, ``unavailable``), or
            None.
        doubt: What the service may have done although the answer does not say so, and where to look; empty
            where there is no doubt.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: JSON = None
    url: str = ""
    method: str = ""
    error: ServiceError | None = None
    transient: Literal["throttled", "unavailable"] | None = None
    doubt: str = ""


class Caller(Protocol):
    """Carries out requests.

    Raises:
        NoAnswerError: No answer came (connection refused, reset, timed out).
        ProviderError: The request can never be sent (unknown operation, no credentials).
    """

    def call(self, operation: Operation, request: Request) -> Response:
        """Send one request and return its answer, whatever its status."""
        ...


class Message(NamedTuple):
    """A message of a channel (Arazzo 1.1): its headers and its parsed payload."""

    headers: Mapping[str, str] = _NONE
    payload: JSON = None


class ChannelCaller(Protocol):
    """Carries messages over channels, for documents that have steps on them.

    Raises:
        ProviderError: The message can never be sent or received (unknown channel, no connection).
    """

    def send(self, operation: Operation, request: Request) -> None:
        """Send a message; return as soon as it is sent, whether anybody receives it or not."""
        ...

    def receive(self, operation: Operation, request: Request, until: float | None) -> Message | None:
        """Return the next message, with the request's ``correlation_id`` if it has one.

        Args:
            operation: The channel.
            request: What the step says of the message.
            until: When the step's timeout passes, in seconds since the epoch, or None.

        Returns:
            The message; None where none came in time.
        """
        ...


@dataclass(frozen=True, slots=True)
class StepRef:
    """Names a step of a run: its document, workflow and step; nested runs have the outer steps in ``via``."""

    document: str
    workflow_id: str
    step_id: str
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run failed.

    Attributes:
        step: The step that failed.
        why: What happened in one sentence: which criterion did not hold and why, or which status no
            action names.
        response: The last answer of that step, if one came.
        criterion: The text of the criterion that did not hold, if it was one.
        unhandled: True where the document had no action for this failure.
    """

    step: StepRef
    why: str
    response: Response | None = None
    criterion: str | None = None
    unhandled: bool = False


class Call(NamedTuple):
    """Effect: send this request; then give the machine the response.

    ``until`` is when the step's timeout (Arazzo 1.1) passes, in seconds since the epoch, or None.
    """

    step: StepRef
    operation: Operation
    request: Request
    until: float | None = None


class Wait(NamedTuple):
    """Effect: let some time pass; then go on.

    Attributes:
        step: The step that asked for it.
        kind: ``poll`` (a goto back to a step that has run; the runner sets the pace) or ``retry``.
        seconds: The least time that the document (retryAfter) or the service (Retry-After) asks for, or None.
        count: How many times this step has asked before in this visit, from 0.
        target: The stepId that runs next (a workflowId where a goto leads to a workflow).
        reason: The status that was found, in a word (``CREATING``), or why it failed.
        until: When a timeout of a step around it passes, in seconds since the epoch, or None.
    """

    step: StepRef
    kind: Literal["poll", "retry"]
    seconds: float | None
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody asks of a wait
    target: str
    reason: str = ""
    until: float | None = None


class Finish(NamedTuple):
    """Effect: the run is over. ``failure`` is None exactly when the workflow succeeded."""

    outputs: Mapping[str, JSON]
    failure: Failure | None = None


Effect = Call | Wait | Finish


@dataclass(frozen=True, slots=True)
class Event:
    """What a run tells its observer.

    Attributes:
        kind: ``calling`` before a request; ``answered`` after it; ``waiting`` before a wait; ``resending``
            before a wait after which the same request is sent again (throttled, unavailable, no
            answer); ``finished`` at the end.
        step: The step it is about (None only for ``finished``).
        operation: The operation of a call.
        response: The answer, for ``answered`` and ``resending`` (None where no answer came).
        outputs: The step's outputs so far (``answered``), or the workflow's (``finished``).
        seconds: How long the wait will be.
        waited: Seconds since this step was first reached.
        count: The polls or resends of this step so far.
        reason: Why, in a few words: ``CREATING``, ``throttled``, the failure.
    """

    kind: Literal["calling", "answered", "waiting", "resending", "finished"]
    step: StepRef | None = None
    operation: Operation | None = None
    response: Response | None = None
    outputs: Mapping[str, JSON] = field(default_factory=dict)
    seconds: float = 0.0
    waited: float = 0.0
    count: int = 0
    reason: str = ""
