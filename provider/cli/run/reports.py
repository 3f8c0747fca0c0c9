"""How a run is told on standard error: a line for each step, poll, wait and end."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from ...errors import printable
from ...timing.durations import readable
from .masking import Masking

if TYPE_CHECKING:
    from rich.status import Status

    from ...arazzo import Event
    from ...errors import ProviderError


class LineReport:
    """Tells a run in lines for people.

    An answer's line waits for what follows it, so that a poll and its wait make one line.
    """

    def __init__(self) -> None:
        self._answer = ""
        self._last: Event | None = None
        self._masking = Masking()

    def hide(self, masking: Masking) -> None:
        """Show from now on nothing that is a secret."""
        self._masking = masking

    def __call__(self, event: Event) -> None:
        """Tell one event."""
        self._masking.learn(event)
        if event.kind == "answered":
            self._flush()
            self._answer = _answer(event)
        elif event.kind == "waiting" and self._answer:
            self._answer += f", next poll in {_short(event.seconds)}"
            self._flush()
        elif event.kind == "resending":
            self._flush()
            self._line(
                f"{_step(event)}: {_operation(event)}: {event.reason}, next try in {_short(event.seconds)}"
            )
        elif event.kind == "finished":
            self._flush()
            self._line(_end(event))
        else:
            self._flush()
        self._last = event

    def refused(self, error: ProviderError) -> None:
        """Tell why there is no end."""
        self._flush()
        self._line(f"error: {error}")

    def interrupted(self) -> None:
        """Tell that the user stopped the run."""
        self._flush()
        last = self._last
        reached = (
            f" at step {_step(last)} after {readable(last.waited)}" if last else " before the first step"
        )
        self._line(f"interrupted{reached}; what was started continues in AWS")

    def _flush(self) -> None:
        if self._answer:
            self._line(self._answer)
            self._answer = ""

    def _line(self, text: str) -> None:
        shown = self._masking.told(text)
        click.echo("\n".join(printable(line) for line in shown.split("\n")), err=True)


class LiveReport(LineReport):
    """Tells a run in lines, and below them what it does at the moment, for as long as it does it."""

    def __init__(self, status: Status) -> None:
        super().__init__()
        self._status = status

    def __call__(self, event: Event) -> None:
        """Tell one event."""
        super().__call__(event)
        if event.kind == "finished":
            self._status.stop()
        elif event.kind == "calling":
            self._tell(f"{_step(event)}: {_operation(event)}")
        elif event.kind in ("waiting", "resending"):
            why = f"{event.reason}, " if event.reason else ""
            self._tell(f"{_step(event)}: {why}{readable(event.waited)}, next poll in {_short(event.seconds)}")

    def refused(self, error: ProviderError) -> None:
        """Tell why there is no end."""
        self._status.stop()
        super().refused(error)

    def interrupted(self) -> None:
        """Tell that the user stopped the run."""
        self._status.stop()
        super().interrupted()

    def _tell(self, text: str) -> None:
        from rich.text import Text  # noqa: PLC0415 - rich is there, or this would not be

        self._status.update(Text(self._masking.told(text)))
        self._status.start()


def reporter(*, as_json: bool) -> LineReport:
    """Return how a run is told: as JSON, or in lines, with a live one on a terminal where rich is there."""
    if as_json:
        return JsonReport()
    if not sys.stderr.isatty():  # rich knows, too, but takes long to import
        return LineReport()
    try:
        from rich.console import Console  # noqa: PLC0415 - an extra
        from rich.status import Status  # noqa: PLC0415 - an extra
    except ImportError:
        return LineReport()
    console = Console(stderr=True)
    return LiveReport(Status("", console=console)) if console.is_terminal else LineReport()


class JsonReport(LineReport):
    """Tells a run as JSON, one object a line."""

    def __call__(self, event: Event) -> None:
        """Tell one event."""
        self._masking.learn(event)
        response = event.response
        told: dict[str, Any] = {
            "event": event.kind,
            "workflow": event.step.workflow_id if event.step else None,
            "step": event.step.step_id if event.step else None,
            "operation": event.operation.operation_id if event.operation else None,
            "status": response.status if response else None,
            "error": asdict(response.error) if response and response.error else None,
            "reason": event.reason or None,
            "outputs": dict(event.outputs) or None,
            "seconds": round(event.seconds, 3),
            "waited": round(event.waited, 3),
            "count": event.count,
        }
        self._line(json.dumps({name: value for name, value in told.items() if value is not None}))
        self._last = event

    def refused(self, error: ProviderError) -> None:
        """Tell why there is no end."""
        self._line(json.dumps({"event": "error", "type": type(error).__name__, "message": str(error)}))


def _step(event: Event) -> str:
    return event.step.step_id if event.step else ""


def _operation(event: Event) -> str:
    operation = event.operation
    if operation is None:
        return ""
    return operation.operation_id or f"{(operation.method or '').upper()} {operation.path}"


def _answer(event: Event) -> str:
    response = event.response
    said = [f"{_operation(event)} {response.status if response else 'got no answer'}"]
    if response is not None and response.error is not None:
        said.append(response.error.code)
    elif event.reason:
        said.append(f"{event.reason} after {readable(event.waited)}")
    else:
        said += [f"{name} {value}" for name, value in event.outputs.items() if isinstance(value, str | int)]
    return f"{_step(event)}: {', '.join(said)}"


def _end(event: Event) -> str:
    took = f"in {readable(event.waited)}, {event.count} poll{'' if event.count == 1 else 's'}"
    if not event.reason or event.step is None:
        return f"succeeded {took}"
    return f"failed at step {event.step.step_id} {took}: {event.reason}"


def _short(seconds: float) -> str:
    tenths = 10
    return f"{seconds:.1f}s" if seconds < tenths else readable(seconds)
