"""Step Objects, with the workflow's parameters and default actions merged in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..faults import DocumentFault, clipped
from ..model import Step, Target
from . import schema, values
from .actions import actions, criteria, merged_actions
from .dependencies import depends_on
from .requests import Parameters, as_inputs, check_inputs, merged_parameters, parameters, request_body
from .targets import ACTIONS, target

if TYPE_CHECKING:
    from ..faults import Severity
    from ..model import Action, Output, Parameter
    from ..templates import Template
    from .components import Components
    from .cursor import NodeCursor
    from .references import Moment, Setting


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a workflow gives to each of its steps."""

    parameters: Parameters = field(default_factory=Parameters)
    on_success: tuple[Action, ...] = ()
    on_failure: tuple[Action, ...] = ()


def step(cursor: NodeCursor, defaults: Defaults, components: Components, setting: Setting) -> Step | None:
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
    on_success = actions(cursor, "onSuccess", "successActions", components, setting)
    on_failure = actions(cursor, "onFailure", "failureActions", components, setting)
    return Step(
        step_id=step_id,
        target=runs or Target(),
        description=cursor.words("description"),
        parameters=_parameters(cursor, runs, defaults, components, setting),
        request_body=request_body(cursor.child("requestBody"), setting),
        success_criteria=criteria(cursor, "successCriteria", setting, filled=True),
        on_success=merged_actions(on_success, defaults.on_success),
        on_failure=merged_actions(on_failure, defaults.on_failure),
        outputs=parse_outputs(cursor, setting, "answer"),
        timeout=None if timeout is None else timeout / 1000,
        depends_on=depends_on(cursor, setting) if cursor.scope.minor else (),
        action=cursor.choice("action", ACTIONS) if cursor.scope.minor else None,
        correlation_id=_correlation_id(cursor, setting),
        extensions=cursor.extensions(),
        place=cursor.place,
    )


def parse_outputs(cursor: NodeCursor, setting: Setting, moment: Moment) -> dict[str, Output]:
    """Read the outputs of a step or a workflow; those that cannot be read are left out."""
    parsed = ((name, values.output(entry, setting, moment)) for name, entry in cursor.map("outputs"))
    return {name: found for name, found in parsed if found is not None}


def check_name(cursor: NodeCursor, key: str, name: str, *, severity: Severity = "warning") -> None:
    """Write down a workflowId, stepId or source name that expressions may not be able to name."""
    child = cursor.child(key)
    if child is not None and not schema.NAME.match(name):
        hint = "use letters, digits, hyphens and underscores"
        child.fault(
            "name-pattern", f"the {key} {clipped(name)} should be a plain name", hint, severity=severity
        )


def _correlation_id(cursor: NodeCursor, setting: Setting) -> Template | None:
    child = cursor.child("correlationId")
    if child is None or not cursor.scope.minor:
        return None
    if child.value is None:
        child.fault("wrong-type", "expected the value that the messages have, found null", "give a string")
        return None
    if cursor.value.get("action") != "receive":
        message = "only a step that receives compares a correlationId"
        cursor.key_fault("correlationId", "exclusive-fields", message, "remove it, or write action: receive")
    return values.template(child, setting)


def _parameters(
    cursor: NodeCursor, runs: Target | None, defaults: Defaults, components: Components, setting: Setting
) -> tuple[Parameter, ...]:
    own = parameters(cursor, components, setting)
    if runs is not None and runs.workflow_id is not None:
        for each in own.all:
            if each.in_ is not None:
                message = (
                    f"the parameter {clipped(each.name)} is an input of the workflow and goes nowhere else"
                )
                fault = DocumentFault("warning", "ignored-field", message, each.place, "remove its in")
                cursor.scope.ledger.add(fault)
        inputs = as_inputs(defaults.parameters, own)
        prefix = f"$sourceDescriptions.{runs.source}." if runs.source else ""
        check_inputs(cursor, f"{prefix}{runs.workflow_id}", inputs, setting)
        return inputs
    together = merged_parameters(defaults.parameters, own)
    if runs is not None:
        _check_places(cursor, together)
    return together


def _check_places(cursor: NodeCursor, given: tuple[Parameter, ...]) -> None:
    """Check where an operation's parameters go: each somewhere, and one query string at the most."""
    places = [each.in_ for each in given]
    on_channel = cursor.scope.minor and "action" in cursor.node.fields
    for each in given:
        message = hint = ""
        if each.in_ is None:
            message = f"the parameter {clipped(each.name)} does not say where it goes"
            hint = "add in: path, query, header or cookie"
        elif each.in_ == "channel" and not on_channel:
            message = f"the parameter {clipped(each.name)} goes in a channel, and the step has none"
            hint = "write in: path, query, header or cookie"
        elif each.in_ == "querystring" and (places.count("querystring") > 1 or "query" in places):
            message = f"the query string {clipped(each.name)} is all of the query"
            hint = "put the other parameters into it, or write each with in: query"
        if message:
            code = "missing-field" if each.in_ is None else "exclusive-fields"
            cursor.scope.ledger.add(DocumentFault("error", code, message, each.place, hint))
