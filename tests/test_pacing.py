"""How long to wait: laws of the pace, the backoff and Retry-After, and what they make of real durations."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from email.utils import formatdate
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.timing.pacing import BACKOFF, PACE, Pace, Stage, retry_after, within
from tests.waiting import Simulation, capped_exponential, simulate

HALF_HOUR = 1800.0
chances = st.floats(0, 1, exclude_max=True)
times = st.floats(0, 1e6)


def at(chance: float) -> Callable[[float], float]:
    return lambda waited: PACE(waited, chance)


def drawn(seed: int) -> Callable[[float], float]:
    random = Random(seed)  # noqa: S311  # a simulation, no secret
    return lambda waited: PACE(waited, random.random())


def noticed(simulation: Simulation) -> float:
    assert simulation.delay is not None
    return simulation.delay


# The pace of polls


@given(waited=st.floats(-1e6, 1e9), chance=chances)
def test_an_interval_is_positive_and_finite(waited: float, chance: float) -> None:
    assert 0 < PACE(waited, chance) < math.inf


@given(earlier=times, later=times, chance=chances)
def test_intervals_never_shrink_as_time_passes(earlier: float, later: float, chance: float) -> None:
    earlier, later = sorted((earlier, later))
    assert PACE(earlier, chance) <= PACE(later, chance)


@given(waited=times, chance=chances)
def test_chance_only_shortens_an_interval_and_by_no_more_than_its_share(waited: float, chance: float) -> None:
    longest = PACE(waited, 0.0)
    assert longest * (1 - PACE.jitter) <= PACE(waited, chance) <= longest


@given(seconds=st.floats(0, 1e9), left=st.floats(-1e6, 1e6), now=st.floats(0, 2e9))
def test_a_wait_is_cut_at_the_deadline_and_never_negative(seconds: float, left: float, now: float) -> None:
    deadline = now + left
    wait = within(seconds, deadline, now)
    assert 0 <= wait <= seconds
    assert wait <= max(0.0, deadline - now)


def test_without_a_deadline_a_wait_is_as_long_as_it_is() -> None:
    assert within(1234.5, None, now=0) == 1234.5


@given(chance=chances, duration=st.floats(0, 4 * HALF_HOUR))
def test_an_end_is_noticed_within_3_percent_or_8_seconds(chance: float, duration: float) -> None:
    assert noticed(simulate(at(chance), duration)) <= max(0.03 * duration, 8.0)


@given(chance=chances, duration=st.floats(0, 120))
def test_an_end_within_two_minutes_is_noticed_within_4_seconds(chance: float, duration: float) -> None:
    assert noticed(simulate(at(chance), duration)) <= 4.0


@given(chance=chances, duration=st.floats(0, HALF_HOUR))
def test_half_an_hour_takes_at_most_150_looks(chance: float, duration: float) -> None:
    assert simulate(at(chance), duration).calls <= 150


@given(seed=st.integers(0, 1000), duration=st.floats(0, 2 * HALF_HOUR))
def test_an_hour_takes_at_most_200_looks(seed: int, duration: float) -> None:
    assert simulate(drawn(seed), duration).calls <= 200


@pytest.mark.parametrize("duration", [45.0, 120.0, 300.0, 900.0, 1200.0, HALF_HOUR, 2400.0, 3600.0])
def test_an_end_is_noticed_sooner_than_by_the_usual_ways_to_wait(duration: float) -> None:
    durations = [duration + seed / 10 for seed in range(200)]
    ours = statistics.mean(noticed(simulate(drawn(seed), d)) for seed, d in enumerate(durations))
    usual = statistics.mean(noticed(simulate(capped_exponential, d)) for d in durations)
    assert ours < usual


def test_a_wait_that_gives_up_notices_nothing() -> None:
    assert simulate(lambda _: 60.0, HALF_HOUR, looks=5) == Simulation(HALF_HOUR, None, 5)


def test_what_is_done_at_once_is_noticed_at_the_first_look() -> None:
    assert simulate(at(0.5), 0.0) == Simulation(0.0, 0.0, 1)


def test_the_time_that_a_look_takes_counts() -> None:
    assert simulate(lambda _: 1.0, 2.5, latency=0.5) == Simulation(2.5, 0.5, 3)


def test_a_pace_can_be_set() -> None:
    steady = Pace(stages=(Stage(math.inf, 5.0, 5.0),), first=5.0, jitter=0.0)
    assert [steady(waited, 0.9) for waited in (0.0, 60.0, 6000.0)] == [5.0, 5.0, 5.0]


# Sending again


@given(attempt=st.integers(0, 10_000), chance=chances)
def test_a_backoff_is_bounded_and_never_negative(attempt: int, chance: float) -> None:
    assert 0 <= BACKOFF(attempt, chance) < BACKOFF.most


@given(attempt=st.integers(0, 100), chance=chances)
def test_a_backoff_never_shrinks_with_the_attempts(attempt: int, chance: float) -> None:
    assert BACKOFF(attempt, chance) <= BACKOFF(attempt + 1, chance)


@given(attempt=st.integers(0, 100), chance=chances, asked=st.floats(0, 1e6))
def test_a_backoff_is_at_least_what_the_service_asks_for(attempt: int, chance: float, asked: float) -> None:
    assert BACKOFF(attempt, chance, asked) >= asked


def test_backoffs_double_up_to_their_cap() -> None:
    almost = 1 - 1e-9
    delays = [round(BACKOFF(attempt, almost), 3) for attempt in range(7)]
    assert delays == [1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0]


# Retry-After

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120.0),
        ({"retry-after": " 3 "}, 3.0),
        ({"RETRY-AFTER": "0"}, 0.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": formatdate(NOW + 30, usegmt=True)}, 30.0),
        ({"Retry-After": formatdate(NOW - 30, usegmt=True)}, 0.0),
        (
            {
                "Retry-After": formatdate(NOW + 600, usegmt=True),
                "Date": formatdate(NOW + 500, usegmt=True),
            },
            100.0,
        ),
        ({"Retry-After": formatdate(NOW + 30, usegmt=True), "Date": "yesterday"}, 30.0),
        ({"x-amz-retry-after": "1500"}, 1.5),
        ({"Retry-After": "7", "x-amz-retry-after": "1500"}, 7.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "1e3"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": ""}, None),
        ({"x-amz-retry-after": "later"}, None),
        ({"Content-Type": "text/plain"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


@given(st.dictionaries(st.sampled_from(["Retry-After", "Date", "x-amz-retry-after"]), st.text()))
def test_any_header_gives_a_finite_wait_or_none(headers: dict[str, str]) -> None:
    seconds = retry_after(headers, NOW)
    assert seconds is None or 0 <= seconds < math.inf
