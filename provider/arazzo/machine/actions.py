"""What a matching action does (Arazzo 1.0.1, Success Action Object and Failure Action Object)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..protocol import Failure
from ..syntax import TextError
from . import requests
from .cursor import Asking, Ended

if TYPE_CHECKING:
    from ..expressions import Context
    from ..model import Action
    from ..protocol import Response
    from .cursor import Cursor, Outcome
    from .program import Address, StepPlan
    from .state import Frame, Role


def goto(cursor: Cursor, action: Action, plan: StepPlan, context: Context, reason: str) -> Outcome:
    """Go to another step or workflow, one way; to one that has run in this visit already, after a wait."""
    if action.step_id is None:
        return _goto_workflow(cursor, action, context, reason)
    return _goto_step(cursor, action.step_id, plan, context.response, reason)


def look_again(cursor: Cursor, plan: StepPlan, response: Response, reason: str) -> Outcome:
    """Run the step again after a wait, as a goto to itself would."""
    return _goto_step(cursor, plan.step.step_id, plan, response, reason)


def _goto_step(cursor: Cursor, to: str, plan: StepPlan, response: Response | None, reason: str) -> Outcome:
    frame, ref, asker = cursor.draft.top, cursor.ref(), plan.step.step_id
    frame["step"] = to
    frame["back"] = []
    frame["until"] = None
    if to not in frame["ran"]:
        return None
    count = frame["ran"][asker]
    frame["ran"] = {**frame["ran"], asker: count + 1}
    return cursor.wait("poll", Asking(ref, count, reason), to, cursor.asked(response))


def _goto_workflow(cursor: Cursor, action: Action, context: Context, reason: str) -> Outcome:
    frame, ref, here = cursor.draft.top, cursor.ref(), _name(cursor.plan.address)
    address = cursor.locate(action.workflow_id)
    inner = _begun(cursor, action, address, context, frame["role"])
    if isinstance(inner, Failure):
        return Ended(inner)
    passed = {here: 0, **frame["passed"]}
    before = passed.get(_name(address))
    inner["passed"] = {**passed, _name(address): 0 if before is None else before + 1}
    cursor.leave_for(inner)
    if before is None:
        return None
    asking = Asking(ref, before, reason)
    return cursor.wait("poll", asking, address.workflow_id, cursor.asked(context.response))


def _begun(cursor: Cursor, action: Action, address: Address, context: Context, role: Role) -> Frame | Failure:
    """Begin the visit of an action's workflow, with the inputs that the action gives or those at hand."""
    if action.parameters is None:
        return cursor.visit(address, cursor.carried(address), role)
    try:
        given = requests.arguments(action.parameters, context)
    except TextError as error:
        return cursor.failure(f"the action {action.name} cannot be taken: {error}", context.response)
    return cursor.visit(address, given, role)


def retry(cursor: Cursor, action: Action, plan: StepPlan, context: Context, reason: str) -> Outcome:
    """Wait, run what the action names first, if anything, and then the step again."""
    frame, step_id = cursor.draft.top, plan.step.step_id
    used = frame["retries"].get(step_id, {})
    asking = Asking(cursor.ref(), used.get(action.name, 0), reason)
    frame["retries"] = {**frame["retries"], step_id: {**used, action.name: asking.before + 1}}
    frame["until"] = None
    target = action.step_id or step_id
    if action.step_id is not None:
        frame["back"] = [*frame["back"], step_id]
        frame["step"] = action.step_id
    elif action.workflow_id is not None:
        address = cursor.locate(action.workflow_id)
        inner = _begun(cursor, action, address, context, "retry")
        if isinstance(inner, Failure):
            return Ended(inner)
        cursor.push(inner)
        target = address.workflow_id
    return cursor.wait("retry", asking, target, cursor.asked(context.response, action.retry_after))


def _name(address: Address) -> str:
    return "/".join((*address.source, address.workflow_id))
