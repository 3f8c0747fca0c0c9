"""How workflows begin and end inside one another: dependencies, workflow steps, retries of a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..protocol import Failure, Finish
from ..syntax import TextError
from . import flow, requests, results
from .cursor import Ended, Returned

if TYPE_CHECKING:
    from ..protocol import JSON
    from .cursor import Cursor, Outcome
    from .program import Address, StepPlan


def depend(cursor: Cursor, address: Address) -> Outcome:
    """Run a workflow that the current one depends on, unless it has succeeded in this run already."""
    frame = cursor.draft.top
    if cursor.draft.has_run(*address):
        frame["needs"] += 1
        return None
    inner = cursor.visit(address, cursor.carried(address), "dependency")
    if isinstance(inner, Failure):
        return Ended(inner)
    cursor.push(inner)
    return None


def enter(cursor: Cursor, plan: StepPlan, address: Address) -> Outcome:
    """Run the workflow of a step; the step's parameters are its inputs."""
    try:
        given = requests.arguments(plan.step.parameters, cursor.context())
    except TextError as error:
        return Returned({}, cursor.failure(f"the workflow cannot be run: {error}"))
    inner = cursor.visit(address, given, "step")
    if isinstance(inner, Failure):
        return Returned({}, inner)
    cursor.push(inner)
    return None


def conclude(cursor: Cursor, failure: Failure | None) -> Outcome:
    """End the innermost workflow and hand its outcome to the one around it."""
    draft = cursor.draft
    try:
        outputs = _outputs(cursor)
    except TextError as error:
        outputs, failure = {}, failure or cursor.failure(f"an output of the workflow has no value: {error}")
    if failure is None:
        draft.record(outputs)
    if len(draft.run["frames"]) == 1:
        finish = Finish(outputs, failure)
        draft.run["awaits"] = "end"
        draft.run["end"] = results.encode(finish)
        return finish
    role = draft.pop()["role"]
    cursor.look()
    if role == "step":
        return Returned(outputs, failure)
    if role == "dependency" and failure is None:
        draft.top["needs"] += 1
    return None if failure is None else Ended(failure)


def _outputs(cursor: Cursor) -> dict[str, JSON]:
    """Return the workflow's outputs, which may refer to those before them."""
    outputs: dict[str, JSON] = {}
    context = cursor.context(outputs=outputs)
    for name, expression in cursor.plan.workflow.outputs.items():
        outputs.update(flow.evaluated_outputs({name: expression}, context))
    return outputs
