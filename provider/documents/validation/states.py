"""Coverage of states: what becomes of each state that a polled resource may be in.

The criteria are evaluated as in a run, on an answer that holds nothing but the state, so a step's actions are
judged by what they do and not by how they are written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from ...arazzo import criteria
from ...arazzo.expressions import Context
from ...arazzo.polling import leads_back, polls
from ...arazzo.protocol import Response
from ...models import states as statuses
from .walk import concrete, enum_of, passes_list, walk_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ...arazzo.criteria import Criterion
    from ...arazzo.model import Action
    from ...arazzo.parse.cursor import NodeCursor
    from .calls import ServiceCall

Path = tuple[str | int, ...]
Held = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class End:
    """What becomes of a step in one state.

    Attributes:
        kind: ``polls`` (it comes back), ``goes on`` (to ``target``), ``succeeds`` (the workflow), ``fails``
            (the step, and a failure action takes over), ``unknown`` (criteria on other values decide).
        named: Whether an action or a success criterion asks for the state, or an action is for all the rest.
        target: The stepId of the step that follows.
    """

    kind: Literal["polls", "goes on", "succeeds", "fails", "unknown"]
    named: bool
    target: str = ""


def check_states(call: ServiceCall, calls: Mapping[str, ServiceCall]) -> None:
    """Warn of states that no action of a polling step names, and of failures that it takes for success."""
    if not polls(call.workflow, call.index):
        return
    for path in watched(call):
        values = enum_of(walk_body(call.model.output_shape, path))
        ends = {value: end_of(call, calls, path, value) for value in values}
        _report_unnamed(call, ends)
        _report_failures(call, ends)


def watched(call: ServiceCall) -> tuple[Path, ...]:
    """Return where a step's success actions look in the answer for the resource's state: values of an enum.

    The states of a list's elements are those of many resources; what becomes of one says little of the step.
    """
    found = {}
    for action in call.step.on_success:
        for criterion in action.criteria:
            for path in _paths(call, criterion):
                shape = walk_body(call.model.output_shape, path)
                if enum_of(shape) and not passes_list(call.model.output_shape, path):
                    found[path] = True
    return tuple(found)


def _paths(call: ServiceCall, criterion: Criterion) -> list[Path]:
    """Return where a criterion looks in the answer's body for what it compares."""
    return [concrete(call.model.output_shape, comparison.path) for comparison in criterion.comparisons()]


def end_of(call: ServiceCall, calls: Mapping[str, ServiceCall], path: Path, state: str) -> End:
    """Return what becomes of a step when the answer holds a state.

    A step that follows and reads the same resource again is followed too: it sees the same state.
    """
    named, here = False, call
    while True:
        end = _next(here, path, state)
        named = named or end.named
        following = calls.get(end.target)
        if end.kind != "goes on" or following is None or following.model.name != call.model.name:
            return End(end.kind, named, end.target)
        here = following


def _next(call: ServiceCall, path: Path, state: str) -> End:
    response = Response(200, body=_body(path, state))
    held = _all_hold(call, call.step.success_criteria, path, response)
    about = any(_is_about(call, criterion, path) for criterion in call.step.success_criteria)
    if held != "yes":
        return End("fails" if held == "no" else "unknown", named=about)
    for action in call.step.on_success:
        held = _all_hold(call, action.criteria, path, response)
        if held == "unknown":
            return End(
                "unknown", named=any(_is_about(call, criterion, path) for criterion in action.criteria)
            )
        if held == "yes":
            asked = any(_is_about(call, criterion, path) for criterion in action.criteria)
            return _taken(call, action, named=about or asked or not action.criteria)
    following = call.workflow.steps[call.index + 1 : call.index + 2]
    return End("goes on", about, following[0].step_id) if following else End("succeeds", about)


def _taken(call: ServiceCall, action: Action, *, named: bool) -> End:
    if action.type == "end":
        return End("succeeds", named)
    if action.step_id is None:
        return End("unknown", named)
    back = leads_back(call.workflow, call.index, action)
    return End("polls" if back else "goes on", named, action.step_id)


def _body(path: Path, state: str) -> object:
    """Return an answer's body that holds a state at a path and nothing else."""
    value: object = state
    for part in reversed(path):
        value = {part: value}
    return value


def _all_hold(call: ServiceCall, found: Iterable[Criterion], path: Path, response: Response) -> Held:
    held: Held = "yes"
    for criterion in found:
        if not _is_decided(call, criterion, path):
            held = "unknown"
        elif not criteria.holds(criterion, Context(response=response)):
            return "no"
    return held


def _is_about(call: ServiceCall, criterion: Criterion, path: Path) -> bool:
    return path in _paths(call, criterion)


def _is_decided(call: ServiceCall, criterion: Criterion, path: Path) -> bool:
    """Whether a criterion depends on nothing but the state and the status code."""
    compared = _paths(call, criterion)
    if compared:
        return all(each == path for each in compared)
    return all(expression.root == "statusCode" for expression in criterion.expressions())


def names_failure(state: str, *, named: bool) -> bool:
    """Whether a state's name says that something failed for good.

    That the resource is gone is a failure only where the document does not speak of it: it may be the aim.
    """
    failed = statuses.is_failure(state) or (statuses.is_gone(state) and not named)
    return failed and not statuses.is_passing(state)


def _report_unnamed(call: ServiceCall, ends: Mapping[str, End]) -> None:
    """Warn of the states that no action asks for, and say what follows; to poll on is what a poll is for."""
    after: dict[str, list[str]] = {}
    for state, end in ends.items():
        if not end.named and end.kind in ("goes on", "succeeds", "fails"):
            after.setdefault(_SAID[end.kind].format(target=end.target), []).append(state)
    for what, states in after.items():
        message = f"no action of {call.step.step_id} names {', '.join(states)}; {what}"
        _at(call).fault("unnamed-states", message, "add an action for each", severity="warning")


_SAID: Final = {
    "goes on": "the workflow goes on with {target}",
    "succeeds": "the workflow ends as succeeded",
    "polls": "the step polls until the deadline",
    "fails": "the step fails",
}


def _report_failures(call: ServiceCall, ends: Mapping[str, End]) -> None:
    """Warn of the failed states after which the workflow goes on, succeeds or polls for ever."""
    after: dict[str, list[str]] = {}
    for state, end in ends.items():
        # A named failure that goes on to another operation is handled there: a clean-up, say.
        handled = end.kind in ("fails", "unknown") or (end.kind == "goes on" and end.named)
        if names_failure(state, named=end.named) and not handled:
            after.setdefault(_SAID[end.kind].format(target=end.target), []).append(state)
    for what, states in after.items():
        message = f"after {', '.join(states)} {what}"
        hint = "let successCriteria refuse these states, here or in a step of their own"
        _at(call).fault("failure-ignored", message, hint, severity="warning")


def _at(call: ServiceCall) -> NodeCursor:
    return call.cursor.child("onSuccess") or call.cursor
