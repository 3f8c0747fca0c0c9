"""``run --trace``: every request, answer and criterion as JSON lines, with secrets masked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TextIO

from ...arazzo import criteria
from ...arazzo.expressions import Context
from ...arazzo.protocol import MISSING

if TYPE_CHECKING:
    from ...arazzo import Document, Event
    from ...arazzo.model import Step
    from ...arazzo.protocol import Caller, Operation, Request, Response
    from ...arazzo.runner import Checkpoint

MASK: Final = "***"
_SECRET: Final = re.compile(
    r"pass(?:word|wd|phrase)|secret|authorization|cookie|credential|private.?key|api.?key"
    r"|(?:access|auth|security|session|refresh|bearer|id).?token|plaintext",
    re.IGNORECASE,
)
_LEAST: Final = 4
"""Shorter strings are not looked for elsewhere: they would be found by chance."""


class Trace:
    """Writes what a run sends, gets and decides; a caller around another, and an observer of the run.

    Args:
        caller: Sends the requests.
        document: The document.
        file: Where to write.
        secrets: Strings that are never shown, such as inputs that their schema calls passwords.
    """

    def __init__(
        self, caller: Caller, document: Document, file: TextIO, secrets: tuple[str, ...] = ()
    ) -> None:
        self._caller = caller
        self._document = document
        self._file = file
        self._secrets = {each for each in secrets if len(each) >= _LEAST}
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
        self._write("request", {**_given(named), "request": parts})
        response = self._caller.call(operation, request)
        got = {"status": response.status, "method": response.method, "url": response.url}
        self._write("answer", {**got, "headers": dict(response.headers), "body": response.body})
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

    def _write(self, kind: str, told: Mapping[str, Any]) -> None:
        self._secrets.update(_secrets_of(told))
        line = json.dumps({"event": kind, **_masked(told, self._secrets)}, default=str)
        self._file.write(f"{line}\n")
        self._file.flush()


def secret_inputs(schema: Any, inputs: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the inputs that their schema or their name calls secret."""
    properties = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
    found = []
    for name, value in inputs.items():
        part = properties.get(name)
        said = part if isinstance(part, Mapping) else {}
        secret = said.get("format") == "password" or said.get("writeOnly") is True or _SECRET.search(name)
        if isinstance(value, str) and secret:
            found.append(value)
    return tuple(found)


def _criteria(step: Step) -> Iterator[tuple[str, criteria.Criterion]]:
    for criterion in step.success_criteria:
        yield "successCriteria", criterion
    for action in (*step.on_success, *step.on_failure):
        for criterion in action.criteria:
            yield action.name, criterion


def _given(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}


def _secrets_of(value: Any) -> Iterator[str]:
    """Yield the strings that stand under a name that calls them secret."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            if _SECRET.search(str(name)) and isinstance(each, str):
                yield from (each,) if len(each) >= _LEAST else ()
            else:
                yield from _secrets_of(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _secrets_of(each)


def _masked(value: Any, secrets: set[str], name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {key: _masked(each, secrets, str(key)) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(each, secrets) for each in value]
    if isinstance(value, str):
        if name and _SECRET.search(name):
            return MASK
        for secret in sorted(secrets, key=len, reverse=True):
            value = value.replace(secret, MASK)
    return value
