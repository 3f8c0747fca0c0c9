"""Workflow Objects."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ..faults import clipped
from ..model import Workflow
from . import dependencies, flow, schema
from .actions import actions
from .requests import parameters
from .steps import Defaults, check_name, parse_outputs, step
from .targets import workflow_is_there

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model import Step
    from ..protocol import JSON
    from .components import Components
    from .cursor import NodeCursor
    from .references import Setting


def workflows(
    root: NodeCursor, schemas: Mapping[str, JSON], components: Components, setting: Setting
) -> tuple[Workflow, ...]:
    """Read the workflows of a document, in order."""
    found: dict[str, Workflow] = {}
    for cursor in root.list("workflows", filled=True, unique=False):
        parsed = _workflow(cursor, schemas, components, setting)
        if parsed is None:
            continue
        if parsed.workflow_id in found:
            message = f"the workflow {clipped(parsed.workflow_id)} is defined twice"
            (cursor.child("workflowId") or cursor).fault(
                "duplicate-workflow", message, "rename one of the two"
            )
        found.setdefault(parsed.workflow_id, parsed)
    _check_circles(root, found)
    return tuple(found.values())


def _check_circles(root: NodeCursor, workflows: Mapping[str, Workflow]) -> None:
    """Write down the workflows that wait for themselves."""
    position = {workflow_id: index for index, workflow_id in enumerate(workflows)}
    edges = [
        sum(1 << position[each] for each in workflow.depends_on if each in position)
        for workflow in workflows.values()
    ]
    after = flow.closure(edges)
    for index, workflow in enumerate(workflows.values()):
        if after[index] >> index & 1:
            message = f"the workflow {clipped(workflow.workflow_id)} depends on itself"
            cursor = root.at(workflow.place.path or "").within(workflow=workflow.workflow_id)
            hint = "remove one of the dependencies"
            (cursor.child("dependsOn") or cursor).fault("endless-dependency", message, hint)


def _workflow(
    cursor: NodeCursor, schemas: Mapping[str, JSON], components: Components, general: Setting
) -> Workflow | None:
    if not cursor.is_object(schema.WORKFLOW):
        return None
    workflow_id = cursor.text("workflowId")
    if workflow_id is None:
        return None
    cursor = cursor.within(workflow=workflow_id)
    check_name(cursor, "workflowId", workflow_id)
    depends_on = _depends_on(cursor, general)
    names = general.names.workflows.get(workflow_id)
    setting = replace(general, workflow=names, called=partial(_called, cursor, depends_on), uses=[])
    steps = dependencies.ordered(_steps(cursor, components, setting), setting.uses, cursor.scope.ledger)
    parsed = Workflow(
        workflow_id=workflow_id,
        summary=cursor.words("summary"),
        description=cursor.words("description"),
        inputs=schemas.get(workflow_id),
        depends_on=depends_on,
        steps=steps,
        outputs=parse_outputs(cursor, setting, "end"),
        extensions=cursor.extensions(),
        place=cursor.place,
    )
    if len(steps) == len(cursor.list("steps")):
        flow.check_flow(parsed, setting.uses, cursor.scope.ledger)
    return parsed


def _steps(cursor: NodeCursor, components: Components, setting: Setting) -> tuple[Step, ...]:
    defaults = Defaults(
        parameters(cursor, components, setting),
        actions(cursor, "successActions", "successActions", components, setting),
        actions(cursor, "failureActions", "failureActions", components, setting),
    )
    found: dict[str, Step] = {}
    for entry in cursor.list("steps", filled=True, unique=False):
        parsed = step(entry, defaults, components, setting)
        if parsed is None:
            continue
        if parsed.step_id in found:
            message = f"the step {clipped(parsed.step_id)} is defined twice"
            (entry.child("stepId") or entry).fault("duplicate-step", message, "rename one of the two")
        found.setdefault(parsed.step_id, parsed)
    return tuple(found.values())


def _depends_on(cursor: NodeCursor, setting: Setting) -> tuple[str, ...]:
    found: list[str] = []
    for entry in cursor.list("dependsOn", unique=False):
        if not isinstance(entry.value, str):
            entry.fault(
                "wrong-type", "a workflow that this one depends on must be a string", "give its workflowId"
            )
        elif entry.value in found:
            entry.fault(
                "duplicate-dependency", f"{clipped(entry.value)} is defined twice", "remove one of the two"
            )
        elif workflow_is_there(entry, entry.value, setting.names):
            found.append(entry.value)
    return tuple(found)


def _called(cursor: NodeCursor, depends_on: tuple[str, ...]) -> frozenset[str]:
    """Return the workflowIds that anything in a workflow names: their outputs may be there."""
    return frozenset(
        leaf.value
        for leaf in cursor.leaves()
        if leaf.path.endswith("/workflowId") and isinstance(leaf.value, str) and leaf.path.count("/") > _OWN
    ).union(depends_on)


_OWN = 3
"""The depth of a workflow's own workflowId (``/workflows/0/workflowId``)."""
