"""A world for the runner to act in: a clock that only moves when it is slept on, a caller with a script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from provider.arazzo import Document, load
from provider.arazzo.protocol import Event, Operation, Request, Response
from provider.errors import CancelledError, NoAnswerError

START = 1_700_000_000.0
Scripted = Response | Exception | Callable[[], Response]


@dataclass
class VirtualClock:
    """Time that passes by sleeping only; a sleep past ``cancel_at`` ends there, as a cancelled one does."""

    time: float = START
    cancel_at: float = float("inf")
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.time + seconds >= self.cancel_at:
            self.time = self.cancel_at
            raise CancelledError("stopped")
        self.time += seconds


class ScriptedCaller:
    """Answers with a script; an error in it is raised. After its end the last entry stands."""

    def __init__(self, script: Iterable[Scripted]) -> None:
        self._script: Iterator[Scripted] = iter(script)
        self._last: Scripted = Response(200, body={})
        self.calls: list[tuple[str, Request]] = []

    def call(self, operation: Operation, request: Request) -> Response:
        self.calls.append((operation.operation_id or "", request))
        self._last = next(self._script, self._last)
        answer = self._last() if callable(self._last) else self._last
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def operations(self) -> list[str]:
        return [operation for operation, _ in self.calls]

    @property
    def keys(self) -> list[str]:
        return [request.key for _, request in self.calls]


@dataclass
class Job:
    """Something that takes a while, as a caller: Begin starts it, Look tells its status."""

    clock: VirtualClock
    seconds: float
    end: str = "DONE"
    began: float | None = None
    looks: int = 0

    def call(self, operation: Operation, request: Request) -> Response:
        del request
        if operation.operation_id == "Begin":
            self.began = self.clock.now()
            return Response(200, body={"id": "j1"})
        self.looks += 1
        assert self.began is not None
        running = self.clock.now() - self.began < self.seconds
        return Response(200, body={"status": "RUNNING" if running else self.end})


def answer(status: int = 200, **body: Any) -> Response:
    return Response(status, body=body)


def status(word: str) -> Response:
    return Response(200, body={"status": word})


def silence() -> NoAnswerError:
    return NoAnswerError("no answer")


def document(*workflows: dict[str, Any], arazzo: str = "1.0.1") -> Document:
    """Return a document with these workflows."""
    whole = {
        "arazzo": arazzo,
        "info": {"title": "A test", "version": "1"},
        "sourceDescriptions": [{"name": "api", "url": "api.yaml", "type": "openapi"}],
        "workflows": list(workflows),
    }
    return load(yaml.safe_dump(whole, sort_keys=False))


def when(word: str) -> list[dict[str, Any]]:
    return [{"context": "$response.body", "condition": f'$.status == "{word}"', "type": "jsonpath"}]


def job_document(**look: Any) -> Document:
    """Return a workflow that begins a job and looks until it is DONE; further fields go to the look."""
    actions = [
        {"name": "done", "type": "end", "criteria": when("DONE")},
        {"name": "again", "type": "goto", "stepId": "look", "criteria": when("RUNNING")},
    ]
    return document(
        {
            "workflowId": "main",
            "inputs": {"type": "object", "properties": {"name": {"type": "string"}}},
            "steps": [
                {
                    "stepId": "begin",
                    "operationId": "Begin",
                    "requestBody": {"payload": {"name": "$inputs.name"}},
                    "outputs": {"id": "$response.body#/id"},
                },
                {
                    "stepId": "look",
                    "operationId": "Look",
                    "outputs": {"status": "$response.body#/status"},
                    "onSuccess": actions,
                    **look,
                },
            ],
            "outputs": {"id": "$steps.begin.outputs.id", "status": "$steps.look.outputs.status"},
        }
    )


@dataclass
class Recorder:
    """Observes a run."""

    events: list[Event] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]
