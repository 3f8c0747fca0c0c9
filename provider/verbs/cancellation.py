"""A caller that stops with its call: it sends nothing once a stop was asked for, and drops a late answer."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final

from ..errors import CancelledError

if TYPE_CHECKING:
    from ..arazzo.protocol import Caller, Operation, Request, Response
    from .engine import Cancellation

SECONDS_FOR_AN_ANSWER: Final = 1.0
"""How long a request that is under way is still waited for; with its answer, less is left to find out."""

_LOOK: Final = 0.1


class Interruptible:
    """A caller whose requests end with the cancellation of the engine's call that they are for.

    A request is sent from a thread of its own, so that a service that is silent holds nobody up.

    Args:
        caller: Sends the requests.
        cancellation: Set when the call must stop.
        grace: Seconds that an answer may still take then.
    """

    def __init__(
        self, caller: Caller, cancellation: Cancellation, *, grace: float = SECONDS_FOR_AN_ANSWER
    ) -> None:
        self._caller = caller
        self._cancellation = cancellation
        self._grace = grace

    def call(self, operation: Operation, request: Request) -> Response:
        """Send a request and return its answer; see ``Caller``.

        Raises:
            CancelledError: A stop was asked for before it was sent, or no answer came soon after that.
        """
        self._cancellation.raise_if_set()
        answer: Future[Response] = Future()
        name = f"sends {operation.operation_id}"
        threading.Thread(target=self._send, args=(answer, operation, request), name=name, daemon=True).start()
        while not _is_done(answer, _LOOK):
            if self._cancellation.is_set() and not _is_done(answer, self._grace):
                raise CancelledError(
                    f"cancelled while {operation.operation_id} was not answered",
                    reason=self._cancellation.reason,
                    hint="the next `pulumi up` finds out whether AWS carried it out",
                )
        return answer.result()

    def _send(self, answer: Future[Response], operation: Operation, request: Request) -> None:
        try:
            answer.set_result(self._caller.call(operation, request))
        except BaseException as error:  # noqa: BLE001 - whoever waits for the answer raises it
            answer.set_exception(error)


def _is_done(answer: Future[Response], seconds: float) -> bool:
    try:
        answer.exception(timeout=seconds)
    except TimeoutError:
        return False
    return True
