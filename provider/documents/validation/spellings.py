"""Notes on names that are read as meant, though AWS spells them otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...arazzo.expressions import Expression
from ...arazzo.parse.cursor import root_of
from ...models import wire
from .dialect import criteria_of
from .walk import respelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...arazzo.faults import Ledger
    from ...arazzo.model import Document
    from .calls import ServiceCall

_CODE = "other-spelling"


def check_spellings(document: Document, calls: Iterable[ServiceCall], ledger: Ledger) -> None:
    """Write down, each once per document, operationIds and members of answers that are spelled otherwise."""
    found = list(calls)
    _note(document, "operationIds", dict.fromkeys(_operations(found)), ledger)
    _note(document, "members of answers", dict.fromkeys(_members(found)), ledger)
    for call in found:
        _check_whole(call)


def _check_whole(call: ServiceCall) -> None:
    """Warn of what is read inside of a body that is not an object."""
    for path in call.reads:
        if wire.whole(call.model.output_shape, path):
            message = f"the body of {call.model.name} is {path[0]} itself, and has no member of that name"
            hint = "it works in this interpreter; for other tools write $response.body"
            call.at("outputs").fault("whole-body", message, hint, severity="warning")


def _note(document: Document, what: str, pairs: Iterable[tuple[str, str, str]], ledger: Ledger) -> None:
    listed = list(pairs)
    if not listed:
        return
    place, written, meant = listed[0]
    others = len({each[1:] for each in listed}) - 1
    more = f", and {others} more" if others else ""
    message = f"{what} that AWS spells differently: {written} is {meant}{more}"
    hint = "they work in this interpreter; for other tools write them as AWS does"
    root_of(document, ledger).at(place).fault(_CODE, message, hint, severity="note")


def _operations(calls: Iterable[ServiceCall]) -> Iterator[tuple[str, str, str]]:
    for call in calls:
        written = call.step.target.operation_id
        if written not in (None, call.model.name):
            yield f"{call.cursor.path}/operationId", str(written), call.model.name


def _members(calls: Iterable[ServiceCall]) -> Iterator[tuple[str, str, str]]:
    for call in calls:
        for place, path in _readings(call):
            for written, meant in respelled(call.model.output_shape, path):
                yield place, written, meant


def _readings(call: ServiceCall) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield what a call's outputs and criteria read of its answer, with their places."""
    for name, expression in call.step.outputs.items():
        if isinstance(expression, Expression) and expression.root == "response.body":
            yield f"{call.cursor.path}/outputs/{name}", expression.path
    for place, criterion in criteria_of(call.step, *call.step.on_success):
        for comparison in criterion.comparisons():
            yield place, comparison.path
