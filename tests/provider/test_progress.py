from __future__ import annotations

from dataclasses import replace
from typing import Any

from provider.arazzo import Event, Response
from provider.arazzo.protocol import Operation, StepRef
from provider.verbs.progress import PLAIN_EVERY, Narrator

CREATE, POLL = (StepRef("d", "w", name) for name in ("createDatastore", "pollDatastore"))
EVERY = 60.0


class Lines:
    """The resource's line: what stays in a log, and what a terminal shows for a moment."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.shown: list[str] = []

    def progress(self, message: str, *, ephemeral: bool = True) -> None:
        (self.shown if ephemeral else self.kept).append(message)


def told(*events: Event) -> Lines:
    lines = Lines()
    narrator = Narrator(lines, {})
    for event in events:
        narrator(event)
    return lines


def polls(count: int) -> list[Event]:
    """A store that is waited for, a look a minute; a look takes some milliseconds."""
    events = []
    for number in range(count):
        waited = number * EVERY + 0.004
        answer: dict[str, Any] = {"response": Response(200), "waited": waited}
        events += [
            Event("calling", POLL, Operation("aws", "GetDatastore"), waited=waited),
            Event("answered", POLL, **answer),
            Event("waiting", POLL, waited=waited, seconds=EVERY, count=number, reason="CREATING"),
        ]
    return events


def test_each_step_is_named_once_and_every_wait_tells_its_status() -> None:
    create = Event("calling", CREATE, Operation("aws", "CreateDatastore"))
    lines = told(create, Event("answered", CREATE, response=Response(200)), *polls(3))
    assert lines.shown == [
        "createDatastore: calling CreateDatastore",
        "pollDatastore: calling GetDatastore",
        "pollDatastore: CREATING, 0s, next poll in 1m00s",
        "pollDatastore: CREATING, 1m00s, next poll in 1m00s",
        "pollDatastore: CREATING, 2m00s, next poll in 1m00s",
    ]


def test_a_log_without_live_lines_gets_a_line_with_the_status_once_in_a_while() -> None:
    half_an_hour = int(1800 / EVERY)
    lines = told(*polls(half_an_hour))
    assert len(lines.kept) == (half_an_hour - 1) * EVERY // PLAIN_EVERY
    assert all("CREATING" in line for line in lines.kept)


def test_a_request_that_is_sent_again_says_what_it_waits_for() -> None:
    again = Event(
        "resending", CREATE, Operation("aws", "CreateDatastore"), seconds=12.0, reason="throttled", count=1
    )
    create = Event("calling", CREATE, Operation("aws", "CreateDatastore"))
    lines = told(create, again, replace(create, count=1))
    assert lines.shown == [
        "createDatastore: calling CreateDatastore",
        "waiting for CreateDatastore (throttled), next try in 12s",
    ]
