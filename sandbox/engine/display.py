"""Shows a run: a line when a step begins and when it ends, on a terminal also what runs right now."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Protocol

from rich.console import Console
from rich.live import Live
from rich.text import Text

from sandbox.engine.events import Message, Severity, StepDone, StepFailed, StepStarted, Summary
from sandbox.engine.steps import Op
from sandbox.engine.urn import name_of, type_of
from sandbox.engine.values import masked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.engine.events import Event
    from sandbox.engine.steps import Step
    from sandbox.engine.values import Value

_WORDS = {
    Op.SAME: ("  ", "unchanged", "unchanged"),
    Op.CREATE: ("+ ", "creating", "created"),
    Op.UPDATE: ("~ ", "updating", "updated"),
    Op.DELETE: ("- ", "deleting", "deleted"),
    Op.REPLACE: ("+-", "replacing", "replaced"),
    Op.CREATE_REPLACEMENT: ("++", "creating replacement", "created replacement"),
    Op.DELETE_REPLACED: ("--", "deleting original", "deleted original"),
    Op.READ: ("> ", "reading", "read"),
    Op.READ_REPLACEMENT: (">>", "reading for replacement", "read for replacement"),
    Op.REFRESH: ("~ ", "refreshing", "refreshed"),
    Op.DISCARD: ("< ", "discarding", "discarded"),
    Op.DISCARD_REPLACED: ("<<", "discarding original", "discarded original"),
    Op.REMOVE_PENDING_REPLACE: ("~ ", "forgetting", "forgotten"),
}
_COLORS = {"+": "green", "-": "red", "~": "yellow", ">": "cyan", "<": "cyan"}
_SECRET_OR_UNKNOWN = ("[secret]", "[unknown]")


class Printer(Protocol):
    """Takes lines for the user."""

    def __call__(self, line: str, style: str = "") -> None:
        """Print one line, in a `rich` style where the output has any."""


class Lines:
    """The lines of a run."""

    def __init__(self, printer: Printer, *, dry_run: bool) -> None:
        self._print = printer
        self._dry_run = dry_run
        self._started: dict[Step, float] = {}

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case StepStarted(step):
                self._started[step] = time.monotonic()
                if is_shown(step):
                    self._step(step, step.op, step.op.value if self._dry_run else _WORDS[step.op][1])
            case StepDone(step, op):
                if is_shown(step) and not self._dry_run:
                    seconds = time.monotonic() - self._started.get(step, time.monotonic())
                    self._step(step, op, f"{_WORDS[op][2]} ({seconds:.2f}s)")
            case StepFailed(step):
                self._step(step, step.op, f"{_WORDS[step.op][1]} failed")
            case Message():
                self._message(event)
            case Summary():
                self._summary(event)

    def _step(self, step: Step, op: Op, text: str) -> None:
        reason = f" [diff: {', '.join(step.keys)}]" if step.keys else ""
        symbol = _WORDS[op][0]
        line = f" {symbol} {type_of(step.urn)} {name_of(step.urn)} {text}{reason}"
        self._print(line, _COLORS.get(symbol[0], ""))

    def _message(self, message: Message) -> None:
        if message.severity is Severity.DEBUG or not message.text.strip():
            return
        subject = f"{type_of(message.urn)} ({name_of(message.urn)}): " if message.urn else ""
        is_info = message.severity is Severity.INFO
        label = "" if is_info else f"{message.severity.value}: "
        style = {Severity.ERROR: "bold red", Severity.WARNING: "yellow"}.get(message.severity, "")
        self._print(f"    {subject}{label}{message.text.rstrip()}", style)

    def _summary(self, summary: Summary) -> None:
        outputs = summary.outputs or {}
        if outputs:
            self._print("Outputs:")
            width = max(len(name) for name in outputs)
            for name, value in sorted(outputs.items()):
                self._print(f"    {name:<{width}}: {shown(value)}")
        self._print("Resources:")
        for op, count in sorted(summary.changes.items()):
            word = f"to {op.value}" if self._dry_run and op is not Op.SAME else _WORDS[op][2]
            self._print(f"    {_WORDS[op][0]}{count} {word}")
        self._print(f"Duration: {summary.seconds:.1f}s")


class PlainDisplay(Lines):
    """Lines on any output."""

    def __init__(self, *, dry_run: bool) -> None:
        super().__init__(lambda line, style="": print(line, flush=True), dry_run=dry_run)  # noqa: T201, ARG005  this is where the output comes from; it has no styles


class LiveDisplay(Lines):
    """Lines on a terminal, and below them what runs right now, each with its last status."""

    def __init__(self, *, dry_run: bool) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._statuses: dict[str, str] = {}
        self._running: dict[Step, float] = {}
        super().__init__(self._print_above, dry_run=dry_run)
        self._live = Live(get_renderable=self._below, console=self._console, refresh_per_second=4)

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case StepStarted(step) if is_shown(step):
                self._running[step] = time.monotonic()
                self._live.start()
                return
            case StepDone(step) | StepFailed(step):
                self._running.pop(step, None)
            case Message(urn=urn, text=text, ephemeral=True):
                self._statuses[urn] = text
                return
            case Summary():
                self._live.stop()
        super().__call__(event)

    def _print_above(self, line: str, style: str = "") -> None:
        self._console.print(Text(line, style=style))

    def _below(self) -> Text:
        return Text("\n").join(
            Text(line, style="dim", overflow="ellipsis", no_wrap=True) for line in self._rows()
        )

    def _rows(self) -> Iterator[str]:
        for step, started in self._running.items():
            symbol, word, _ = _WORDS[step.op]
            seconds = time.monotonic() - started
            status = self._statuses.get(step.urn, "")
            yield f" {symbol} {type_of(step.urn)} {name_of(step.urn)} {word} ({seconds:.0f}s) {status}"


def is_shown(step: Step) -> bool:
    """Whether a step has lines of its own."""
    return not step.is_internal and step.op not in (Op.SAME, Op.REPLACE)


def shown(value: Value) -> str:
    """A value as an output is shown; secrets and unknowns are not."""
    text = masked(value)
    return text if text in _SECRET_OR_UNKNOWN else json.dumps(text)
