"""``run --trace``: every request, answer and criterion as JSON lines, with secrets masked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TextIO

from ...arazzo import criteria
from ...arazzo.expressions import Context
from ...arazzo.protocol import MISSING

if TYPE_CHECKING:
    from ...arazzo import Document, Event
    from ...arazzo.model import Step
    from ...arazzo.protocol import Caller, Operation, Request, Response
    from ...arazzo.runner import Checkpoint
    from .masking import Masking


class Trace:
    """Writes what a run sends, gets and decides; a caller around another, and an observer of the run.

    Args:
        caller: Sends the requests.
        document: The document.
        file: Where to write.
        masking: Takes out of it what must not be shown.
    """

    def __init__(self, caller: Caller, document: Document, file: TextIO, masking: Masking) -> None:
        self._caller = caller
        self._document = document
        self._file = file
        self._masking = masking
        self._frame: Mapping[str, Any] = {}
        self._request: Request | None = None

    def call(self, operation: Operation, request: Request) -> Response:
        """Send a request and write it down, with its answer; see ``Caller``."""
        self._request = request
        named = {"operation": operation.operation_id, "method": operation.method, "path": operation.path}
        parts = {
            name: value
            for name, value in request._asdict().items()
            if value is not MISSING and value not in (None, "", {})
        }
        self._write("request", {**_given(named), "request": parts}, operation)
        response = self._caller.call(operation, request)
        got = {"status": response.status, "method": response.method, "url": response.url}
        self._write("answer", {**got, "headers": dict(response.headers), "body": response.body}, operation)
        return response

    def keep(self, checkpoint: Checkpoint) -> None:
        """Take a checkpoint of the run: what the criteria of its step can see."""
        self._frame = checkpoint["run"]["frames"][-1]

    def observe(self, event: Event) -> None:
        """Write down an event of the run, and after an answer its step's criteria with their values."""
        step = self._step(event)
        if event.kind == "answered" and step is not None and event.response is not None:
            context = Context(
                inputs=self._frame.get("inputs", {}),
                steps={**self._frame.get("steps", {}), step.step_id: event.outputs},
                request=self._request,
                response=event.response,
            )
            for where, criterion in _criteria(step):
                verdict = criteria.decide_criterion(criterion, context)
                told = {"step": step.step_id, "where": where, "condition": criterion.text}
                self._write("criterion", {**told, "holds": verdict.holds, "why": verdict.why})
        heard: dict[str, Any] = {
            "step": event.step.step_id if event.step else None,
            "outputs": dict(event.outputs) or None,
            "reason": event.reason or None,
            "seconds": event.seconds or None,
        }
        self._write(event.kind, _given(heard))

    def _step(self, event: Event) -> Step | None:
        if event.step is None or event.step.document != self._document.name:
            return None
        workflow = self._document.workflow(event.step.workflow_id)
        return workflow.steps[workflow.index(event.step.step_id)]

    def _write(self, kind: str, told: Mapping[str, Any], operation: Operation | None = None) -> None:
        line = json.dumps({"event": kind, **self._masking.told(told, operation)}, default=str)
        self._file.write(f"{line}\n")
        self._file.flush()


def _criteria(step: Step) -> Iterator[tuple[str, criteria.Criterion]]:
    for criterion in step.success_criteria:
        yield "successCriteria", criterion
    for action in (*step.on_success, *step.on_failure):
        for criterion in action.criteria:
            yield action.name, criterion


def _given(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}
