"""A document prepared for the machine: every name looked up once, so that a step costs no search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ...errors import InputError, Place
from ...nearest import did_you_mean
from ..model import split_dependency
from ..polling import polls
from ..protocol import Operation, StepRef
from . import reads
from .reads import Path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..model import Document, SourceDescription, Step, Workflow
    from ..protocol import JSON


class Address(NamedTuple):
    """Where a workflow stands: the sources of type arazzo that lead to its document, and its workflowId."""

    source: tuple[str, ...]
    workflow_id: str


class StepPlan(NamedTuple):
    """A step with what it refers to.

    Attributes:
        step: The step.
        ref: Its name in a workflow that runs inside no other.
        next: The stepId after it, or None for the last.
        operation: What it calls, or None for a workflow step.
        workflow: The workflow that it runs, or None.
        polls: Whether it looks again and again (``provider.arazzo.polling``).
        reads_request: Whether its criteria or outputs refer to the request.
        watched: Where its success actions look in the answer's body for a status.
        needs: The steps that must have run before it; without an address, in this visit of the workflow.
    """

    step: Step
    ref: StepRef
    next: str | None
    operation: Operation | None
    workflow: Address | None
    polls: bool
    reads_request: bool
    watched: tuple[Path, ...]
    needs: tuple[tuple[Address | None, str], ...]


class WorkflowPlan(NamedTuple):
    """A workflow with what it refers to, and what its expressions see of its document.

    Attributes:
        reads_workflows: Whether anything in it refers to the inputs or outputs of workflows.
    """

    address: Address
    document: Document
    workflow: Workflow
    steps: Mapping[str, StepPlan]
    first: str | None
    depends_on: tuple[Address, ...]
    sources: Mapping[str, Mapping[str, JSON]]
    components: Mapping[str, Mapping[str, JSON]]
    reads_workflows: bool
    self_uri: str | None

    @property
    def place(self) -> Place:
        """The place of the workflow, for errors."""
        return Place(document=self.document.name, workflow=self.workflow.workflow_id)

    def step(self, step_id: str) -> StepPlan:
        """Return a step's plan; raises InputError where a stored run names a step that is gone."""
        try:
            return self.steps[step_id]
        except KeyError:
            raise unknown("step", step_id, self.steps, self.place) from None

    def check(self, frame: Mapping[str, Any]) -> None:
        """Check that a stored visit knows no step that the workflow lacks; raises InputError."""
        for step_id in (frame["step"], *frame["steps"], *frame["ran"], *frame["back"]):
            if step_id is not None:
                self.step(step_id)


class Program:
    """The workflows of a document and of the documents that it names as sources, planned on first use."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._plans: dict[tuple[tuple[str, ...], str], WorkflowPlan] = {}

    def choose(self, workflow_id: str | None) -> Address:
        """Return the workflow to run: the one named, or the only one.

        Raises:
            InputError: It does not exist, or none is named and there are several.
        """
        ids = [workflow.workflow_id for workflow in self._document.workflows]
        place = Place(document=self._document.name)
        if workflow_id is None and len(ids) != 1:
            raise InputError(
                "the document has several workflows", place=place, hint=f"name one of {_list(ids)}"
            )
        chosen = ids[0] if workflow_id is None else workflow_id
        if chosen not in ids:
            raise unknown("workflow", chosen, ids, place)
        return Address((), chosen)

    def plan(self, address: Address) -> WorkflowPlan:
        """Return a workflow's plan; raises InputError where the document has no such workflow."""
        found = self._plans.get(address)
        if found is None:
            found = self._plans[address] = _plan(self._document_at(address.source), address)
        return found

    def plan_of(self, source: list[str], workflow_id: str) -> WorkflowPlan:
        """Return the plan of a workflow that a stored run names."""
        plan = self._plans.get((tuple(source), workflow_id))
        return plan or self.plan(Address(tuple(source), workflow_id))

    def channel_step(self, address: Address) -> StepRef | None:
        """Return the first step on a channel that running a workflow may lead to, or None."""
        waiting, seen = [address], {address}
        while waiting:
            plan = self.plan(waiting.pop(0))
            for step in plan.steps.values():
                if step.operation is not None and step.operation.action is not None:
                    return step.ref
            further = [each for each in _led_to(plan) if each not in seen]
            seen.update(further)
            waiting.extend(dict.fromkeys(further))
        return None

    def _document_at(self, source: tuple[str, ...]) -> Document:
        document = self._document
        for name in source:
            document = _arazzo_source(document, name)
        return document


