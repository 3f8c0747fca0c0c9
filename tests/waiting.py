"""What a way of waiting makes of something that takes its time, without waiting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a way of waiting makes of something that takes ``duration`` seconds.

    Attributes:
        delay: Seconds between its end and the look that saw it; None where the wait gave up before.
        calls: Looks in all.
    """

    duration: float
    delay: float | None
    calls: int


def simulate(
    pace: Callable[[float], float], duration: float, *, latency: float = 0.0, looks: int | None = None
) -> Simulation:
    """Look at something that ends after ``duration`` seconds, as a pace says, without waiting.

    Args:
        pace: Seconds until the next look, from the seconds waited.
        duration: When it ends, in seconds.
        latency: How long a look itself takes, in seconds.
        looks: After how many looks the wait gives up (botocore's waiters do), or None.
    """
    waited, calls = 0.0, 1
    while waited < duration:
        if looks is not None and calls >= looks:
            return Simulation(duration, None, calls)
        waited += pace(waited) + latency
        calls += 1
    return Simulation(duration, waited - duration, calls)


def capped_exponential(waited: float, *, first: float = 1.0, most: float = 30.0) -> float:
    """Return the interval of a poll that doubles up to a cap, the usual hand-written loop: to compare."""
    return min(max(first, waited + first), most)
