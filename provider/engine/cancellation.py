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
