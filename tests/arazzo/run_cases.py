"""The cases in tests/cases/runs: a document and a script of answers, and the effects that they lead to.

A case gives ``steps`` (of a workflow ``main``) or ``workflows``; the rest of the document is added. Its
``answers`` are given to the calls in their order, ``trace`` is what has to come of it, effect by effect; only
what an entry says is compared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from provider.arazzo import Document, load
from provider.arazzo.machine import Machine, NoAnswer
from provider.arazzo.machine.limits import Limits
from provider.arazzo.protocol import MISSING, Call, Effect, Finish, Response, ServiceError, StepRef, Wait
from provider.errors import ProviderError

FOLDER = Path(__file__).parents[1] / "cases" / "runs"
START = 1_700_000_000.0
MOST_EFFECTS = 500


@dataclass(frozen=True)
class Case:
    what: str
    entry: dict[str, Any]

    def __str__(self) -> str:
        return self.what


def cases() -> list[Case]:
    """Return every case of every file."""
    return [
        Case(f"{path.stem}: {entry['what']}", entry)
        for path in sorted(FOLDER.glob("*.yaml"))
        for entry in yaml.safe_load(path.read_text())
    ]


def document(entry: dict[str, Any], folder: Path) -> Document:
    """Return a case's document, written out with what every document needs."""
    for name, inner in entry.get("documents", {}).items():
        (folder / name).write_text(yaml.safe_dump(_whole(inner), sort_keys=False))
    path = folder / "case.arazzo.yaml"
    path.write_text(yaml.safe_dump(_whole(entry), sort_keys=False))
    return load(path, channels=True)


def _whole(entry: dict[str, Any]) -> dict[str, Any]:
    main = {"workflowId": "main", **entry.get("workflow", {}), "steps": entry.get("steps")}
    whole = {
        "arazzo": entry.get("arazzo", "1.0.1"),
        **({"$self": entry["self"]} if "self" in entry else {}),
        "info": {"title": "A case", "version": "1"},
        "sourceDescriptions": entry.get("sources", [{"name": "api", "url": "api.yaml", "type": "openapi"}]),
        "workflows": [*([main] if "steps" in entry else []), *entry.get("workflows", [])],
    }
    return {**whole, "components": entry["components"]} if "components" in entry else whole


@dataclass
class Play:
    """Plays a case's answers to a machine, and writes down what comes of it.

    Attributes:
        entry: The case.
        loaded: Its document.
        stored: Whether each state is stored as text and read by a new machine before the next step.
    """

    entry: dict[str, Any]
    loaded: Document
    stored: bool = False

    def trace(self) -> list[dict[str, Any]]:
        """Return the effects, and the error that ended them, if one did."""
        found: list[dict[str, Any]] = []
        try:
            self._play(found)
        except ProviderError as error:
            found.append({"error": type(error).__name__, "why": str(error)})
        return found

    def machine(self) -> Machine:
        """Return a new machine with the case's settings."""
        limits = Limits(**self.entry.get("limits", {}))
        strict, channels = self.entry.get("strict", False), self.entry.get("channels", False)
        return Machine(self.loaded, limits=limits, strict_polls=strict, channels=channels)

    def _play(self, found: list[dict[str, Any]]) -> None:
        answers: Iterator[dict[str, Any]] = iter(self.entry.get("answers", []))
        machine, now = self.machine(), START
        state = machine.start(self.entry.get("run"), self.entry.get("inputs", {}), "run")
        state, effect = machine.step(state, now=now)
        while len(found) < MOST_EFFECTS:
            found.append(shown(effect))
            if isinstance(effect, Finish):
                return
            if self.stored:
                machine, state = self.machine(), json.loads(json.dumps(state))
            answer = None
            if isinstance(effect, Call):
                given = next(answers, {})
                now += given.get("after", 0)
                answer = _answer(given)
            else:
                now += 1.0 if effect.seconds is None else effect.seconds
            before = json.dumps(state)
            following = machine.step(state, answer, now=now)
            assert json.dumps(state) == before, "the machine changed a state"
            state, effect = following


def _answer(given: dict[str, Any]) -> Response | NoAnswer:
    if "none" in given:
        return NoAnswer(given["none"])
    fields = {name: value for name, value in given.items() if name not in {"after", "error"}}
    error = ServiceError(*given["error"]) if "error" in given else None
    return Response(**{"status": 200, "body": {}, "error": error, **fields})


def shown(effect: Effect) -> dict[str, Any]:
    """Return an effect as the cases write it."""
    if isinstance(effect, Call):
        request = effect.request
        parts: dict[str, Any] = {
            name: getattr(request, name)
            for name in ("path", "query", "header", "cookie", "key", "querystring")
        }
        parts["channel"] = dict(request.channel)
        parts["correlation"] = "MISSING" if request.correlation_id is MISSING else request.correlation_id
        parts["body"] = "MISSING" if request.body is MISSING else request.body
        parts["contentType"] = request.content_type
        operation = effect.operation
        on_channel = f"{operation.action} {operation.channel}"
        over_http = f"{operation.method} {operation.path}"
        called = operation.operation_id or (over_http if operation.channel is None else on_channel)
        return {"call": _name(effect.step), "operation": called, "source": operation.source, **parts}
    if isinstance(effect, Wait):
        return {
            effect.kind: _name(effect.step),
            "count": effect.count,
            "to": effect.target,
            "seconds": effect.seconds,
            "reason": effect.reason,
            "until": None if effect.until is None else effect.until - START,
        }
    if effect.failure is None:
        return {"succeeded": effect.outputs}
    failure = effect.failure
    return {
        "failed": _name(failure.step),
        "why": failure.why,
        "criterion": failure.criterion,
        "unhandled": failure.unhandled,
        "status": failure.response.status if failure.response else None,
        "outputs": effect.outputs,
    }


def _name(step: StepRef) -> str:
    return "/".join((*step.via, step.step_id))


def matches(expected: Any, found: dict[str, Any]) -> bool:
    """Whether an effect is as an entry of a trace says; reasons and errors need only contain its words."""
    return all(
        name in found and (value in found[name] if name == "why" else value == found[name])
        for name, value in expected.items()
    )
