"""Notes on what works here and in no standard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .calls import root_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...arazzo.criteria import Criterion
    from ...arazzo.faults import Ledger
    from ...arazzo.model import Action, Document, Step


def check(document: Document, ledger: Ledger) -> None:
    """Write down, once per document, that bare comparisons of type jsonpath are a dialect."""
    found = list(dict.fromkeys(_bare(document)))
    if not found:
        return
    first, text = found[0]
    count = f"{len(found)} criteria" if len(found) > 1 else "a criterion"
    message = f"{count} of type jsonpath: a bare comparison ({text}) is in no JSONPath standard"
    hint = "it works here as it is meant; elsewhere write it as a simple condition or a filter"
    root_of(document, ledger).at(first).fault("bare-comparison", message, hint, severity="note")


def _bare(document: Document) -> Iterator[tuple[str, str]]:
    """Yield the JSON Pointers and texts of the bare comparisons."""
    for workflow in document.workflows:
        for step in workflow.steps:
            for place, criterion in criteria_of(step, *step.on_success, *step.on_failure):
                if criterion.dialect:
                    yield place, criterion.text


def criteria_of(step: Step, *actions: Action) -> Iterator[tuple[str, Criterion]]:
    """Yield a step's success criteria and those of some actions, with their JSON Pointers in the document."""
    for index, criterion in enumerate(step.success_criteria):
        yield f"{step.place.path}/successCriteria/{index}", criterion
    for action in actions:
        for index, criterion in enumerate(action.criteria):
            yield f"{action.place.path}/criteria/{index}", criterion
