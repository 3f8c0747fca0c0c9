"""What the calls of a process to one service share: turns for what AWS lets through seldom, slots for looks.

How seldom is waited for only once AWS has throttled: an account may have been granted more.
"""

from __future__ import annotations

import bisect
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from ..errors import DeadlineError
from ..models import services as models
from ..timing import pacing
from ..timing.durations import readable

if TYPE_CHECKING:
    from ..arazzo.protocol import Caller, Operation, Request, Response
    from ..timing.pacing import Clock

LOOKS_PER_SECOND: Final = 1.9
"""Of all waits for one service together: less than a fifth of what both let through, 10 a second."""

_LEAST: Final = 0.05
_MOST: Final = 20.0


class ProgressReporter(Protocol):
    """The resource's own line in the engine's display."""

    def progress(self, message: str, *, ephemeral: bool = True) -> None:
        """Show a message; one that is not ephemeral stays."""


@dataclass
class Queue:
    """Those who want to send one operation to one service, first come first served.

    Attributes:
        between: Seconds that AWS asks for between two, once it has throttled.
    """

    between: float
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _waiting: list[object] = field(default_factory=list)
    _free: float = 0.0
    _throttled: bool = False

    @contextmanager
    def ticket(self) -> Iterator[object]:
        """Yield a place at the end of the queue; it is given back whatever happens."""
        ticket = object()
        with self._lock:
            self._waiting.append(ticket)
        try:
            yield ticket
        finally:
            with self._lock:
                self._waiting.remove(ticket)

    def turn(self, ticket: object, now: float) -> tuple[int, float]:
        """Return how many are ahead of a ticket, and the seconds until its turn at AWS's pace."""
        with self._lock:
            ahead = self._waiting.index(ticket)
            due = self._free + ahead * self.between if self._throttled else now
        return ahead, max(0.0, due - now)

    def sent(self, now: float, *, throttled: bool, retry_after: float | None = None) -> None:
        """Note that the first one was sent, and what AWS said of its pace."""
        with self._lock:
            self._throttled = self._throttled or throttled
            self._free = now + (self.between if retry_after is None else retry_after)


class Turns:
    """The queues of a process, by service, operation and account."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queues: dict[Hashable, Queue] = {}

    def of(self, account: Hashable, rates: Mapping[tuple[str, str], float]) -> Queues:
        """Return the queues of one account.

        Args:
            account: What tells one account and region from another.
            rates: The seconds between two calls that AWS lets through seldom, by service and operation.
        """

        def queue(service: str, operation: str) -> Queue | None:
            between = rates.get((service, operation))
            if between is None:
                return None
            with self._lock:
                return self._queues.setdefault((service, operation, account), Queue(between))

        return queue


Queues = Callable[[str, str], Queue | None]
"""Returns the queue of a service's operation, or None where AWS lets enough of it through."""


@dataclass(frozen=True, slots=True)
class InTurn:
    """A caller that sends what AWS lets through seldom one at a time, and again until it is let through.

    Attributes:
        caller: Sends the requests.
        queues: The account's, by service and operation.
        clock: The time; its sleep ends with a cancel.
        line: Where to tell who is ahead.
        deadline: Seconds since the epoch after which nothing is waited for, or None.
    """

    caller: Caller
    queues: Queues
    clock: Clock
    line: ProgressReporter
    deadline: float | None = None

    def call(self, operation: Operation, request: Request) -> Response:
        """Send a request when it is its turn; see ``Caller`` for the rest.

        Raises:
            CancelledError: A stop was asked for while it waited.
            DeadlineError: The deadline passed while it waited.
        """
        model = models.resolve(operation)
        queue = self.queues(model.service_model.service_name, model.name)
        if queue is None:
            return self.caller.call(operation, request)
        with queue.ticket() as ticket:
            while True:
                self._await_turn(queue, ticket, model.name)
                response = self.caller.call(operation, request)
                now, throttled = self.clock.now(), response.transient == "throttled"
                asked = pacing.retry_after(response.headers, now) if throttled else None
                queue.sent(now, throttled=throttled, retry_after=asked)
                if not throttled:
                    return response

    def _await_turn(self, queue: Queue, ticket: object, name: str) -> None:
        told = ""
        while True:
            now = self.clock.now()
            ahead, left = queue.turn(ticket, now)
            if ahead == 0 and left <= 0:
                return
            why = f"{ahead} ahead" if ahead else f"throttled, next try in {readable(left)}"
            self._check_deadline(now, f"waiting for {name} ({why})")
            if why != told:
                self.line.progress(f"waiting for {name} ({why})")
            told = why
            nap = min(max(left, ahead * _LEAST, _LEAST), _MOST)
            self.clock.sleep(pacing.within(nap, self.deadline, now))

    def _check_deadline(self, now: float, doing: str) -> None:
        if self.deadline is not None and now >= self.deadline:
            raise DeadlineError(f"the deadline passed while {doing}")


