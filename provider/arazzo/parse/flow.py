"""Which step can come after which: unreachable steps, and references to steps that cannot have run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provider.arazzo.faults import Fault, clipped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from provider.arazzo.faults import Ledger, Severity
    from provider.arazzo.model import Step, Workflow
    from provider.arazzo.parse.values import StepUse


def check(workflow: Workflow, uses: Iterable[StepUse], ledger: Ledger) -> None:
    """Write down the workflow's unreachable steps and the references that never have a value."""
    position = {step.step_id: index for index, step in enumerate(workflow.steps)}
    after = closure([successors(workflow, index) for index in range(len(workflow.steps))])
    reachable = {0} | after[0] if after else set()
    for index, step in enumerate(workflow.steps):
        if index not in reachable:
            ledger.add(_unreachable(step))
    for use in uses:
        _check_use(use, position, after, reachable)


def _unreachable(step: Step) -> Fault:
    message = f"nothing leads to the step {clipped(step.step_id)}"
    return Fault(
        "warning", "unreachable-step", message, step.place, "add an action that goes there, or remove it"
    )


def _check_use(use: StepUse, position: dict[str, int], after: list[set[int]], reachable: set[int]) -> None:
    used = position.get(use.used)
    here = position.get(use.cursor.scope.step or "")
    if used is None or (here == used and use.moment == "answer"):
        return
    if used not in reachable or (here is not None and here in reachable and here not in after[used]):
        before = f"before {clipped(use.cursor.scope.step or '')}" if here is not None else "at all"
        message = f"the step {clipped(use.used)} cannot have run {before}, so its outputs have no value"
        severity: Severity = "warning" if use.moment == "end" else "error"
        hint = "refer to a step that comes earlier, or reorder the steps"
        use.cursor.fault("not-run-before", message, hint, severity=severity)


def successors(workflow: Workflow, index: int) -> set[int]:
    """Return the positions of the steps that can follow a step, whatever its criteria say.

    An action without criteria is always taken, so nothing after it in its list is, nor the next step. A retry
    that runs another step first counts as going there and coming back.
    """
    step = workflow.steps[index]
    ids = {each.step_id: position for position, each in enumerate(workflow.steps)}
    following = {ids[name] for name in step_targets(step) if name in ids}
    if falls_through(step) and index + 1 < len(workflow.steps):
        following.add(index + 1)
    return following | {
        position
        for position, other in enumerate(workflow.steps)
        if any(action.type == "retry" and action.step_id == step.step_id for action in other.on_failure)
    }


def step_targets(step: Step) -> set[str]:
    """Return the stepIds that the actions of a step lead to."""
    found = set()
    for actions in (step.on_success, step.on_failure):
        for action in actions:
            if action.step_id is not None and action.type != "end":
                found.add(action.step_id)
            if not action.criteria and action.type != "retry":
                break
    return found


def falls_through(step: Step) -> bool:
    """Whether a step that succeeded can go on to the next one: no success action is always taken."""
    return all(action.criteria for action in step.on_success)


def closure(edges: list[set[int]]) -> list[set[int]]:
    """Return, for each node, the nodes that one or more edges lead to (Warshall's algorithm on bit sets)."""
    count = len(edges)
    reach = [sum(1 << target for target in targets) for targets in edges]
    for middle in range(count):
        beyond, bit = reach[middle], 1 << middle
        for start in range(count):
            if reach[start] & bit:
                reach[start] |= beyond
    return [{target for target in range(count) if bits >> target & 1} for bits in reach]
