"""Expressions, templates and criteria: parsed, and every reference in them looked up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from .. import criteria, expressions, templates
from ..faults import clipped, did_you_mean
from ..syntax import TextError
from . import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from ..criteria import Criterion
    from ..expressions import Expression
    from ..templates import Template
    from .cursor import Cursor
    from .names import Names, WorkflowNames

Moment = Literal["request", "answer", "end"]
"""When an expression is evaluated: before a step's call, after its answer, or at the workflow's end."""


class StepUse(NamedTuple):
    """A reference to a step's outputs: whether that step can have run is known once the flow is."""

    cursor: Cursor
    used: str
    moment: Moment


@dataclass(frozen=True, slots=True)
class Setting:
    """What the expressions of one place may refer to.

    Attributes:
        names: Everything that the document declares.
        workflow: The names of the workflow that the expressions stand in; None inside the components, where
            nothing is known yet and only the syntax counts.
        called: Returns the workflows that something in this one runs, so that they may have run before.
        uses: Where references to steps are written down.
    """

    names: Names
    workflow: WorkflowNames | None = None
    called: Callable[[], frozenset[str]] = frozenset
    uses: list[StepUse] = field(default_factory=list)


def expression(cursor: Cursor, setting: Setting, moment: Moment) -> Expression | None:
    """Parse an output's expression; None where it is none."""
    if not isinstance(cursor.value, str):
        cursor.fault(
            "wrong-type", "an expression is a text that starts with $", "write it as $response.body#/..."
        )
        return None
    try:
        parsed = expressions.parse(cursor.value)
    except TextError as error:
        text_fault(cursor, error)
        return None
    check(parsed, cursor, setting, moment)
    return parsed


def template(cursor: Cursor, setting: Setting, moment: Moment = "request") -> Template | None:
    """Parse a parameter's or a replacement's value; None where an expression in it cannot be read."""
    try:
        parsed = templates.parse(cursor.value)
    except TextError as error:
        _template_faults(cursor, error, setting, moment)
        return None
    return _checked(parsed, cursor, setting, moment)


def payload(cursor: Cursor, content_type: str | None, setting: Setting) -> Template | None:
    """Parse a request body's payload; None where it cannot be read."""
    try:
        parsed = templates.parse_payload(cursor.value, content_type)
    except TextError as error:
        _template_faults(cursor, error, setting, "request")
        return None
    return _checked(parsed, cursor, setting, "request")


def _checked(parsed: Template, cursor: Cursor, setting: Setting, moment: Moment) -> Template:
    for pointer, found in parsed.expressions():
        check(found, cursor.at(pointer), setting, moment)
    return parsed


def _template_faults(cursor: Cursor, error: TextError, setting: Setting, moment: Moment) -> None:
    """Write down the fault of each value that cannot be read by itself, or else of the whole."""
    found = False
    for leaf in cursor.leaves():
        try:
            _checked(templates.parse(leaf.value), leaf, setting, moment)
        except TextError as fault:
            text_fault(leaf, fault)
            found = True
    if not found:
        text_fault(cursor, error)


def text_fault(cursor: Cursor, error: TextError) -> None:
    """Write down why a text cannot be read."""
    cursor.fault(f"bad-{error.kind}", f"{error.what}: {error.reason}", error.hint)


def criterion(cursor: Cursor, setting: Setting) -> Criterion | None:
    """Parse a Criterion Object; None where it can never be evaluated."""
    if not cursor.is_object(schema.CRITERION):
        return None
    condition, context = cursor.text("condition"), cursor.text("context")
    kind = cursor.child("type")
    if condition is None or (kind is not None and not _is_type(kind)):
        return None
    if kind is not None and kind.value != "simple" and "context" not in cursor.node.fields:
        cursor.fault(
            "missing-field", "a criterion with a type needs a context", "add context: $response.body"
        )
        return None
    if context is not None and not _is_context(cursor, context):
        return None
    try:
        parsed = criteria.compile(condition, kind.value if kind else None, context)
    except TextError as error:
        text_fault(cursor.child("condition") or cursor, error)
        return None
    for found in parsed.expressions():
        check(found, cursor, setting, "answer")
    return parsed


def _is_context(cursor: Cursor, context: str) -> bool:
    """Check that a criterion's context is an expression."""
    try:
        expressions.parse(context)
    except TextError as error:
        text_fault(cursor.child("context") or cursor, error)
        return False
    return True


