"""Any document as a resource: its workflows, inputs and outputs come from the program."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from ..arazzo.parse.names import inputs_of
from ..documents.document_check import document_faults, request_faults
from ..documents.loading import load_once
from ..documents.tokens import token_inputs
from ..models.operations import begins_job
from ..models.shapes import Fault, is_open
from ..nearest import did_you_mean
from .equivalence import normal
from .hidden import ANSWERED, TOKEN
from .kind import KindDefaults
from .parts import Timeouts, Workflow
from .properties import Change, Property, Values, with_integers
from .rules import RULES

if TYPE_CHECKING:
    from ..arazzo import Document
    from ..arazzo.model import Step

VERBS: Final = ("create", "read", "update", "delete")
HOUR: Final = 3600.0

_ASKED: Final = ("inputs", "document_hash", "triggers", "create")
"""The properties whose change is carried out by a workflow."""


@dataclass(frozen=True)
class WorkflowKind(KindDefaults):
    """A kind whose documents, inputs and outputs come from the program.

    Its creation carries the inputs as they are; the other verbs get the outputs so far as well, by name. Its
    id is the output that ``id_output`` names, or one that is made up.

    Attributes:
        document: The document's file.
        workflows: Its workflow per verb.
        properties: The program's properties: what matters to a workflow changes by it, or replaces.
        id_output: The output that is the id; empty where one is made up.
        replace_on: The inputs whose change replaces the resource.
    """

    document: Path
    workflows: Mapping[str, Workflow]
    properties: tuple[Property, ...]
    id_output: str = ""
    replace_on: tuple[str, ...] = ()

    name: ClassVar[str] = "ArazzoWorkflow"
    service: ClassVar[str] = ""
    id_property: ClassVar[str] = "resource_id"
    timeouts: ClassVar[Timeouts] = Timeouts(create=2 * HOUR, update=2 * HOUR, delete=HOUR)
    derived: ClassVar[Mapping[str, tuple[str, ...]]] = {"outputs": ("inputs",)}

    @property
    def label(self) -> str:
        """The creating workflow's name."""
        return f"workflow {self.workflows['create'].workflow_id if 'create' in self.workflows else None}"

    @property
    def holds_data(self) -> bool:
        """Whether a workflow deletes it."""
        return "delete" in self.workflows

    def creator(self, values: Values) -> Workflow:  # noqa: ARG002 - it is always the same
        """Return the workflow that makes it."""
        return self.workflows["create"]

    def unfit(self) -> tuple[Fault, ...]:
        """Return what is wrong with the program's document, by itself or for the models."""
        return document_faults(self.document) if self.workflows else ()

    def faults(self, values: Values) -> Iterator[Fault]:
        """Yield what is wrong with the properties."""
        for rule in RULES:
            yield from rule(values)
        if self.workflows:
            yield from self._workflow_faults(load_once(self.document), values)

    def replaced_by(self, olds: Values, news: Values) -> tuple[str, ...]:
        """Return ``inputs`` where one of those has changed whose change replaces."""
        before, after = (normal(values.get("inputs")) or {} for values in (olds, news))
        changed = any(name in after and before.get(name) != after[name] for name in self.replace_on)
        return ("inputs",) if changed else ()

    def inputs(self, values: Values, names: Container[str] | None = None) -> dict[str, Any]:  # noqa: ARG002 - all or none
        """Return the program's inputs, whichever property is asked for: a workflow takes them all."""
        return {**with_integers(values.get("inputs") or {})}

    def changes(self, values: Values, names: Container[str]) -> dict[str, Any] | None:
        """Return the program's inputs where any property changes, whichever it is."""
        return self.inputs(values) if names else None

    def may_go_back_to(self, step: Step) -> bool:
        """Whether a step begins a job: it ends by itself, and is not what the deletion deletes."""
        if self.holds_data and self.id_output in step.outputs:
            return False
        return begins_job(step.target.operation_id or "")

    def keys(self, held: Values) -> dict[str, Any]:
        """Return all that is known of the resource: the inputs, and over them the outputs."""
        return {**self.inputs(held), **with_integers(held.get("outputs") or {})}

    def found_id(self, seen: Values, values: Values) -> str | None:
        """Return the id, as soon as any call has been answered with success."""
        named = seen.get(self.id_output) if self.id_output else None
        if isinstance(named, str):
            return named
        return str(values.get(TOKEN)) if ANSWERED in seen and not self.id_output else None

    def reported(self, seen: Values, held: Values | None = None) -> dict[str, Any]:
        """Return the workflows' outputs, new ones over those that the state has."""
        document = load_once(self.document)
        names = {
            name for verb in self.workflows.values() for name in document.workflow(verb.workflow_id).outputs
        }
        found = {name: value for name, value in seen.items() if name in names}
        return {"outputs": {**((held or {}).get("outputs") or {}), **found}}

    @property
    def has_arn(self) -> bool:
        """No: what a document puts out is not known."""
        return False

    @property
    def scope(self) -> Hashable:
        """The operations that delete it: what they get by one id is one thing, whichever document says so."""
        if "delete" not in self.workflows:
            return None
        steps = load_once(self.document).workflow(self.workflows["delete"].workflow_id).steps
        return frozenset((step.target.operation_id, step.target.operation_path) for step in steps)

    def repeated_tokens(self, olds: Values, news: Values) -> tuple[str, ...]:
        """Return the inputs that feed an idempotency token of the service's model, and are the same."""
        before, after = olds.get("inputs") or {}, news.get("inputs") or {}
        names = token_inputs(load_once(self.document), self.workflows["create"].workflow_id)
        return tuple(
            f"inputs.{name}"
            for name in names
            if after.get(name) is not None and normal(before.get(name)) == normal(after[name])
        )

    def _workflow_faults(self, document: Document, values: Values) -> Iterator[Fault]:
        known = [workflow.workflow_id for workflow in document.workflows]
        for verb in VERBS:
            name = values.get(verb)
            if name is not None and name not in known:
                hint = did_you_mean(str(name), known) or f"it has {', '.join(known)}"
                yield Fault(verb, f"is not a workflow of {self.document.name}: {name}; {hint}")
        if values.get("create") in known:
            yield from self._input_faults(document.workflow(values["create"]).inputs, values)

    def _input_faults(self, schema: Any, values: Values) -> Iterator[Fault]:
        """Yield what the schema, or AWS where the inputs are sent to it, refuses of the known inputs."""
        inputs = values.get("inputs") or {}
        found = list(dict.fromkeys(input_faults(schema, inputs)))
        yield from found
        known = {name: value for name, value in self.inputs(values).items() if not is_open(value)}
        if not found:
            reasons = request_faults(self.document, str(values["create"]), known)
            yield from (Fault("inputs", reason) for reason in reasons)
        declared, _ = inputs_of(schema)
        for name in self.replace_on:
            if declared is not None and name not in declared:
                reason = f"names {name}, which is not an input of {values['create']}"
                hint = did_you_mean(name, declared)
                yield Fault("replace_on", f"{reason}; {hint}" if hint else reason)


