"""Stopping: the engine's Cancel, an interrupted host and an engine that has gone end every wait at once.

The stock host answers Cancel and does nothing, and at SIGINT it drops the calls that run. Here Cancel is seen
when it is dispatched, before it queues for a thread, and is then answered by the host as always. SIGTERM
kills the host as it does any process: a handler could only be set from its main thread.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import grpc

from ...engine.cancellation import CANCELLED_BY_ENGINE, INTERRUPTED, Cancellations
from . import internals
from .part import Part, warn_missing

SECONDS_TO_ANSWER: Final = 4.0
"""How long an interrupted host lets its calls answer; the engine kills it after 5."""


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