class Looks:
    """When each of many waits may look, so that all that look at one service stay under a rate together.

    Args:
        rate: Looks a second at one service.
    """

    def __init__(self, rate: float = LOOKS_PER_SECOND) -> None:
        self._apart = 1 / rate
        self._lock = threading.Lock()
        self._slots: dict[Hashable, list[float]] = {}

    def take(self, service: Hashable, now: float, wanted: float) -> float:
        """Take the first free slot from a time on and return the seconds until then.

        Args:
            service: What is looked at: a service, in an account and region.
            now: Seconds since the epoch.
            wanted: Seconds from now until the look is due.
        """
        with self._lock:
            taken = self._slots.setdefault(service, [])
            del taken[: bisect.bisect_left(taken, now - self._apart)]
            slot = self._first_free(taken, now + wanted)
            bisect.insort(taken, slot)
            return slot - now

    def _first_free(self, taken: Sequence[float], slot: float) -> float:
        for other in taken[bisect.bisect_right(taken, slot - self._apart) :]:
            if other >= slot + self._apart:
                break
            slot = other + self._apart
        return slot


@dataclass
class Slots:
    """The looks of one verb: when it may look first, and how long until it may look again.

    Attributes:
        looks: The process's.
        service: What is looked at: a service, in an account and region.
        clock: The time; its sleep ends with a cancel.
        pace: The pace of polls.
        is_taken: Whether the next look has its slot already.
    """

    looks: Looks
    service: Hashable
    clock: Clock
    pace: Callable[[float, float], float] = pacing.PACE
    is_taken: bool = False

    def __call__(self, waited: float, chance: float) -> float:
        """Take the slot of the next look, at the pace of polls, and return the seconds until then."""
        self.is_taken = True
        return self.looks.take(self.service, self.clock.now(), self.pace(waited, chance))

    def await_next(self) -> None:
        """Wait for a look that has no slot yet, the first one of a wait or one that is sent again.

        Raises:
            CancelledError: A stop was asked for meanwhile.
        """
        if not self.is_taken:
            self.clock.sleep(self.looks.take(self.service, self.clock.now(), 0.0))
        self.is_taken = False


@dataclass(frozen=True, slots=True)
class InSlots:
    """A caller that sends each look in its slot.

    Attributes:
        caller: Sends the requests.
        slots: The verb's.
        looks: The operations that look at something which takes its time, as documents name them: by
            operationId, or by path and method.
    """

    caller: Caller
    slots: Slots
    looks: frozenset[tuple[str | None, str | None, str | None]]

    def call(self, operation: Operation, request: Request) -> Response:
        """Send a request, a look when it is time for it; see ``Caller`` for the rest.

        Raises:
            CancelledError: A stop was asked for while it waited.
        """
        if (operation.operation_id, operation.path, operation.method) in self.looks:
            self.slots.await_next()
        return self.caller.call(operation, request)