def _is_type(cursor: Cursor) -> bool:
    """Check a criterion's type: a name or a Criterion Expression Type Object."""
    known = ("simple", "regex", *schema.VERSIONS)
    if isinstance(cursor.value, str):
        if cursor.value not in known:
            cursor.fault("wrong-value", "the criterion's type is unknown", did_you_mean(cursor.value, known))
        return cursor.value in known
    if not cursor.is_object(schema.CRITERION_TYPE):
        return False
    kind = cursor.choice("type", schema.VERSIONS)
    return kind is not None and cursor.choice("version", schema.VERSIONS[kind]) is not None


def check(found: Expression, cursor: Cursor, setting: Setting, moment: Moment) -> None:
    """Look up what an expression refers to, and write down what is not there."""
    root = found.root
    if root == "sourceDescriptions":
        _known(cursor, "source", found.owner, setting.names.sources)
    elif root == "components":
        _check_component(found, cursor, setting)
    elif root.startswith("workflows."):
        _check_workflow(found, cursor, setting)
    elif setting.workflow is None:
        return
    elif root == "steps":
        _check_step(found, cursor, setting, setting.workflow, moment)
    elif root == "inputs":
        _check_input(found, cursor, setting.workflow)
    elif root == "outputs":
        returned = _returned(cursor.scope.step, setting.workflow, setting)
        _one_of(found, cursor, "output", setting.workflow.outputs | returned)
    elif (root.startswith("response.") or root == "statusCode") and moment != "answer":
        when = "before the step is called" if moment == "request" else "when the workflow is over"
        message = f"{found.text} is read {when}, and there is no answer then"
        cursor.fault("no-answer", message, "refer to a step's output", severity="warning")


def _known(cursor: Cursor, what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        cursor.fault(f"unknown-{what}", f"there is no {what} {clipped(name)}", did_you_mean(name, known))


def _one_of(found: Expression, cursor: Cursor, what: str, known: frozenset[str], *, of: str = "") -> None:
    """Check that one of the readings of an expression has a name that is there."""
    if not any(reading.name in known for reading in found.readings):
        message = f"{found.text}: there is no {what} {clipped(found.name)}{of}"
        cursor.fault(f"unknown-{what}", message, did_you_mean(found.name, known))


def _check_component(found: Expression, cursor: Cursor, setting: Setting) -> None:
    known = setting.names.components.get(found.owner, frozenset())
    _one_of(found, cursor, "component", known, of=f" in {found.owner}")


def _check_step(
    found: Expression, cursor: Cursor, setting: Setting, workflow: WorkflowNames, moment: Moment
) -> None:
    readings = [reading for reading in found.readings if reading.owner in workflow.steps]
    if not readings:
        _known(cursor, "step", found.owner, workflow.steps)
        return
    for reading in readings:
        if reading.name in _outputs_of(reading.owner, workflow, setting):
            setting.uses.append(StepUse(cursor, reading.owner, moment))
            return
    owner, name = readings[0].owner, readings[0].name
    message = f"{found.text}: the step {owner} has no output {clipped(name)}"
    hint = did_you_mean(name, _outputs_of(owner, workflow, setting)) or f"add it to {owner}'s outputs"
    cursor.fault("unknown-output", message, hint)


def _outputs_of(step: str, workflow: WorkflowNames, setting: Setting) -> frozenset[str]:
    """Return the names of a step's outputs: its own, or else those of the workflow that it runs."""
    return workflow.steps[step] or _returned(step, workflow, setting)


def _returned(step: str | None, workflow: WorkflowNames, setting: Setting) -> frozenset[str]:
    """Return the names of the outputs of the workflow that a step runs; none where it runs none."""
    runs = workflow.runs.get(step or "")
    return setting.names.returned(runs) if runs is not None else frozenset()


def _check_input(found: Expression, cursor: Cursor, workflow: WorkflowNames) -> None:
    if workflow.inputs is None or any(reading.name in workflow.inputs for reading in found.readings):
        return
    message = f"{found.text}: the workflow's inputs have no {found.name!r}"
    hint = did_you_mean(found.name, workflow.inputs)
    cursor.fault("unknown-input", message, hint, severity="error" if workflow.closed else "warning")


def _check_workflow(found: Expression, cursor: Cursor, setting: Setting) -> None:
    workflows = setting.names.workflows
    readings = [reading for reading in found.readings if reading.owner in workflows]
    if not readings:
        _known(cursor, "workflow", found.owner, workflows)
        return
    owner = readings[0].owner
    if found.root == "workflows.outputs":
        _one_of(found, cursor, "output", workflows[owner].outputs, of=f" of workflow {owner}")
    elif workflows[owner].inputs is not None:
        _check_input(found, cursor, workflows[owner])
    if setting.workflow in (None, workflows[owner]):
        return
    if owner not in setting.called():
        message = f"{found.text}: nothing says that workflow {owner} has run before"
        cursor.fault("not-run-before", message, f"add {owner} to dependsOn", severity="warning")
