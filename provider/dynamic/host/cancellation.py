"""Stopping: the engine's Cancel, an interrupted host and an engine that has gone end every wait at once.

The stock host answers Cancel and does nothing, and at SIGINT it drops the calls that run. Here Cancel is seen
when it is dispatched, before it queues for a thread, and is then answered by the host as always. SIGTERM
kills the host as it does any process: a handler could only be set from its main thread.
"""

from __future__ import annotations

import contextlib
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ...errors import CancelledError
from . import internals
from .part import Part, warn_missing

if TYPE_CHECKING:
    import grpc

SECONDS_TO_ANSWER: Final = 4.0
"""How long an interrupted host lets its calls answer; the engine kills it after 5."""

CANCELLED_BY_ENGINE: Final = "the engine asked to stop"
INTERRUPTED: Final = "the provider's process was interrupted"
ENGINE_GONE: Final = "the engine has gone"


class Cancellation(threading.Event):
    """An event that is set when a call must stop.

    Attributes:
        reason: Why, in a few words; empty until then.
    """

    reason: str = ""

    def cancel(self, reason: str) -> None:
        """Set the event; the first reason stays."""
        self.reason = self.reason or reason
        self.set()

    def raise_if_set(self) -> None:
        """Do nothing, or raise CancelledError where a stop was asked for."""
        if self.is_set():
            raise CancelledError("cancelled", reason=self.reason, hint="run `pulumi up` again to go on")


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign that the process is to stop.

    Attributes:
        reason: Why, in a few words.
        at: When it came, in seconds of the monotonic clock.
    """

    reason: str
    at: float


class Cancellations:
    """All cancellations of a process; those asked for after the stop are set from the start."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: weakref.WeakSet[Cancellation] = weakref.WeakSet()
        self._signs: list[Sign] = []
        self._interrupted = threading.Event()

    def new(self) -> Cancellation:
        """Return the cancellation of one more call."""
        cancellation = Cancellation()
        with self._lock:
            self._open.add(cancellation)
            if self._signs:
                cancellation.cancel(self._signs[0].reason)
        return cancellation

    @property
    def signs(self) -> tuple[Sign, ...]:
        """All signs to stop so far, in their order."""
        with self._lock:
            return tuple(self._signs)

    def interrupted(self, seconds: float) -> bool:
        """Wait that long for the process to be interrupted, and return whether it was."""
        return self._interrupted.wait(seconds)

    def cancel(self, reason: str) -> None:
        """Set all of them, now and later."""
        with self._lock:
            self._signs.append(Sign(reason, time.monotonic()))
            for cancellation in self._open:
                cancellation.cancel(reason)
        if reason == INTERRUPTED:
            self._interrupted.set()


@dataclass(frozen=True, slots=True)
class HostClock:
    """The time of day, and sleep that ends at once when the call is to stop (``arazzo.protocol.Clock``).

    Attributes:
        cancellation: What ends a sleep.
    """

    cancellation: Cancellation

    def now(self) -> float:
        """Return the time in seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Return after that many seconds.

        Raises:
            CancelledError: As soon as a stop is asked for, and at once where it was before.
        """
        self.cancellation.wait(max(seconds, 0.0))
        self.cancellation.raise_if_set()


class CancelListener:
    """A generic RPC handler that answers nothing: it only sees the calls on their way to those that do."""

    def __init__(self, cancellations: Cancellations) -> None:
        self._cancellations = cancellations

    def service(self, handler_call_details: Any) -> None:
        """Stop everything where the call is Cancel; leave the answer to the next handler."""
        if handler_call_details.method == internals.CANCEL:
            self._cancellations.cancel(CANCELLED_BY_ENGINE)


def _once(function: Callable[[], None]) -> Callable[[], None]:
    """Make a function run at its first call only; calls at the same time wait for it."""
    lock = threading.Lock()
    called: list[bool] = []

    def guarded() -> None:
        with lock:
            if not called:
                called.append(True)
                function()

    return guarded


PROCESS: Final = Cancellations()


@_once
def listen() -> None:
    """Hear of Cancel and of SIGINT from now on; what is missing is warned of."""
    try:
        server = internals.server()
    except internals.MissingPartError as error:
        warn_missing(Part.CANCEL, error)
        return
    _answer_before_stopping(server)
    try:
        handlers = internals.handlers(server)
    except internals.MissingPartError as error:
        warn_missing(Part.CANCEL, error)
        return
    with handlers.lock:
        registered = handlers.registered.get(internals.CANCEL)
        if registered is None:
            handlers.generic.insert(0, CancelListener(PROCESS))
        else:
            handlers.registered[internals.CANCEL] = _announced(registered, PROCESS)


def _announced(handler: Any, cancellations: Cancellations) -> Any:
    """Return a handler of Cancel that stops everything, then answers as the given one does."""
    import grpc  # noqa: PLC0415 - only in a host, where it is loaded already

    def cancel(request: Any, context: Any) -> Any:
        cancellations.cancel(CANCELLED_BY_ENGINE)
        return handler.unary_unary(request, context)

    # A thread of its own: in the server's pool it would queue behind the very waits that it is to end.
    cancel.experimental_thread_pool = ThreadPoolExecutor(1)  # type: ignore[attr-defined]  # grpcio's own name
    return grpc.unary_unary_rpc_method_handler(
        cancel,
        request_deserializer=handler.request_deserializer,
        response_serializer=handler.response_serializer,
    )


def _answer_before_stopping(server: grpc.Server) -> None:
    """Make the host's ``server.stop``, its reaction to SIGINT, end all waits and let the calls answer."""
    stop = server.stop

    def stop_after_answers(grace: float | None = None) -> Any:
        PROCESS.cancel(INTERRUPTED)
        stopped = stop(max(grace or 0.0, SECONDS_TO_ANSWER))
        with contextlib.suppress(KeyboardInterrupt):  # an impatient engine interrupts again
            stopped.wait(SECONDS_TO_ANSWER)
        return stopped

    server.stop = stop_after_answers  # type: ignore[method-assign]  # only of this one server
