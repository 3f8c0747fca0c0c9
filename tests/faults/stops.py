"""Ways to stop a run, and moments to stop it at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sandbox.aws import IMAGING, LAKE

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.harness import Engine, Outcome, Running

Stop = Callable[["Running"], None]
Moment = Literal["before", "during"]
"""Before AWS did the work, or after that and before the answer; after a call is before the next one."""

FAST = 2000.0
"""The sandbox's speed: a HealthLake create takes 0.6 s."""

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


NAMES: dict[Stop, str] = {
    interrupt: "SIGINT",
    interrupt_twice: "2 SIGINT",
    kill_the_host: "host killed",
    kill_the_engine: "engine killed",
}
"""What the table calls them."""


@dataclass(frozen=True)
class Catch:
    """A request that is caught on its way, so that the run can be stopped there.

    Attributes:
        scene: The table's name of what is under way.
        operation: What is asked for.
        number: Which of the requests for it is caught, counted from 1. What AWS lets through seldom goes one
            at a time: there a later one is caught, so that others get further.
    """

    scene: str
    operation: str
    number: int = 1

    @property
    def service(self) -> str:
        """The service's name in the journal."""
        return IMAGING if "Imaging" in self.scene else LAKE

    def order(self, cloud: Sandbox, moment: Moment) -> None:
        """Let it be caught from now on."""
        kind: Literal["hang", "delay"] = "hang" if moment == "before" else "delay"
        cloud.fault(f"{self.service}.{self.operation}", kind, calls=(self.number,), seconds=LONG)

    def is_caught(self, cloud: Sandbox) -> bool:
        """Whether it is on its way now."""
        asked = [entry for entry in cloud.journal(self.operation) if entry.service == self.service]
        return len(asked) >= self.number


def stopped(
    stack: Engine, cloud: Sandbox, command: str, stop: Stop, *, caught: Sequence[Catch], moment: Moment
) -> Outcome:
    """Run a command, stop it once all of these requests are on their way, and hold no more requests then."""
    cloud.clear_journal()
    for catch in caught:
        catch.order(cloud, moment)
    running = stack.start(command)
    running.wait_until(lambda: all(catch.is_caught(cloud) for catch in caught), f"{caught}")
    stop(running)
    outcome = running.finish(SOON)
    cloud.clear_faults()
    return outcome
