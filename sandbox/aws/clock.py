"""Time in the sandbox: a clock that can be injected, and a timeline that runs faster than the clock.

Everything in the sandbox happens in *sandbox time*: seconds that pass ``speed`` times as fast as the clock's.
Durations and rates are therefore written as AWS has them and never scaled. What a caller sees
(``CreatedAt``) is the clock's time at which the thing happened.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """Tells the time in seconds since the epoch."""

    def now(self) -> float:
        """Return the time in seconds since the epoch."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Return the time in seconds since the epoch."""
        return time.time()


class ManualClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, start: float | None = None) -> None:
        self._now = time.time() if start is None else start
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return the time in seconds since the epoch."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let that many seconds pass."""
        with self._lock:
            self._now += seconds


@dataclass
class Segment:
    """From ``clock`` on, sandbox time goes on from ``sandbox`` at ``speed`` seconds a second."""

    clock: float
    sandbox: float
    speed: float


@dataclass
class Timeline:
    """Sandbox time as a piecewise linear function of the clock's time, invertible for what has passed.

    Attributes:
        segments: The pieces so far, oldest first; never empty.
    """

    segments: list[Segment]

    @classmethod
    def starting(cls, clock: float, speed: float) -> Timeline:
        """Return a timeline whose sandbox time equals the clock's time at its start."""
        return cls([Segment(clock, clock, speed)])

    @property
    def speed(self) -> float:
        """How many sandbox seconds pass in a second of the clock."""
        return self.segments[-1].speed

    def at(self, clock: float) -> float:
        """Return the sandbox time at this reading of the clock."""
        last = self.segments[-1]
        return last.sandbox + max(0.0, clock - last.clock) * last.speed

    def accelerate(self, clock: float, speed: float) -> None:
        """Run at another speed from now on."""
        self.segments.append(Segment(clock, self.at(clock), speed))

    def skip(self, clock: float, seconds: float) -> None:
        """Jump that many sandbox seconds ahead."""
        self.segments.append(Segment(clock, self.at(clock) + seconds, self.speed))

    def clock_at(self, sandbox: float) -> float:
        """Return what the clock read, or will read, at this sandbox time; skipped time took no time."""
        index = max((i for i, s in enumerate(self.segments) if s.sandbox <= sandbox), default=0)
        piece = self.segments[index]
        clock = piece.clock + (sandbox - piece.sandbox) / piece.speed
        return min([clock, *(s.clock for s in self.segments[index + 1 : index + 2])])
