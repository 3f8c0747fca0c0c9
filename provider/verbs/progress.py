"""How a run is told to the one who waits: what a step does, since when, and when it polls again. Pure."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any, Final

from ..kinds.hidden import ANSWERED
from ..timing.durations import readable

if TYPE_CHECKING:
    from ..arazzo import Event
    from ..arazzo.protocol import StepRef
    from ..aws.rate_limits import ProgressReporter

PLAIN_EVERY: Final = 300.0
"""Seconds of waiting after which a line stays in the output, for logs that show no live lines."""

BAD_REQUEST: Final = 400


class Narrator:
    """Observes a run: tells its steps on a line, and gathers what the answered steps put out.

    Args:
        line: Where to tell.
        seen: Where to gather outputs by name; later ones take the place of earlier ones.
        names_steps: Whether each step is named when it begins; a look is over before anybody reads that.
    """

    def __init__(
        self, line: ProgressReporter, seen: MutableMapping[str, Any], *, names_steps: bool = True
    ) -> None:
        self._line = line
        self._names_steps = names_steps
        self._seen = seen
        self._told = 0.0
        self._step: StepRef | None = None

    def __call__(self, event: Event) -> None:
        """Take one event of the run."""
        if event.kind == "answered":
            self._seen.update(event.outputs)
            if event.step and event.response and event.response.status < BAD_REQUEST:
                self._seen[ANSWERED] = event.step.step_id
        again, self._step = event.step == self._step, event.step
        message = sentence(event)
        if event.kind == "calling" and (again or not self._names_steps):
            return  # the line of the last wait says more
        if message:
            self._line.progress(message, ephemeral=not self._due(event))

    def _due(self, event: Event) -> bool:
        """Whether the wait has grown by so much that a line should stay."""
        if event.waited < self._told:
            self._told = 0.0
        if event.waited - self._told < PLAIN_EVERY:
            return False
        self._told = event.waited
        return True


def sentence(event: Event) -> str:
    """Return what to say of an event, or an empty string."""
    step = event.step.step_id if event.step else ""
    operation = (event.operation.operation_id if event.operation else None) or step
    if event.kind == "calling" and event.count == 0:
        return f"{step}: calling {operation}"
    if event.kind == "waiting":
        state = f"{event.reason}, " if event.reason else ""
        return f"{step}: {state}{readable(event.waited)}, next poll in {readable(event.seconds)}"
    if event.kind == "resending":
        return f"waiting for {operation} ({event.reason}), next try in {readable(event.seconds)}"
    return ""
