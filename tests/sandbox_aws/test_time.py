from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.aws import ManualClock
from sandbox.aws.clock import Timeline
from sandbox.aws.schedule import progress
from sandbox.aws.state import Job, World

SPEEDS = st.floats(0.01, 10_000)
WAITS = st.floats(0.001, 1000)


@given(first=SPEEDS, changes=st.lists(st.tuples(WAITS, SPEEDS), max_size=10), last=WAITS)
def test_the_clock_can_be_told_from_sandbox_time_over_changes_of_speed(
    first: float, changes: list[tuple[float, float]], last: float
) -> None:
    clock = 1_000_000.0
    timeline = Timeline.starting(clock, first)
    readings = [(clock, timeline.at(clock))]
    for wait, speed in changes:
        clock += wait
        timeline.accelerate(clock, speed)
        readings.append((clock, timeline.at(clock)))
    readings.append((clock + last, timeline.at(clock + last)))
    assert readings == sorted(readings)
    for read, sandbox in readings:
        assert abs(timeline.clock_at(sandbox) - read) < 1e-3


def test_a_skipped_time_took_no_time() -> None:
    timeline = Timeline.starting(100.0, 1.0)
    timeline.skip(110.0, 1000.0)
    assert timeline.at(110.0) == 1110.0
    assert timeline.clock_at(600.0) == 110.0
    assert timeline.clock_at(1115.0) == 115.0


def test_a_clock_that_goes_back_does_not_take_sandbox_time_along() -> None:
    timeline = Timeline.starting(100.0, 2.0)
    assert timeline.at(50.0) == 100.0


def job(number: int, **what: Any) -> Job:
    return Job(
        kind="export",
        service="healthlake",
        region="us-east-1",
        id=str(number),
        store_id="s",
        config={},
        **what,
    )


JOBS = st.lists(
    st.tuples(
        st.floats(0, 100),
        st.floats(1, 100),
        st.sampled_from(["COMPLETED", "FAILED", "CANCEL_IN_PROGRESS"]),
    ),
    max_size=8,
)


@given(asked=JOBS, times=st.lists(st.floats(0, 2000), max_size=20))
def test_at_most_one_export_runs_and_none_goes_back(
    asked: list[tuple[float, float, str]], times: list[float]
) -> None:
    world, submitted = World(Timeline.starting(0.0, 1.0)), 0.0
    for number, (wait, takes, outcome) in enumerate(asked):
        submitted += wait
        world.jobs[str(number)] = job(number, submitted=submitted, takes=takes, outcome=outcome)
    order = ["SUBMITTED", "QUEUED", "IN_PROGRESS"]
    seen: dict[str, int] = {}
    for now in sorted(times):
        standing = progress(world, now)
        assert sum(stands.status == "IN_PROGRESS" for stands in standing.values()) <= 1
        for job_id, stands in standing.items():
            rank = order.index(stands.status) if stands.status in order else len(order)
            assert rank >= seen.get(job_id, 0)
            seen[job_id] = rank


def test_a_manual_clock_moves_when_told() -> None:
    clock = ManualClock(5.0)
    clock.advance(2.5)
    assert clock.now() == 7.5
