"""Calls that AWS lets through seldom wait their turn; looks keep under their rate together."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.arazzo import Operation, Request, Response
from provider.aws.rate_limits import InSlots, InTurn, Looks, Slots, Turns
from provider.dynamic.host import CallClock, Cancellation
from provider.errors import CancelledError, DeadlineError
from provider.kinds.table import RATES
from provider.timing.clock import FastClock
from provider.verbs.cancellation import Interruptible

CREATE = Operation("lake", "CreateFHIRDatastore", source_extensions={"x-aws-service": "healthlake"})
READ = Operation("lake", "DescribeFHIRDatastore", source_extensions={"x-aws-service": "healthlake"})
MINUTE = 60.0
SCALE = 600.0


@dataclass
class Service:
    """Lets one create through a minute, and keeps what was asked of it."""

    clock: FastClock
    free: float = 0.0
    answers: list[str] = field(default_factory=list)
    under_way: int = 0
    most_at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self, operation: Operation, request: Request) -> Response:
        with self._lock:
            self.under_way += 1
            self.most_at_once = max(self.most_at_once, self.under_way)
        time.sleep(0.002)
        with self._lock:
            self.under_way -= 1
            now = self.clock.now()
            if operation is CREATE and now < self.free:
                self.answers.append("throttled")
                return Response(400, transient="throttled")
            self.free = now + MINUTE * 0.9
            self.answers.append(request.key)
            return Response(200)


@dataclass
class Line:
    said: list[str] = field(default_factory=list)

    def progress(self, message: str, *, ephemeral: bool = True) -> None:
        assert ephemeral
        self.said.append(message)


@dataclass
class Desk:
    """One service, and those who want something of it."""

    cancellation: Cancellation = field(default_factory=Cancellation)
    turns: Turns = field(default_factory=Turns)
    line: Line = field(default_factory=Line)

    def __post_init__(self) -> None:
        self.clock = FastClock(CallClock(self.cancellation), SCALE)
        self.service = Service(self.clock)

    def caller(self, cancellation: Cancellation | None = None, seconds: float | None = None) -> InTurn:
        clock = FastClock(CallClock(cancellation or self.cancellation), SCALE)
        deadline = None if seconds is None else clock.now() + seconds
        return InTurn(
            self.service, self.turns.of("account", RATES), clock=clock, line=self.line, deadline=deadline
        )

    def create(self, key: str, cancellation: Cancellation | None = None, seconds: float | None = None) -> int:
        return self.caller(cancellation, seconds).call(CREATE, Request(key=key)).status


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.cancellation.cancel("the test is over")


def waiting(desk: Desk) -> int:
    queue = desk.turns.of("account", RATES)("healthlake", "CreateFHIRDatastore")
    assert queue is not None
    return len(queue._waiting)


def until(desk: Desk, count: int) -> None:
    deadline = time.monotonic() + 10
    while waiting(desk) != count:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_creates_go_one_at_a_time_in_their_order_at_the_services_pace(desk: Desk) -> None:
    with ThreadPoolExecutor(6) as pool:
        futures = []
        for number in range(6):
            futures.append(pool.submit(desk.create, str(number)))
            if number == 0:
                futures[0].result()
            else:
                until(desk, number)
        assert [future.result() for future in futures] == [200] * 6
    assert [answer for answer in desk.service.answers if answer != "throttled"] == list("012345")
    assert desk.service.most_at_once == 1
    assert desk.service.answers.count("throttled") <= 2  # AWS's pace is learnt from the first one
    assert any("waiting for CreateFHIRDatastore (4 ahead)" in said for said in desk.line.said)
    assert any("waiting for CreateFHIRDatastore (throttled" in said for said in desk.line.said)


def test_what_is_not_rare_does_not_queue(desk: Desk) -> None:
    with ThreadPoolExecutor(8) as pool:
        caller = desk.caller()
        assert [r.status for r in pool.map(lambda _: caller.call(READ, Request()), range(8))] == [200] * 8
    assert desk.service.most_at_once > 1


def test_a_cancelled_wait_gives_its_place_back(desk: Desk) -> None:
    assert desk.create("first") == 200
    stop = Cancellation()
    with ThreadPoolExecutor(2) as pool:
        gone = pool.submit(desk.create, "gone", stop)
        until(desk, 1)
        after = pool.submit(desk.create, "after")
        until(desk, 2)
        stop.cancel("enough")
        with pytest.raises(CancelledError, match="enough"):
            gone.result()
        assert after.result() == 200
    assert waiting(desk) == 0
    assert "gone" not in desk.service.answers


def test_a_passed_deadline_says_what_was_waited_for_and_sends_nothing(desk: Desk) -> None:
    assert desk.create("first") == 200
    desk.service.free += 60 * MINUTE
    with pytest.raises(DeadlineError, match=r"waiting for CreateFHIRDatastore \(throttled"):
        desk.create("late", seconds=30)
    assert "late" not in desk.service.answers
    assert waiting(desk) == 0


def test_an_error_gives_the_place_back(desk: Desk) -> None:
    class Broken:
        def call(self, operation: Operation, request: Request) -> Response:
            raise LookupError(operation, request)

    caller = InTurn(Broken(), desk.turns.of("account", RATES), clock=desk.clock, line=desk.line)
    with pytest.raises(LookupError):
        caller.call(CREATE, Request())
    assert waiting(desk) == 0


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 40)), max_size=80))
def test_looks_are_never_closer_than_the_rate_allows(asked: list[tuple[float, float]]) -> None:
    looks, now, slots = Looks(rate=2.0), 1_000.0, []
    for pause, wanted in asked:
        now += pause
        seconds = looks.take("healthlake", now, wanted)
        assert seconds >= wanted - 1e-6
        slots.append(now + seconds)
    slots.sort()
    assert all(later - sooner >= 0.5 - 1e-6 for sooner, later in pairwise(slots))


def test_one_wait_alone_looks_when_it_wants_to() -> None:
    looks = Looks(rate=2.0)
    assert [looks.take("healthlake", now, 3.0) for now in (0.0, 3.0, 6.0)] == [3.0] * 3


def test_services_do_not_hold_each_other_up() -> None:
    looks = Looks(rate=2.0)
    assert [looks.take(service, 0.0, 3.0) for service in ("healthlake", "medical-imaging")] == [3.0, 3.0]


@dataclass
class Hours:
    """A clock that somebody sets."""

    time: float = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class Times:
    """Keeps when each request was sent."""

    clock: Hours
    sent: list[float] = field(default_factory=list)

    def call(self, operation: Operation, request: Request) -> Response:
        del operation, request
        self.sent.append(self.clock.now())
        return Response(200)


def wait(looks: Looks) -> tuple[Slots, InSlots, Times]:
    """Return a wait that begins at second 0, and what becomes of its requests."""
    clock = Hours()
    slots, times = Slots(looks, "healthlake", clock), Times(clock)
    return slots, InSlots(times, slots, frozenset({("DescribeFHIRDatastore", None, None)})), times


def test_the_first_looks_of_waits_that_begin_together_are_apart_too() -> None:
    looks = Looks(rate=2.0)
    firsts = []
    for _ in range(3):
        _, caller, times = wait(looks)
        caller.call(READ, Request())
        firsts += times.sent
    assert firsts == [0.0, 0.5, 1.0]


def test_a_look_that_has_its_slot_goes_at_once_and_one_that_is_sent_again_takes_another() -> None:
    slots, caller, times = wait(Looks(rate=2.0))
    caller.call(READ, Request())
    slots.clock.sleep(slots(0.0, 0.0))
    caller.call(READ, Request())
    caller.call(READ, Request())
    assert times.sent == [0.0, 0.5, 1.0]


def test_what_is_no_look_takes_no_slot() -> None:
    _, caller, times = wait(Looks(rate=2.0))
    for _ in range(3):
        caller.call(CREATE, Request())
    assert times.sent == [0.0] * 3


class Silent:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.asked, self.go = threading.Event(), threading.Event()

    def call(self, operation: Operation, request: Request) -> Response:
        del operation, request
        self.asked.set()
        self.go.wait(10)
        return Response(200)


def test_a_request_that_is_not_answered_holds_nobody_up_after_a_stop() -> None:
    service, stop = Silent(), Cancellation()
    caller = Interruptible(service, stop, grace=0.05)
    threading.Timer(0.05, stop.cancel, ["Ctrl-C"]).start()
    with pytest.raises(CancelledError, match="CreateFHIRDatastore was not answered"):
        caller.call(CREATE, Request())
    service.go.set()


def test_an_answer_that_comes_soon_after_a_stop_counts() -> None:
    service, stop = Silent(), Cancellation()
    threading.Timer(0.05, stop.cancel, ["Ctrl-C"]).start()
    threading.Timer(0.3, service.go.set).start()
    assert Interruptible(service, stop, grace=10).call(CREATE, Request()).status == 200


def test_nothing_is_sent_after_a_stop() -> None:
    service, stop = Silent(), Cancellation()
    stop.cancel("Ctrl-C")
    with pytest.raises(CancelledError):
        Interruptible(service, stop).call(CREATE, Request())
    assert not service.asked.is_set()
