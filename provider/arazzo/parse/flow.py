"""Which step can come after which: unreachable steps, and references to steps that cannot have run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..faults import DocumentFault, clipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..faults import Ledger, Severity
    from ..model import Action, Step, Workflow
    from .references import StepUse


def check_flow(workflow: Workflow, uses: Iterable[StepUse], ledger: Ledger) -> None:
    """Write down the workflow's unreachable steps and the references that never have a value."""
    position = {step.step_id: index for index, step in enumerate(workflow.steps)}
    after = closure(successors(workflow.steps, position))
    reachable = 1 | after[0] if after else 0
    for index, step in enumerate(workflow.steps):
        if not reachable >> index & 1:
            ledger.add(_unreachable(step))
    for use in uses:
        _check_use(use, position, after, reachable)


def _unreachable(step: Step) -> DocumentFault:
    message = f"nothing leads to the step {clipped(step.step_id)}"
    hint = "add an action that goes there, or remove it"
    return DocumentFault("warning", "unreachable-step", message, step.place, hint)


def _check_use(use: StepUse, position: dict[str, int], after: list[int], reachable: int) -> None:
    used = position.get(use.used)
    here = position.get(use.cursor.scope.step or "")
    if used is None or (here == used and use.moment == "answer"):
        return
    never = not reachable >> used & 1
    later = here is not None and reachable >> here & 1 and not after[used] >> here & 1
    if never or later:
        before = "at all" if here is None else f"before {clipped(use.cursor.scope.step or '')}"
        message = f"the step {clipped(use.used)} cannot have run {before}, so its outputs have no value"
        severity: Severity = "warning" if use.moment == "end" else "error"
        hint = "refer to a step that comes earlier, or reorder the steps"
        use.cursor.fault("not-run-before", message, hint, severity=severity)


def successors(steps: Sequence[Step], position: dict[str, int]) -> list[int]:
    """Return, for each step, the set of the steps that can follow it, whatever its criteria say.

    An action without criteria is always taken, so nothing after it in its list is, nor the next step. A retry
    that runs another step first counts as going there and coming back.
    """
    following = [0] * len(steps)
    for index, step in enumerate(steps):
        if index + 1 < len(steps) and all(action.criteria for action in step.on_success):
            following[index] |= 1 << index + 1
        for action in (*_in_reach(step.on_success), *_in_reach(step.on_failure)):
            target = position.get(action.step_id or "")
            if target is None or action.type == "end":
                continue
            following[index] |= 1 << target
            if action.type == "retry":
                following[target] |= 1 << index
    return following


def _in_reach(actions: Sequence[Action]) -> Sequence[Action]:
    """Return the actions up to the first that is always taken; a retry is only taken so many times."""
    for index, action in enumerate(actions):
        if not action.criteria and action.type != "retry":
            return actions[: index + 1]
    return actions


def closure(edges: Sequence[int]) -> list[int]:
    """Return, for each node, the nodes that one or more edges lead to.

    Sets of nodes are integers with a bit for each (Warshall's algorithm on bit sets).
    """
    reach = list(edges)
    for middle in range(len(reach)):
        bit = 1 << middle
        for start, bits in enumerate(reach):
            if bits & bit:
                reach[start] = bits | reach[middle]
    return reach
