"""Ways to stop a run, and moments to stop it at."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.harness import Engine, Outcome, Running

Stop = Callable[["Running"], None]
Moment = Literal["before", "during", "after"]

SLOW = 20.0
FAST = 2000.0
"""Speeds of the sandbox: a HealthLake create takes a minute, or 0.6 s."""

LONG = 30.0
"""Seconds that a request is held for, where the run is stopped meanwhile."""

SOON = 20.0
"""Seconds in which a stopped run must have ended; far less than what it would wait for."""


def interrupt(running: Running) -> None:
    """Press Ctrl-C."""
    running.interrupt()


def interrupt_twice(running: Running) -> None:
    """Press Ctrl-C, and again."""
    running.interrupt()
    running.wait_until(lambda: "^C received" in running.text, "the note of the first one")
    running.interrupt()


def kill_the_host(running: Running) -> None:
    """Kill the process that the provider runs in."""
    running.kill_host()


def kill_the_engine(running: Running) -> None:
    """Kill the engine; the provider's process lives on, and finds itself alone."""
    running.kill()


STOPS: list[Stop] = [interrupt, interrupt_twice, kill_the_host, kill_the_engine]


@dataclass(frozen=True)
class Caught:
    """Requests that are caught: before AWS did the work, after it but before the answer, or later.

    Attributes:
        operations: ``service.Operation``, each of which is caught once.
        moment: When; ``after`` is once the answer was there and the next request as well.
        speed: The sandbox's while it is waited for.
    """

    operations: tuple[str, ...]
    moment: Moment
    speed: float = SLOW

    def order(self, cloud: Sandbox) -> None:
        """Let the requests be caught from now on."""
        cloud.clear_journal()
        cloud.set_speed(self.speed)
        for operation in self.operations if self.moment != "after" else ():
            cloud.fault(operation, "hang" if self.moment == "before" else "delay", seconds=LONG)

    def reached(self, cloud: Sandbox) -> bool:
        """Whether all of them are caught."""
        calls = [(entry.service, f"{entry.service}.{entry.operation}") for entry in cloud.journal()]
        if self.moment != "after":
            return {name for _, name in calls} >= set(self.operations)
        return all(self._is_followed(calls, operation) for operation in self.operations)

    @staticmethod
    def _is_followed(calls: list[tuple[str, str]], operation: str) -> bool:
        names = [name for service, name in calls if operation.startswith(service)]
        return operation in names[:-1]


def stopped(stack: Engine, cloud: Sandbox, command: str, stop: Stop, caught: Caught) -> Outcome:
    """Run a command, stop it once all of these requests are caught, and let the time pass fast again."""
    caught.order(cloud)
    running = stack.start(command)
    running.wait_until(lambda: caught.reached(cloud), f"{caught}")
    if caught.moment == "after":
        time.sleep(0.2)  # for the answer to arrive
    stop(running)
    outcome = running.finish(SOON)
    cloud.clear_faults()
    cloud.set_speed(FAST)
    return outcome
