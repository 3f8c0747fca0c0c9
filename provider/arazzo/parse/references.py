"""What the expressions of a document refer to: looked up, and written down where it is not there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from ...nearest import did_you_mean
from ..faults import clipped
from .cursor import NEWER

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from ..expressions import Expression
    from ..faults import Severity
    from .cursor import NodeCursor
    from .names import KnownNames, WorkflowNames

_NEWER_ROOTS: Final = ("self", "message.header", "message.payload")
_OF_ANSWERS: Final = ("response.", "message.", "statusCode")

Moment = Literal["request", "answer", "end"]
"""When an expression is evaluated: before a step's call, after its answer, or at the workflow's end."""


class StepUse(NamedTuple):
    """A reference to a step's outputs: whether that step can have run is known once the flow is."""

    cursor: NodeCursor
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

    names: KnownNames
    workflow: WorkflowNames | None = None
    called: Callable[[], frozenset[str]] = frozenset
    uses: list[StepUse] = field(default_factory=list)


def check_references(found: Expression, cursor: NodeCursor, setting: Setting, moment: Moment) -> None:
    """Look up what an expression refers to, and write down what is not there."""
    root = found.root
    if root in _NEWER_ROOTS and not cursor.scope.minor:
        cursor.fault("newer-expression", f"Arazzo 1.0 has no {found.text}", NEWER)
        return
    if any(isinstance(step, str) and step.isdecimal() for step in _members(found, setting)):
        _element_fault(found, cursor)
    if root in _OF_DOCUMENT:
        _OF_DOCUMENT[root](found, cursor, setting)
    elif setting.workflow is not None:
        _check_in_workflow(found, cursor, setting, setting.workflow, moment)


def _check_in_workflow(
    found: Expression, cursor: NodeCursor, setting: Setting, workflow: WorkflowNames, moment: Moment
) -> None:
    root = found.root
    if root == "steps":
        _check_step(found, cursor, setting, workflow, moment)
    elif root == "inputs":
        _check_input(found, cursor, workflow)
    elif root == "outputs":
        _check_output(found, cursor, setting, workflow)
    elif root.startswith(_OF_ANSWERS) and moment != "answer":
        when = "before the step is called" if moment == "request" else "when the workflow is over"
        message = f"{found.text} is read {when}, and there is no answer then"
        cursor.fault("no-answer", message, "refer to a step's output", severity="warning")


def _check_output(found: Expression, cursor: NodeCursor, setting: Setting, workflow: WorkflowNames) -> None:
    if _runs_nothing(cursor.scope.step, workflow, setting):
        return  # the step's own fault says it all
    returned = _returned(cursor.scope.step, workflow, setting)
    _one_of(found, cursor, "output", workflow.outputs | returned, severity="warning")


def _check_source(found: Expression, cursor: NodeCursor, setting: Setting) -> None:
    """Check a source's field; an operation or a workflow is not a value (Arazzo 1.1.0)."""
    sources = setting.names.sources
    reading = next((each for each in found.readings if each.owner in sources), None)
    if reading is None:
        name = found.readings[-1].owner
        _known(cursor, "source", name, sources)
        return
    source = sources[reading.owner]
    fields = {"name", "url", "type", *source.extensions}
    if setting.names.foreign.get(source.name, {}).get(reading.name) is not None:
        message = f"{found.text} names a workflow of the source {source.name}, which is not a value"
        hint = "run it as a step with workflowId and refer to the step's outputs"
        cursor.fault("no-value", message, hint)
    elif reading.name not in fields:
        message = f"{found.text}: the source {source.name} has no field {clipped(reading.name)}"
        hint = f"its fields are {', '.join(sorted(fields))}; an operation is not a value"
        cursor.fault("no-value", message, hint)


def _check_self(found: Expression, cursor: NodeCursor, setting: Setting) -> None:
    if not setting.names.has_self:
        message = f"the document has no {found.text}, so it has no value"
        cursor.fault("no-value", message, "add $self with the document's URI", severity="warning")


def _members(found: Expression, setting: Setting) -> Sequence[str | int]:
    """Return the members that an expression takes after a dot or in brackets, by its likeliest reading."""
    if len(found.readings) == 1:
        return found.readings[0].members
    workflow = setting.workflow
    if found.root == "steps" and workflow is not None:
        for reading in found.readings:
            if reading.owner in workflow.steps and reading.name in _outputs_of(
                reading.owner, workflow, setting
            ):
                return reading.members
    if found.root == "inputs" and workflow is not None and workflow.inputs is not None:
        for reading in found.readings:
            if reading.name in workflow.inputs:
                return reading.members
    return ()


def _element_fault(found: Expression, cursor: NodeCursor) -> None:
    message = f"{found.text} takes an element of a list as if it were a member"
    hint = "write an element as [0] or #/list/0/id; it is read as such here"
    cursor.fault("element-member", message, hint, severity="warning")


