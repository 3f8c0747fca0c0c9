"""The world's time and chance, for whoever has no reason to bring their own."""

from __future__ import annotations

import random as _random
import time
from typing import Final


class SystemClock:
    """The machine's clock; a sleep ends early only by an exception (Ctrl-C)."""

    def now(self) -> float:
        """Return the time in seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Return after that many seconds."""
        time.sleep(max(0.0, seconds))


SYSTEM_CLOCK: Final = SystemClock()


def chance() -> float:
    """Return a number in [0, 1), each time another: what spreads polls and resends."""
    return _random.random()  # noqa: S311 - it spreads load and guards no secret
