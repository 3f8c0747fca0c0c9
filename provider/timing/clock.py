"""The world's time and chance, for whoever has no reason to bring their own."""

from __future__ import annotations

import random as _random
import time
from dataclasses import dataclass, field
from typing import Final

from .pacing import Clock


class SystemClock:
    """The machine's clock; a sleep ends early only by an exception (Ctrl-C)."""

    def now(self) -> float:
        """Return the time in seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Return after that many seconds."""
        time.sleep(max(0.0, seconds))


SYSTEM_CLOCK: Final = SystemClock()

_BEGUN: Final = time.time()


@dataclass(frozen=True, slots=True)
class FastClock:
    """A clock whose time passes faster than another's, from the process's start on.

    Attributes:
        clock: The other clock.
        scale: How many times faster.
        begun: When the two showed the same, in seconds since the epoch.
    """

    clock: Clock
    scale: float
    begun: float = field(default=_BEGUN)

    def now(self) -> float:
        """Return the time in seconds since the epoch."""
        return self.begun + (self.clock.now() - self.begun) * self.scale

    def sleep(self, seconds: float) -> None:
        """Return after that many seconds of this clock."""
        self.clock.sleep(seconds / self.scale)


def scaled(clock: Clock, scale: float) -> Clock:
    """Return a clock whose time passes that many times faster."""
    return clock if scale == 1.0 else FastClock(clock, scale)


def chance() -> float:
    """Return a number in [0, 1), each time another: what spreads polls and resends."""
    return _random.random()  # noqa: S311 - it spreads load and guards no secret