def _known(cursor: NodeCursor, what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        cursor.fault(f"unknown-{what}", f"there is no {what} {clipped(name)}", did_you_mean(name, known))


def _one_of(
    found: Expression,
    cursor: NodeCursor,
    what: str,
    known: frozenset[str],
    *,
    of: str = "",
    severity: Severity = "error",
) -> None:
    """Check that one of the readings of an expression has a name that is there."""
    if not any(reading.name in known for reading in found.readings):
        message = f"{found.text}: there is no {what} {clipped(found.name)}{of}"
        cursor.fault(f"unknown-{what}", message, did_you_mean(found.name, known), severity=severity)


def _check_component(found: Expression, cursor: NodeCursor, setting: Setting) -> None:
    known = setting.names.components.get(found.owner, frozenset())
    _one_of(found, cursor, "component", known, of=f" in {found.owner}")


def _check_step(
    found: Expression, cursor: NodeCursor, setting: Setting, workflow: WorkflowNames, moment: Moment
) -> None:
    readings = [reading for reading in found.readings if reading.owner in workflow.steps]
    if not readings:
        _known(cursor, "step", found.owner, workflow.steps)
        return
    if cursor.scope.minor and "." in readings[0].owner:
        message = f"{found.text}: a stepId in an expression of Arazzo 1.1 has no dots"
        cursor.fault("dotted-name", message, "rename the step with letters, digits, hyphens and underscores")
        return
    if _runs_nothing(readings[0].owner, workflow, setting):
        return  # the step's own fault says it all
    for reading in readings:
        if reading.name in _outputs_of(reading.owner, workflow, setting):
            setting.uses.append(StepUse(cursor, reading.owner, moment))
            return
    owner, name = readings[0].owner, readings[0].name
    setting.uses.append(StepUse(cursor, owner, moment))
    message = f"{found.text}: the step {owner} has no output {clipped(name)}, so it has no value"
    hint = did_you_mean(name, _outputs_of(owner, workflow, setting)) or f"add it to {owner}'s outputs"
    cursor.fault("unknown-output", message, hint, severity="warning")


def _outputs_of(step: str, workflow: WorkflowNames, setting: Setting) -> frozenset[str]:
    """Return the names of a step's outputs: its own, or else those of the workflow that it runs."""
    return workflow.steps[step] or _returned(step, workflow, setting)


def _returned(step: str | None, workflow: WorkflowNames, setting: Setting) -> frozenset[str]:
    """Return the names of the outputs of the workflow that a step runs; none where it runs none."""
    runs = workflow.runs.get(step or "")
    return setting.names.returned(runs) if runs is not None else frozenset()


def _runs_nothing(step: str | None, workflow: WorkflowNames, setting: Setting) -> bool:
    """Whether a step is to run a workflow that does not exist."""
    runs = workflow.runs.get(step or "")
    return runs is not None and setting.names.workflow(runs) is None


def _check_input(found: Expression, cursor: NodeCursor, workflow: WorkflowNames) -> None:
    if workflow.inputs is None or any(reading.name in workflow.inputs for reading in found.readings):
        return
    message = f"{found.text}: the workflow's inputs have no {found.name!r}"
    hint = did_you_mean(found.name, workflow.inputs)
    cursor.fault("unknown-input", message, hint, severity="error" if workflow.closed else "warning")


def _check_workflow(found: Expression, cursor: NodeCursor, setting: Setting) -> None:
    workflows = setting.names.workflows
    readings = [reading for reading in found.readings if reading.owner in workflows]
    if not readings:
        name, _, step = found.owner.partition(".steps.")
        if step and name in workflows:
            message = f"{found.text}: no expression leads into another workflow's step"
            hint = f"put it out as an output of {name}: $workflows.{name}.outputs.{found.name}"
            cursor.fault("unknown-workflow", message, hint)
        else:
            _known(cursor, "workflow", found.owner, workflows)
        return
    owner = readings[0].owner
    if cursor.scope.minor and "." in owner:
        message = f"{found.text}: a workflowId in an expression of Arazzo 1.1 has no dots"
        cursor.fault(
            "dotted-name", message, "rename the workflow with letters, digits, hyphens and underscores"
        )
        return
    if found.root == "workflows.outputs":
        outputs = workflows[owner].outputs
        _one_of(found, cursor, "output", outputs, of=f" of workflow {owner}", severity="warning")
    elif workflows[owner].inputs is not None:
        _check_input(found, cursor, workflows[owner])
    if setting.workflow in (None, workflows[owner]):
        return
    if owner not in setting.called():
        message = f"{found.text}: it is not certain that workflow {owner} has run before"
        cursor.fault("not-run-before", message, f"add {owner} to dependsOn", severity="warning")


_OF_DOCUMENT: Final[dict[str, Callable[[Expression, NodeCursor, Setting], None]]] = {
    "sourceDescriptions": _check_source,
    "self": _check_self,
    "components": _check_component,
    "workflows.inputs": _check_workflow,
    "workflows.outputs": _check_workflow,
}
