"""How a run is told to the one who waits: what a step does, since when, and when it looks again. Pure."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from provider.arazzo import Event

PLAIN_EVERY: Final = 300.0
"""Seconds of waiting after which a line stays in the output, for logs that show no live lines."""


class Line(Protocol):
    """The resource's own line in the engine's display."""

    def progress(self, message: str, *, ephemeral: bool = True) -> None:
        """Show a message; one that is not ephemeral stays."""


class Narrator:
    """Observes a run: tells its steps on a line, and gathers what the answered steps put out.

    Args:
        line: Where to tell.
        seen: Where to gather outputs by name; later ones take the place of earlier ones.
    """

    def __init__(self, line: Line, seen: MutableMapping[str, Any]) -> None:
        self._line = line
        self._seen = seen
        self._told = 0.0

    def __call__(self, event: Event) -> None:
        """Take one event of the run."""
        if event.kind == "answered":
            self._seen.update(event.outputs)
        message = sentence(event)
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
    """Return what to say of an event, or an empty text."""
    step = event.step.step_id if event.step else ""
    if event.kind == "calling" and event.count == 0:
        return step
    if event.kind == "waiting":
        state = f"{event.reason}, " if event.reason else ""
        return f"{step}: {state}{duration(event.waited)}, next look in {duration(event.seconds)}"
    if event.kind == "resending":
        operation = (event.operation.operation_id if event.operation else None) or step
        return f"waiting for {operation} ({event.reason}), next try in {duration(event.seconds)}"
    return ""


def duration(seconds: float) -> str:
    """Return a duration as people write it: ``8s``, ``3m20s``, ``1h05m``."""
    whole = max(0, round(seconds))
    if whole < 60:  # noqa: PLR2004 - seconds in a minute
        return f"{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:  # noqa: PLR2004 - minutes in an hour
        return f"{minutes}m{rest:02}s"
    return f"{minutes // 60}h{minutes % 60:02}m"
