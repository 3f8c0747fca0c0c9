"""What follows an answer, and how the process ends: clean-up belongs into the answer to Cancel.

The engine ends every run with Cancel, waits for its answer, and interrupts the executable only then
(pulumi/pulumi#22569). A Ctrl-C sends a Cancel at any moment, though, even between an answer and its storing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

QUIET_SECONDS: Final = 0.1
"""How long nothing was in flight when an end is in order: the engine stores an answer in less."""


@dataclass
class Endings:
    """The calls in flight, and what is to be done once the engine has stored what they answered.

    Attributes:
        complain: Told of what a callback raises.
        sleep: Sleeps for some seconds.
    """

    complain: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _in_flight: int = 0
    _pending: list[Callable[[], None]] = field(default_factory=list)

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count a call as in flight."""
        with self._lock:
            self._in_flight += 1
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1

    def follow(self, callback: Callable[[], None]) -> bool:
        """Do something at the end of the run, if that comes in order; return that it may be."""
        with self._lock:
            self._pending.append(callback)
        return True

    def end(self) -> None:
        """Do what is pending, unless a call is in flight: then the run was stopped, and may not be stored."""
        with self._lock:
            is_in_order = not self._in_flight
        if not is_in_order:
            return
        self.sleep(QUIET_SECONDS)
        with self._lock:
            pending, self._pending = self._pending, []
        for callback in pending:
            try:
                callback()
            except Exception as error:  # noqa: BLE001 - one that fails must not keep the others from being done
                self.complain(f"after an answer: {type(error).__name__}: {error}")
