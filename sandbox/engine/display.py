"""Shows a run: plain lines, as the CLI prints them where there is no terminal."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any, TextIO

from sandbox.engine.events import Event, Message, Severity, StepDone, StepFailed, StepStarted, Summary
from sandbox.engine.steps import Op
from sandbox.engine.urn import name_of, type_of
from sandbox.engine.values import masked

if TYPE_CHECKING:
    from sandbox.engine.steps import Step

SYMBOLS = {
    Op.SAME: "  ",
    Op.CREATE: "+ ",
    Op.UPDATE: "~ ",
    Op.DELETE: "- ",
    Op.REPLACE: "+-",
    Op.CREATE_REPLACEMENT: "++",
    Op.DELETE_REPLACED: "--",
    Op.READ: "> ",
    Op.READ_REPLACEMENT: ">>",
    Op.REFRESH: "~ ",
    Op.DISCARD: "< ",
    Op.DISCARD_REPLACED: "<<",
    Op.REMOVE_PENDING_REPLACE: "~ ",
}
PAST = {
    Op.SAME: "unchanged",
    Op.CREATE: "created",
    Op.UPDATE: "updated",
    Op.DELETE: "deleted",
    Op.REPLACE: "replaced",
    Op.CREATE_REPLACEMENT: "created replacement",
    Op.DELETE_REPLACED: "deleted original",
    Op.READ: "read",
    Op.READ_REPLACEMENT: "read replacement",
    Op.REFRESH: "refreshed",
    Op.DISCARD: "discarded",
    Op.DISCARD_REPLACED: "discarded original",
    Op.REMOVE_PENDING_REPLACE: "completed pending delete",
}
PRESENT = {op: word for op, word in PAST.items()} | {
    Op.CREATE: "creating",
    Op.UPDATE: "updating",
    Op.DELETE: "deleting",
    Op.REPLACE: "replacing",
    Op.CREATE_REPLACEMENT: "creating replacement",
    Op.DELETE_REPLACED: "deleting original",
    Op.READ: "reading",
    Op.READ_REPLACEMENT: "reading for replacement",
    Op.REFRESH: "refreshing",
}


class LineDisplay:
    """Prints one line per event."""

    def __init__(self, out: TextIO = sys.stdout, *, dry_run: bool) -> None:
        self._out = out
        self._dry_run = dry_run
        self._started: dict[Step, float] = {}
        self._messages: list[Message] = []

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case StepStarted(step):
                self._started[step] = time.monotonic()
                self._show_start(step)
            case StepDone(step, op):
                self._show_end(step, op)
            case StepFailed(step):
                self._line(step, step.op, "**failed**", step.keys)
            case Message():
                self._show_message(event)
            case Summary():
                self._show_summary(event)

    def _show_start(self, step: Step) -> None:
        if step.is_internal or step.op in (Op.SAME, Op.REPLACE):
            return
        word = step.op.value if self._dry_run else PRESENT[step.op]
        self._line(step, step.op, word, step.keys)

    def _show_end(self, step: Step, op: Op) -> None:
        if step.is_internal or self._dry_run or step.op in (Op.SAME, Op.REPLACE):
            return
        seconds = time.monotonic() - self._started.get(step, time.monotonic())
        self._line(step, op, f"{PAST[op]} ({seconds:.2f}s)")

    def _line(self, step: Step, op: Op, text: str, keys: Any = ()) -> None:
        detail = f" [diff: {', '.join(keys)}]" if keys else ""
        self._print(f" {SYMBOLS[op]} {type_of(step.urn)} {name_of(step.urn)} {text}{detail}")

    def _show_message(self, message: Message) -> None:
        if message.severity is Severity.DEBUG or (message.ephemeral and not message.text.strip()):
            return
        subject = f"{type_of(message.urn)} ({name_of(message.urn)}): " if message.urn else ""
        label = "" if message.severity is Severity.INFO else f"{message.severity.value}: "
        self._print(f"    {subject}{label}{message.text.rstrip()}")
        if not message.ephemeral:
            self._messages.append(message)

    def _show_summary(self, summary: Summary) -> None:
        if summary.outputs:
            self._print("Outputs:")
            width = max(len(name) for name in summary.outputs)
            for name, value in sorted(summary.outputs.items()):
                self._print(f"    {name:<{width}}: {shown(value)}")
        self._print("\nResources:")
        for op, count in summary.changes.items():
            if op is not Op.SAME:
                self._print(f"    {SYMBOLS[op]}{count} {'to ' + op.value if self._dry_run else PAST[op]}")
        if same := summary.changes.get(Op.SAME):
            self._print(f"    {same} unchanged")
        self._print(f"\nDuration: {summary.seconds:.1f}s")

    def _print(self, line: str) -> None:
        print(line, file=self._out, flush=True)


def shown(value: Any) -> str:
    """A value as an output is shown; secrets and unknowns are not."""
    text = masked(value)
    return text if text in ("[secret]", "[unknown]") else json.dumps(text)
