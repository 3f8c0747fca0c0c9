"""Notes on what works here and in no standard."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from ...arazzo.criteria import Criterion
from ...arazzo.jsonpath import DRAFT
from ...arazzo.parse.cursor import root_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...arazzo.faults import Ledger
    from ...arazzo.model import Action, Document, Step


class _Note(NamedTuple):
    """What is told once per document.

    Attributes:
        code: The fault's code.
        applies: Whether a criterion is one of those that are told of.
        what: What is said of the first of them, after how many they are.
        hint: What to do about it.
    """

    code: str
    applies: Callable[[Criterion], bool]
    what: str
    hint: str


def _is_draft(criterion: Criterion) -> bool:
    return criterion.type == "jsonpath" and criterion.version == DRAFT


def _filters_root(criterion: Criterion) -> bool:
    """Whether a path begins with a filter, applied to the whole body."""
    context = criterion.context
    of_body = context is not None and context.root == "response.body" and not context.path
    plain = criterion.type == "jsonpath" and not criterion.dialect
    return of_body and plain and criterion.text.replace(" ", "").startswith("$[?")


_NOTES: Final = (
    _Note(
        "bare-comparison",
        lambda criterion: criterion.dialect,
        "a bare comparison ({text}) is not part of a JSONPath standard",
        "it works in this interpreter; for other tools write it as a simple condition or a filter",
    ),
    _Note(
        "draft-jsonpath",
        _is_draft,
        "{text} is read by Goessner's draft, not by RFC 9535",
        "write it for RFC 9535 if no other tool needs the draft",
    ),
    _Note(
        "root-filter",
        _filters_root,
        "{text} asks about the items of a list or the members of an object, not about the body itself",
        "of a body that is an object ask as in $.pets[*], or with a simple condition",
    ),
)


def check_dialect(document: Document, ledger: Ledger) -> None:
    """Write down, each once per document, what of JSONPath works elsewhere otherwise, or not as it looks."""
    for note in _NOTES:
        found = list(dict.fromkeys(_those(document, note)))
        if found:
            first, text = found[0]
            count = f"{len(found)} criteria" if len(found) > 1 else "a criterion"
            message = f"{count} of type jsonpath: {note.what.format(text=text)}"
            root_of(document, ledger).at(first).fault(note.code, message, note.hint, severity="note")


def _those(document: Document, note: _Note) -> Iterator[tuple[str, str]]:
    """Yield the JSON Pointers and strings of the criteria that a note is about."""
    for workflow in document.workflows:
        for step in workflow.steps:
            for place, criterion in criteria_of(step, *step.on_success, *step.on_failure):
                if note.applies(criterion):
                    yield place, criterion.text


def criteria_of(step: Step, *actions: Action) -> Iterator[tuple[str, Criterion]]:
    """Yield a step's success criteria and those of some actions, with their JSON Pointers in the document."""
    for index, criterion in enumerate(step.success_criteria):
        yield f"{step.place.path}/successCriteria/{index}", criterion
    for action in actions:
        for index, criterion in enumerate(action.criteria):
            yield f"{action.place.path}/criteria/{index}", criterion
