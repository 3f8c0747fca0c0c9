"""One turn of the machine: from an answer, or from the end of a wait, to the next effect."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from ...errors import LimitError
from ..protocol import Call, Finish, Response, Wait
from ..syntax import TextError
from . import actions, flow, visits
from .cursor import Ended, Returned

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..expressions import Context
    from ..protocol import JSON, Effect, Failure, Operation
    from .cursor import Cursor, Outcome
    from .program import StepPlan
    from .results import NoAnswer

    Pending = Callable[[Operation, Response], Literal["pending", "unknown"] | None]

_EFFECTS: Final = (Call, Wait, Finish)


class Turn:
    """Moves a cursor on until it needs something from the world.

    Args:
        cursor: Where the run stands.
        strict_polls: Whether a polling step fails whose success no action matches.
        pending: Says of such a success that it is on its way still, so that it is looked at again; and of an
            answer that it refuses that nobody knows its status.
    """

    __slots__ = ("_cursor", "_pending", "_response", "_strict_polls")

    def __init__(self, cursor: Cursor, *, strict_polls: bool, pending: Pending) -> None:
        self._cursor = cursor
        self._strict_polls = strict_polls
        self._pending = pending
        self._response: Response | None = None  # the answer that this turn began with

    def go_on(self, answer: Response | NoAnswer | None) -> Effect:
        """Return the next effect: with the answer to the call under way, or after a wait without one."""
        self._cursor.draft.run["awaits"] = "nothing"
        self._response = answer if isinstance(answer, Response) else None
        until = self._cursor.until()
        outcome: Outcome = None
        if until is not None and self._cursor.now >= until:
            outcome = self._late(answer)
        elif answer is not None:
            outcome = self._answered(answer)
        while not isinstance(outcome, _EFFECTS):
            outcome = self._follow(outcome)
        return outcome

    def _follow(self, outcome: Ended | Returned | None) -> Outcome:
        if outcome is None:
            return self._next()
        if isinstance(outcome, Ended):
            return visits.conclude(self._cursor, outcome.failure)
        return self._returned(outcome)

    # Beginning a step

    def _next(self) -> Outcome:
        """Begin what comes next in the innermost workflow: a dependency, a step, or its end."""
        cursor = self._cursor
        frame, needs = cursor.draft.top, cursor.plan.depends_on
        if frame["needs"] < len(needs):
            return visits.depend(cursor, needs[frame["needs"]])
        if frame["step"] is None:
            return Ended(None)
        self._count()
        self._response = None
        plan = cursor.step()
        if plan.needs and (lacking := cursor.lacking(plan)):
            why = f"the step depends on {lacking}, which has not run"
            return self._failed(plan, cursor.context(), cursor.failure(why))
        timeout = plan.step.timeout
        frame["until"] = None if timeout is None else cursor.now + timeout
        return self._call(plan) if plan.workflow is None else visits.enter(cursor, plan, plan.workflow)

    def _call(self, plan: StepPlan) -> Outcome:
        cursor, run = self._cursor, self._cursor.draft.run
        run["calls"] += 1
        try:
            call = cursor.call(plan)
        except TextError as error:
            return self._failed(plan, cursor.context(), cursor.failure(f"no request can be made: {error}"))
        run["awaits"] = "call"
        run["idle"] = 0
        return call

    def _count(self) -> None:
        run, limits = self._cursor.draft.run, self._cursor.limits
        run["total"] += 1
        run["idle"] += 1
        if run["idle"] > limits.steps_without_call:
            what = f"{limits.steps_without_call} steps in a row ran without a call"
            hint = "the workflow may loop endlessly"
            raise LimitError(what, place=self._cursor.plan.place, hint=hint)
        if limits.steps is not None and run["total"] > limits.steps:
            what = f"the run took more than {limits.steps} steps"
            raise LimitError(what, place=self._cursor.plan.place)

    # Ending a step

    def _answered(self, answer: Response | NoAnswer) -> Outcome:
        """Decide whether the step that was called succeeded, and go on accordingly."""
        cursor, plan = self._cursor, self._cursor.step()
        if not isinstance(answer, Response):
            return self._failed(plan, cursor.context(), cursor.failure(answer.why))
        cursor.own_steps()
        context = cursor.context(plan, answer)
        unmet = flow.unmet(plan, context)
        if unmet is not None:
            outcome = self._failed(plan, context, cursor.failure(unmet.why, answer, unmet.criterion))
            return self._unknown(plan, context, outcome)
        return self._put_out(plan, context, {})

    def _unknown(self, plan: StepPlan, context: Context, outcome: Outcome) -> Outcome:
        """Look again at what a polling step fails over for no more than that nobody knows its status."""
        failure = outcome.failure if isinstance(outcome, Ended) else None
        response = context.response
        if failure is None or not failure.unhandled or response is None or plan.operation is None:
            return outcome
        if not (self._strict_polls and plan.polls) or response.status not in flow.SUCCESSES:
            return outcome
        if self._pending(plan.operation, response) != "unknown":
            return outcome
        found = flow.status_of(plan, response, {})
        return actions.look_again(self._cursor, plan, response, found)

    def _returned(self, returned: Returned) -> Outcome:
        """Likewise for a workflow step; without outputs of its own it has those of its workflow.

        Its criteria see the answer to the workflow's last call: documents judge workflow steps by
        ``$statusCode``, the specification's own example among them.
        """
        cursor, plan = self._cursor, self._cursor.step()
        cursor.own_steps()
        context = cursor.context(response=self._response, outputs=returned.outputs)
        if returned.failure is not None:
            return self._failed(plan, context, returned.failure)
        unmet = flow.unmet(plan, context)
        if unmet is not None:
            return self._failed(plan, context, cursor.failure(unmet.why, self._response, unmet.criterion))
        return self._put_out(plan, context, returned.outputs)

    def _put_out(self, plan: StepPlan, context: Context, given: dict[str, JSON]) -> Outcome:
        """End a step with success, once its outputs have their values; without its own it has the given."""
        try:
            own = flow.evaluated_outputs(plan.step.outputs, context) if plan.step.outputs else given
        except TextError as error:
            failure = self._cursor.failure(f"an output has no value: {error}", context.response)
            return self._failed(plan, context, failure)
        return self._succeeded(plan, context, own)

    def _late(self, answer: Response | NoAnswer | None) -> Outcome:
        """Fail the outermost step whose timeout (Arazzo 1.1) has passed."""
        cursor = self._cursor
        frames = cursor.draft.run["frames"]
        late = next(
            at for at, each in enumerate(frames) if each["until"] is not None and cursor.now >= each["until"]
        )
        response = answer if isinstance(answer, Response) and late == len(frames) - 1 else None
        cursor.unwind(late)
        plan = cursor.step()
        why = f"the step took longer than its timeout of {plan.step.timeout:g} s"
        return self._failed(plan, cursor.context(plan, response), cursor.failure(why, response))

    # Choosing what follows

    def _succeeded(self, plan: StepPlan, context: Context, outputs: dict[str, JSON]) -> Outcome:
        cursor, frame, step_id = self._cursor, self._cursor.draft.top, plan.step.step_id
        frame["steps"][step_id] = outputs  # the draft's own copy, which the context sees too
        if step_id in frame["retries"]:
            frame["retries"] = {key: used for key, used in frame["retries"].items() if key != step_id}
        self._mark(step_id)
        if frame["back"]:
            *frame["back"], frame["step"] = frame["back"]
            return None
        found = flow.status_of(plan, context.response, outputs)
        for action in plan.step.on_success:
            if flow.applies(action, context):
                ends = action.type == "end"
                return Ended(None) if ends else actions.goto(cursor, action, plan, context, found)
        if self._strict_polls and plan.polls:
            return self._unnamed(plan, context, found)
        frame["step"] = plan.next
        return None

    def _unnamed(self, plan: StepPlan, context: Context, found: str) -> Outcome:
        """Look again at what is on its way, fail at anything else that a polling step has no action for."""
        response, operation = context.response, plan.operation
        if operation is not None and response is not None and self._pending(operation, response):
            return actions.look_again(self._cursor, plan, response, found)
        what = f"the status {found}" if found else "what this polling step found"
        failure = self._cursor.failure(f"{what} matches no action of this step", response)
        return self._failed(plan, context, failure)

    def _failed(self, plan: StepPlan, context: Context, failure: Failure) -> Outcome:
        cursor, frame, step_id = self._cursor, self._cursor.draft.top, plan.step.step_id
        self._mark(step_id)
        handled = False
        for action in plan.step.on_failure:
            if not flow.applies(action, context):
                continue
            handled = True
            if action.type == "end":
                break
            if action.type == "goto":
                return actions.goto(cursor, action, plan, context, failure.why)
            if flow.retries_left(action, frame["retries"].get(step_id, {})):
                return actions.retry(cursor, action, plan, context, failure.why)
        return Ended(replace(failure, unhandled=failure.unhandled and not handled))

    def _mark(self, step_id: str) -> None:
        """Note that a step has run, so that a goto back to it is known for a poll."""
        frame = self._cursor.draft.top
        if step_id not in frame["ran"]:
            frame["ran"] = {**frame["ran"], step_id: 0}
