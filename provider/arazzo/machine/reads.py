"""What a workflow's expressions refer to, gathered when it is planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model import begins_with

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..expressions import Expression
    from ..model import Action, Step, Workflow

Path = tuple[str | int, ...]


def of_workflow(workflow: Workflow) -> Iterator[Expression]:
    """Yield every expression of a workflow."""
    yield from map(begins_with, workflow.outputs.values())
    for step in workflow.steps:
        yield from of_answer(step)
        body = step.request_body
        replacements = body.replacements if body else ()
        values = [parameter.value for parameter in step.parameters]
        values += [replacement.value for replacement in replacements]
        values += [each for each in (step.correlation_id, body and body.payload) if each]
        for value in values:
            yield from (expression for _, expression in value.expressions())


def of_answer(step: Step) -> Iterator[Expression]:
    """Yield every expression that is evaluated when a step's answer has come."""
    yield from map(begins_with, step.outputs.values())
    actions = (*step.on_success, *step.on_failure)
    for criteria in (step.success_criteria, *(action.criteria for action in actions)):
        for criterion in criteria:
            yield from criterion.expressions()
    for parameter in (each for action in actions for each in action.parameters or ()):
        yield from (expression for _, expression in parameter.value.expressions())


def watched_reads(actions: Iterable[Action]) -> Iterable[Path]:
    """Return where the actions look for a word in the answer, most watched first."""
    paths: dict[Path, int] = {}
    for action in actions:
        for criterion in action.criteria:
            for comparison in criterion.comparisons():
                if isinstance(comparison.literal, str) and "*" not in comparison.path:
                    paths[comparison.path] = paths.get(comparison.path, 0) + 1
    return sorted(paths, key=lambda path: -paths[path])


def of_body(step: Step) -> Iterator[Path]:
    """Yield what a step reads of its answer's body."""
    actions = (*step.on_success, *step.on_failure)
    for criteria in (step.success_criteria, *(action.criteria for action in actions)):
        for criterion in criteria:
            yield from (comparison.path for comparison in criterion.comparisons())
    for expression in of_answer(step):
        if expression.root == "response.body" and expression.path:
            yield expression.path