def _led_to(plan: WorkflowPlan) -> Iterator[Address]:
    """Yield the workflows that one may lead to."""
    yield from plan.depends_on
    for each in plan.steps.values():
        if each.workflow is not None:
            yield each.workflow
        for action in (*each.step.on_success, *each.step.on_failure):
            if action.workflow_id is not None:
                yield locate(plan.document, plan.address.source, action.workflow_id)


def locate(document: Document, source: tuple[str, ...], reference: str) -> Address:
    """Return what a reference means: a workflowId, or ``$sourceDescriptions.<name>.<workflowId>``.

    Raises:
        InputError: The reference names no source of type arazzo.
    """
    prefix, _, rest = reference.partition(".")
    if prefix != "$sourceDescriptions":
        return Address(source, reference)
    for each in document.sources:
        if rest.startswith(f"{each.name}."):
            return Address((*source, each.name), rest[len(each.name) + 1 :])
    names = [each.name for each in document.sources]
    raise unknown("source", rest.partition(".")[0], names, Place(document=document.name))


def unknown(kind: str, name: str, known: Iterable[str], place: Place) -> InputError:
    """Return the error for a name that does not exist, with the nearest ones that do."""
    return InputError(f"there is no {kind} {name}", place=place, hint=did_you_mean(name, known))


def _list(names: list[str]) -> str:
    return ", ".join(names[:10]) or "none"


def _plan(document: Document, address: Address) -> WorkflowPlan:
    try:
        workflow = document.workflow(address.workflow_id)
    except KeyError:
        ids = [each.workflow_id for each in document.workflows]
        raise unknown("workflow", address.workflow_id, ids, Place(document=document.name)) from None
    ids = [step.step_id for step in workflow.steps]
    plans = {
        step.step_id: _step_plan(document, address, ids, position)
        for position, step in enumerate(workflow.steps)
    }
    return WorkflowPlan(
        address,
        document,
        workflow,
        plans,
        ids[0] if ids else None,
        tuple(locate(document, address.source, each) for each in workflow.depends_on),
        {source.name: {"url": source.url, "type": source.type} for source in document.sources},
        {"parameters": document.parameters},
        any(expression.root.startswith("workflows.") for expression in reads.of_workflow(workflow)),
        document.self_uri,
    )


def _step_plan(document: Document, address: Address, ids: list[str], position: int) -> StepPlan:
    step = document.workflow(address.workflow_id).steps[position]
    target = step.target
    workflow = None
    if target.workflow_id is not None:
        source = (*address.source, target.source) if target.source else address.source
        workflow = Address(source, target.workflow_id)
    return StepPlan(
        step,
        StepRef(document.name, address.workflow_id, step.step_id),
        ids[position + 1] if position + 1 < len(ids) else None,
        operation_of(document, step) if workflow is None else None,
        workflow,
        polls(document.workflow(address.workflow_id), position),
        any(expression.root.startswith("request.") for expression in reads.of_answer(step)),
        tuple(reads.watched_reads(step.on_success)),
        tuple(_need(document, address, each) for each in step.depends_on),
    )


def _need(document: Document, address: Address, dependency: str) -> tuple[Address | None, str]:
    workflow, step = split_dependency(dependency)
    return (None if workflow is None else locate(document, address.source, workflow)), step


def operation_of(document: Document, step: Step) -> Operation:
    """Return what a step calls; raises InputError where it is of no source, or of one of several."""
    source = _source(document, step)
    path, method = step.target.operation_path or (None, None)
    return Operation(
        source=source.name,
        operation_id=step.target.operation_id,
        path=path,
        method=method.lower() if method else None,
        source_url=source.url,
        source_extensions=source.extensions,
        document=document.name,
        reads=frozenset(reads.of_body(step)),
        action=step.action,
        channel=step.target.channel_path,
    )


def _source(document: Document, step: Step) -> SourceDescription:
    """Return the source of a step's operation: the one it names, or the only one that has operations."""
    place = Place(document=document.name, step=step.step_id)
    if step.target.source is not None:
        try:
            return document.source(step.target.source)
        except KeyError:
            names = [source.name for source in document.sources]
            raise unknown("source", step.target.source, names, place) from None
    candidates = [source for source in document.sources if source.type != "arazzo"]
    if len(candidates) != 1:
        raise InputError(
            "the step's operation could be of several sources" if candidates else "no source has operations",
            place=place,
            hint="write $sourceDescriptions.<name>.<operationId>",
        )
    return candidates[0]


def _arazzo_source(document: Document, name: str) -> Document:
    place = Place(document=document.name)
    try:
        source = document.source(name)
    except KeyError:
        raise unknown("source", name, [each.name for each in document.sources], place) from None
    if source.document is None:
        raise InputError(f"the source {name} is not a loaded Arazzo document", place=place)
    return source.document
