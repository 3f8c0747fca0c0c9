"""How late the end of a wait is noticed, and with how many calls: ours beside the usual ways, in simulation.

``python -m benchmarks.waits`` goes through the durations that AWS's resources really take and compares the
pace of this provider with botocore's waiters (a look every 60 s, five times) and with a loop that doubles its
interval up to 30 s. No time passes. Aims: less delay than either, at no more than 200 calls.
"""

from __future__ import annotations

import functools
import random
import statistics
from collections.abc import Callable

from provider.timing.pacing import PACE
from tests.waiting import Simulation, capped_exponential, simulate

MINUTE = 60.0
DURATIONS = {
    "HealthImaging create, 1.5 to 2.5 min": (1.5, 2.5),
    "HealthLake create, 15 to 30 min": (15, 30),
    "HealthLake delete, 3 to 10 min": (3, 10),
    "small export, 1 to 2 min": (1, 2),
    "large export, 20 to 60 min": (20, 60),
}
ROUNDS = 500
LATENCY = 0.1
"""Seconds that a look itself takes."""

Wait = Callable[[float, random.Random], Simulation]


def ours(duration: float, chance: random.Random) -> Simulation:
    return simulate(lambda waited: PACE(waited, chance.random()), duration, latency=LATENCY)


def botocore(duration: float, _chance: random.Random) -> Simulation:
    return simulate(lambda _: MINUTE, duration, latency=LATENCY, looks=5)


def doubling(duration: float, _chance: random.Random) -> Simulation:
    return simulate(functools.partial(capped_exponential, most=30.0), duration, latency=LATENCY)


WAYS: dict[str, Wait] = {"ours": ours, "botocore, 60 s x 5": botocore, "doubling to 30 s": doubling}


def measure(way: Wait, minutes: tuple[float, float]) -> tuple[float | None, float, int, float]:
    """Return the mean delay in seconds, the mean and the most calls, and the share that gave up."""
    chance = random.Random(1)  # noqa: S311 - the same durations for all
    runs = [way(chance.uniform(*minutes) * MINUTE, chance) for _ in range(ROUNDS)]
    delays = [run.delay for run in runs if run.delay is not None]
    calls = [run.calls for run in runs]
    delay = statistics.mean(delays) if delays else None
    return delay, statistics.mean(calls), max(calls), 1 - len(delays) / len(runs)


def main() -> None:
    print(f"{'wait':40}{'way':22}{'delay':>8}{'to ours':>9}{'calls':>8}{'most':>6}{'gave up':>9}")
    for name, minutes in DURATIONS.items():
        base, *_ = measure(ours, minutes)
        for way, simulated in WAYS.items():
            delay, calls, most, lost = measure(simulated, minutes)
            late = "never" if delay is None else f"{delay:.1f} s"
            ratio = "" if delay is None or not base else f"{delay / base:.1f}"
            print(f"{name:40}{way:22}{late:>8}{ratio:>9}{calls:>8.0f}{most:>6}{lost:>9.0%}")
            name = ""  # noqa: PLW2901 - once is enough


if __name__ == "__main__":
    main()
