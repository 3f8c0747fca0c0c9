"""Shows a run as lines: one when a step begins and one when it ends, the messages, the summary."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Protocol

from .events import Message, Severity, StepDone, StepFailed, StepStarted, Summary
from .steps import Op
from .urn import name_of, type_of
from .values import masked

if TYPE_CHECKING:
    from .events import Event
    from .steps import Step
    from .values import Value

WORDS = {
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
                    self._start(step)
            case StepDone(step, op):
                if is_shown(step) and not self._dry_run:
                    self._step(step, op, f"{WORDS[op][2]} ({self._seconds(step):.2f}s)")
            case StepFailed(step):
                self._step(step, step.op, f"{WORDS[step.op][1]} failed")
            case Message():
                self._message(event)
            case Summary():
                self._summary(event)

    def _start(self, step: Step) -> None:
        self._step(step, step.op, step.op.value if self._dry_run else WORDS[step.op][1])

    def _seconds(self, step: Step) -> float:
        """How long a step has been running."""
        return time.monotonic() - self._started[step]

    def _step(self, step: Step, op: Op, text: str) -> None:
        reason = f" [diff: {', '.join(step.keys)}]" if step.keys else ""
        symbol = WORDS[op][0]
        line = f" {symbol} {type_of(step.urn)} {name_of(step.urn)} {text}{reason}"
        self._print(line, _COLORS.get(symbol[0], ""))

    def _message(self, message: Message) -> None:
        if not message.text.strip():
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
            word = f"to {op.value}" if self._dry_run and op is not Op.SAME else WORDS[op][2]
            self._print(f"    {WORDS[op][0]}{count} {word}")
        self._print(f"Duration: {summary.seconds:.1f}s")


class PlainDisplay(Lines):
    """Lines on any output."""

    def __init__(self, *, dry_run: bool) -> None:
        super().__init__(_print_plain, dry_run=dry_run)


def _print_plain(line: str, style: str = "") -> None:  # noqa: ARG001  the output has no styles
    print(line, flush=True)  # noqa: T201  this is the program's output


def is_shown(step: Step) -> bool:
    """Whether a step has lines of its own."""
    return not step.is_internal and step.op not in (Op.SAME, Op.REPLACE)


def shown(value: Value) -> str:
    """A value as an output is shown; secrets and unknowns are not."""
    text = masked(value)
    return text if text in _SECRET_OR_UNKNOWN else json.dumps(text)
