"""Step Objects, with the workflow's parameters and default actions merged in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..faults import Fault, clipped, did_you_mean
from ..model import Step, Target
from . import schema, values
from .actions import actions, criteria
from .requests import Parameters, as_inputs, merged, parameters, request_body
from .targets import target

if TYPE_CHECKING:
    from ..expressions import Expression
    from ..faults import Severity
    from ..model import Action, Parameter
    from .components import Components
    from .cursor import Cursor
    from .values import Moment, Setting


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a workflow gives to each of its steps."""

    parameters: Parameters = field(default_factory=Parameters)
    on_success: tuple[Action, ...] = ()
    on_failure: tuple[Action, ...] = ()


def step(cursor: Cursor, defaults: Defaults, components: Components, setting: Setting) -> Step | None:
    """Read one step; None where it has no usable stepId."""
    if not cursor.is_object(schema.STEP):
        return None
    step_id = cursor.text("stepId")
    if step_id is None:
        return None
    cursor = cursor.within(step=step_id)
    check_name(cursor, "stepId", step_id)
    runs = target(cursor, setting.names)
    timeout = cursor.number("timeout", whole=True)
    return Step(
        step_id=step_id,
        target=runs or Target(),
        description=cursor.words("description"),
        parameters=_parameters(cursor, runs, defaults, components, setting),
        request_body=request_body(cursor.child("requestBody"), setting),
        success_criteria=criteria(cursor, "successCriteria", setting),
        on_success=actions(cursor, "onSuccess", "successActions", components, setting) or defaults.on_success,
        on_failure=actions(cursor, "onFailure", "failureActions", components, setting) or defaults.on_failure,
        outputs=outputs(cursor, setting, "answer"),
        timeout=None if timeout is None else timeout / 1000,
        extensions=cursor.extensions(),
        place=cursor.place,
    )


def outputs(cursor: Cursor, setting: Setting, moment: Moment) -> dict[str, Expression]:
    """Read the outputs of a step or a workflow; those that cannot be read are left out."""
    parsed = ((name, values.expression(entry, setting, moment)) for name, entry in cursor.map("outputs"))
    return {name: expression for name, expression in parsed if expression is not None}


def check_name(cursor: Cursor, key: str, name: str) -> None:
    """Warn of a workflowId, stepId or source name that expressions may not be able to name."""
    child = cursor.child(key)
    if child is not None and not schema.NAME.match(name):
        hint = "use letters, digits, hyphens and underscores"
        child.fault(
            "name-pattern", f"the {key} {clipped(name)} should be a plain name", hint, severity="warning"
        )


def _parameters(
    cursor: Cursor, runs: Target | None, defaults: Defaults, components: Components, setting: Setting
) -> tuple[Parameter, ...]:
    own = parameters(cursor, components, setting)
    if runs is not None and runs.workflow_id is not None:
        inputs = as_inputs(defaults.parameters, own)
        _check_inputs(cursor, runs, inputs, setting)
        return inputs
    together = merged(defaults.parameters, own)
    for each in together if runs is not None else ():
        if each.in_ is None:
            message = f"the parameter {clipped(each.name)} does not say where it goes"
            hint = "add in: path, query, header or cookie"
            cursor.scope.ledger.add(Fault("error", "missing-field", message, each.place, hint))
    return together


def _check_inputs(cursor: Cursor, runs: Target, given: tuple[Parameter, ...], setting: Setting) -> None:
    """Compare what a workflow is given with the inputs that it has."""
    prefix = f"$sourceDescriptions.{runs.source}." if runs.source else ""
    names = setting.names.workflow(f"{prefix}{runs.workflow_id}")
    if names is None or names.inputs is None:
        return
    for each in given:
        if each.name not in names.inputs:
            message = f"the workflow {runs.workflow_id} has no input {clipped(each.name)}"
            severity: Severity = "error" if names.closed else "warning"
            cursor.fault("unknown-input", message, did_you_mean(each.name, names.inputs), severity=severity)
