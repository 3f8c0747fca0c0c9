"""Success Action Objects, Failure Action Objects and lists of criteria."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from ...nearest import did_you_mean
from ..faults import DocumentFault, clipped
from ..model import Action
from . import schema, values
from .requests import check_inputs, parameters
from .targets import workflow_is_there

if TYPE_CHECKING:
    from ..criteria import Criterion
    from ..model import Parameter
    from ..protocol import JSON
    from .components import Components, Kind, Resolved
    from .cursor import NodeCursor
    from .references import Setting

ActionKind = Literal["successActions", "failureActions"]

_FIELDS: Final = {"successActions": schema.SUCCESS_ACTION, "failureActions": schema.FAILURE_ACTION}
_TYPES: Final[dict[str, tuple[Literal["end", "goto", "retry"], ...]]] = {
    "successActions": ("end", "goto"),
    "failureActions": ("end", "goto", "retry"),
}
_MEANT_FOR: Final = {
    "workflowId": ("goto", "retry"),
    "stepId": ("goto", "retry"),
    "retryAfter": ("retry",),
    "retryLimit": ("retry",),
}


def actions(
    cursor: NodeCursor, field: str, kind: ActionKind, components: Components, setting: Setting
) -> tuple[Action, ...]:
    """Read a list of actions and references to actions, in order."""
    found: list[Action] = []
    seen: list[JSON] = []
    for entry in cursor.list(field):
        resolved = components.resolve(entry, kind)
        parsed = action(resolved, kind, components, setting) if resolved else None
        if parsed is None:
            continue
        if entry.value not in seen and any(parsed.name == other.name for other in found):
            message = f"the action {clipped(parsed.name)} is defined twice"
            entry.fault("duplicate-action", message, "give each a name of its own", severity="warning")
        found.append(parsed)
        seen.append(entry.value)
    return tuple(found)


def merged_actions(own: tuple[Action, ...], defaults: tuple[Action, ...]) -> tuple[Action, ...]:
    """Return a step's actions: its own, then those of its workflow that no own one of their name overrides.

    "Can be overridden at the step level but cannot be removed there" (Workflow Object).
    """
    names = {each.name for each in own}
    return (*own, *(each for each in defaults if each.name not in names))


def action(resolved: Resolved, kind: Kind, components: Components, setting: Setting) -> Action | None:
    """Read one action; None where its name or its type cannot be told."""
    cursor = resolved.cursor
    if not cursor.is_object(_FIELDS[kind]):
        return None
    name, type_ = cursor.text("name"), cursor.choice("type", _TYPES[kind])
    if name is None or type_ is None:
        return None
    limit = cursor.number("retryLimit", whole=True)
    parsed = Action(
        name=name,
        type=type_,
        workflow_id=cursor.text("workflowId"),
        step_id=cursor.text("stepId"),
        retry_after=cursor.number("retryAfter"),
        retry_limit=None if limit is None else int(limit),
        criteria=criteria(cursor, "criteria", setting, filled=kind == "successActions"),
        parameters=_parameters(cursor, components, setting),
        place=cursor.place,
    )
    _check_fields(cursor, parsed, kind)
    _check_target(resolved, parsed, setting)
    return parsed


def criteria(
    cursor: NodeCursor, field: str, setting: Setting, *, filled: bool = False
) -> tuple[Criterion, ...]:
    """Read a list of criteria; those that cannot be read are left out, with their faults written down."""
    parsed = (values.criterion(entry, setting) for entry in cursor.list(field, filled=filled))
    return tuple(each for each in parsed if each is not None)


def _parameters(cursor: NodeCursor, components: Components, setting: Setting) -> tuple[Parameter, ...] | None:
    """Read what an action hands to its workflow (Arazzo 1.1); None where it says nothing of it."""
    given = cursor.child("parameters")
    if given is None or not cursor.scope.minor:
        return None
    if "workflowId" not in cursor.node.fields:
        message = "the action has parameters and no workflow that takes them"
        cursor.key_fault("parameters", "missing-field", message, "add workflowId, or remove the parameters")
    found = parameters(cursor, components, setting, "answer").all
    for each in found:
        if each.in_ is not None:
            message = f"the parameter {clipped(each.name)} is an input of the workflow and goes nowhere else"
            cursor.scope.ledger.add(
                DocumentFault("error", "ignored-field", message, each.place, "remove its in")
            )
    return found


def _check_fields(cursor: NodeCursor, action: Action, kind: Kind) -> None:
    for key, types in _MEANT_FOR.items():
        known = _FIELDS[kind].known(cursor.scope.minor)
        if key in cursor.node.fields and key in known and action.type not in types:
            message = f"{key} has no effect in an action of type {action.type}"
            cursor.key_fault(key, "ignored-field", message, "remove it", severity="warning")
    both = action.step_id is not None and action.workflow_id is not None
    neither = action.step_id is None and action.workflow_id is None and action.type == "goto"
    if action.type != "end" and (both or neither):
        message = f"an action of type {action.type} has {'both' if both else 'neither'} stepId and workflowId"
        cursor.fault(
            "exclusive-fields",
            message.replace("neither stepId and", "neither stepId nor"),
            "give one of the two",
        )


def _check_target(resolved: Resolved, action: Action, setting: Setting) -> None:
    """Check that a step or a workflow leads somewhere; a component's step has to be where it is used."""
    cursor = resolved.cursor
    workflow = cursor.child("workflowId")
    step = cursor.child("stepId") if resolved.use is cursor else resolved.use
    if action.workflow_id is not None and workflow is not None:
        there = workflow_is_there(workflow, action.workflow_id, setting.names)
        if there and action.parameters is not None:
            check_inputs(cursor, action.workflow_id, action.parameters, setting)
    if action.step_id is None or step is None or setting.workflow is None:
        return
    if action.step_id not in setting.workflow.steps:
        message = f"the workflow has no step {clipped(action.step_id)}"
        step.fault("unknown-step", message, did_you_mean(action.step_id, setting.workflow.steps))