def workflow_kind(values: Values) -> WorkflowKind:
    """Return the kind that a program's properties describe."""
    path = Path(str(values.get("document")))
    workflows = {verb: Workflow(path, str(values[verb])) for verb in VERBS if values.get(verb)}
    settings = ("document", *VERBS[1:], "replace_on", "timeouts", "connection")
    change = Change.UPDATE if "update" in workflows else Change.REPLACE
    return WorkflowKind(
        document=path,
        workflows=workflows,
        properties=(
            *(Property(name, change=change, live=None) for name in _ASKED),
            *(Property(name, change=Change.SETTING, live=None) for name in settings),
            Property("region", live=None),
        ),
        id_output=str(values.get("id_output") or ""),
        replace_on=tuple(map(str, values.get("replace_on") or ())),
    )


def input_faults(schema: Any, inputs: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what a schema refuses of the inputs, as far as a preview knows them; some of it several times."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - takes long to import

    if schema is None:
        return
    for error in Draft202012Validator(schema).iter_errors(inputs):
        path = f"inputs{error.json_path.removeprefix('$')}"
        if error.validator == "required":
            missing = (name for name in error.validator_value if name not in error.instance)
            yield from (Fault(f"{path}.{name}", "is required") for name in missing)
        elif not is_open(error.instance):
            yield Fault(path, _refusal(error))


def _refusal(error: Any) -> str:
    """Return what a schema's keyword asks for; of rarer ones, what the library says."""
    if error.validator == "type":
        types = error.validator_value
        return f"must be of type {types if isinstance(types, str) else ' or '.join(types)}"
    if error.validator == "enum":
        return f"must be one of {', '.join(map(str, error.validator_value))}"
    return str(error.message)
