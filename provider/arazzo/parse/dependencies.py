"""What steps wait for, and their order by it (Arazzo 1.1.0, Step Dependencies and Execution Order)."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from ...nearest import did_you_mean
from ..faults import DocumentFault, clipped
from ..model import split_dependency

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..faults import Ledger
    from ..model import Step
    from .cursor import NodeCursor
    from .references import Setting, StepUse


def depends_on(cursor: NodeCursor, setting: Setting) -> tuple[str, ...]:
    """Read the steps that a step depends on; those that do not exist are left out, with their faults."""
    found = []
    for entry in cursor.list("dependsOn", filled=True):
        if not isinstance(entry.value, str) or not entry.value:
            entry.fault("wrong-type", "a step that this one depends on must be a string", "give its stepId")
        elif entry.value == cursor.scope.step:
            entry.fault("endless-dependency", "the step depends on itself", "remove it")
        elif _is_there(entry, entry.value, setting):
            found.append(entry.value)
    return tuple(dict.fromkeys(found))


def _is_there(cursor: NodeCursor, text: str, setting: Setting) -> bool:
    if not text.startswith("$"):
        steps = setting.workflow.steps if setting.workflow else {}
        return _is_step(cursor, text, steps, "the workflow")
    workflow_id, step = split_dependency(text)
    if workflow_id is None:
        hint = "a step of another workflow is $workflows.<workflowId>.steps.<stepId>"
        cursor.fault("bad-dependency", f"{clipped(text)} names no step", hint)
        return False
    names = setting.names.workflow(workflow_id)
    if names is None:
        _no_workflow(cursor, workflow_id, setting)
        return False
    return _is_step(cursor, step, names.steps, f"the workflow {workflow_id}")


def _no_workflow(cursor: NodeCursor, workflow_id: str, setting: Setting) -> None:
    found = setting.names.source_and_rest(workflow_id) if workflow_id.startswith("$") else None
    if found is None or found[0].document is not None:  # else the source's own fault says it all
        hint = did_you_mean(workflow_id, setting.names.workflows)
        cursor.fault("unknown-workflow", f"there is no workflow {clipped(workflow_id)}", hint)


def _is_step(cursor: NodeCursor, step: str, known: Mapping[str, object], where: str) -> bool:
    if step not in known:
        cursor.fault("unknown-step", f"{where} has no step {clipped(step)}", did_you_mean(step, known))
    return step in known


def ordered(steps: tuple[Step, ...], uses: Iterable[StepUse], ledger: Ledger) -> tuple[Step, ...]:
    """Return a workflow's steps in an order that satisfies their dependencies, else in that of the text.

    Outputs that are referred to count as dependencies too. Without any ``dependsOn`` the order is the
    text's: a reference to a later step is a fault then.
    """
    explicit = {
        each.step_id: [name for name in each.depends_on if not name.startswith("$")] for each in steps
    }
    if not any(each.depends_on for each in steps):
        return steps
    circle = _circle(explicit)
    if circle:
        _write_down(steps, circle, ledger)
        return steps
    both = {step_id: list(names) for step_id, names in explicit.items()}
    for use in uses:
        here = use.cursor.scope.step
        if here in both and use.used in both and here != use.used:
            both[here].append(use.used)
    # A loop reads what a later step has put out in the round before: such references give no order.
    return _sorted(steps, explicit if _circle(both) else both)


def _circle(needs: Mapping[str, list[str]]) -> list[str]:
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return [*error.args[1]]
    return []


def _write_down(steps: tuple[Step, ...], circle: list[str], ledger: Ledger) -> None:
    first = next(each for each in steps if each.step_id in circle)
    message = f"the steps {', '.join(dict.fromkeys(circle))} wait for one another"
    hint = "remove one of the dependencies"
    ledger.add(DocumentFault("error", "endless-dependency", message, first.place, hint))


def _sorted(steps: tuple[Step, ...], needs: Mapping[str, list[str]]) -> tuple[Step, ...]:
    """Take the first step of the text whose dependencies are all taken, again and again."""
    names: set[str] = set()
    waiting, done = list(steps), []
    while waiting:
        ready = next(each for each in waiting if names.issuperset(needs[each.step_id]))
        waiting.remove(ready)
        done.append(ready)
        names.add(ready.step_id)
    return tuple(done)
