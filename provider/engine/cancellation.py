"""Stopping: what ends the waits of the engine's calls at once, and a clock whose sleep it ends."""

from __future__ import annotations

import threading
import time
import weakref
from dataclasses import dataclass
from typing import Final

from ..errors import CancelledError

CANCELLED_BY_ENGINE: Final = "the engine asked to stop"
INTERRUPTED: Final = "the provider's process was interrupted"
ENGINE_GONE: Final = "the engine has gone"


class Cancellation(threading.Event):
    """An event that is set when a call must stop.

    Attributes:
        reason: Why, in a few words; empty until then.
        is_abandoned: Whether the call's answer may come into no state any more: the engine has gone, or it
            interrupts the process, which it does to calls that it does not wait for.
    """

    reason: str = ""
    is_abandoned: bool = False

    def cancel(self, reason: str) -> None:
        """Set the event; the first reason stays."""
        self.reason = self.reason or reason
        self.is_abandoned = self.is_abandoned or reason in {ENGINE_GONE, INTERRUPTED}
        self.set()

    def raise_if_set(self) -> None:
        """Do nothing, or raise CancelledError where a stop was asked for."""
        if self.is_set():
            raise CancelledError("cancelled", reason=self.reason, hint="run `pulumi up` again to go on")


class Cancellations:
    """All cancellations of a process; those asked for after the stop are set from the start."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: weakref.WeakSet[Cancellation] = weakref.WeakSet()
        self._reason = ""

    def new(self) -> Cancellation:
        """Return the cancellation of one more call."""
        cancellation = Cancellation()
        with self._lock:
            self._open.add(cancellation)
            if self._reason:
                cancellation.cancel(self._reason)
        return cancellation

    def renew(self) -> None:
        """Let those asked for from now on be open again: another engine's calls come."""
        with self._lock:
            self._reason = ""

    def cancel(self, reason: str) -> None:
        """Set all of them, now and later."""
        with self._lock:
            self._reason = self._reason or reason
            for cancellation in self._open:
                cancellation.cancel(reason)


@dataclass(frozen=True, slots=True)
class CallClock:
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
