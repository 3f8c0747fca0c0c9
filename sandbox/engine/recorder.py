"""Writes a run's events as JSON lines, under the names that the CLI's event log uses."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, TextIO

from .events import Event, Message, StepDone, StepFailed, StepStarted, Summary
from .values import masked

if TYPE_CHECKING:
    from .steps import Op, Step


class Recorder:
    """Writes one line per event.

    Args:
        out: Where to; it is flushed after every line.
        dry_run: Whether the steps are planned ones.
    """

    def __init__(self, out: TextIO, *, dry_run: bool) -> None:
        self._out = out
        self._dry_run = dry_run
        self._count = 0

    def __call__(self, event: Event) -> None:
        """Write one event."""
        record = {"sequence": self._count, "timestamp": int(time.time()), **self._record(event)}
        self._count += 1
        print(json.dumps(record), file=self._out, flush=True)

    def _record(self, event: Event) -> dict[str, Any]:
        match event:
            case StepStarted(step):
                return {"resourcePreEvent": self._metadata(step, step.op)}
            case StepDone(step, op):
                return {"resOutputsEvent": self._metadata(step, op)}
            case StepFailed(step):
                return {"resOpFailedEvent": self._metadata(step, step.op)}
            case Message():
                return {"diagnosticEvent": _diagnostic(event)}
            case Summary():
                return {"summaryEvent": _summary(event)}

    def _metadata(self, step: Step, op: Op) -> dict[str, Any]:
        metadata = {"op": op.value, "urn": step.urn, "type": step.resource.type, "keys": list(step.keys)}
        return {"metadata": metadata, "planning": self._dry_run}


def _diagnostic(message: Message) -> dict[str, Any]:
    return {
        "severity": message.severity.value,
        "message": message.text,
        "urn": message.urn,
        "ephemeral": message.ephemeral,
    }


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "resourceChanges": {op.value: count for op, count in summary.changes.items()},
        "durationSeconds": round(summary.seconds, 3),
        "result": summary.result,
        "outputs": masked(dict(summary.outputs or {})),
    }
