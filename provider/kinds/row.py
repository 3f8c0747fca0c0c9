"""A row of the table: a resource of a service that botocore knows, as documents and data."""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..documents import DOCUMENTS
from ..models import services
from ..models.shapes import Fault
from ..timing import pacing
from .kind import KindDefaults, Pace
from .model_check import outdated
from .parts import (
    USUAL,
    Contents,
    Created,
    Description,
    Earlier,
    Job,
    Jobs,
    Life,
    Refusals,
    Statuses,
    Timeouts,
    Workflow,
)
from .properties import Property, Values, live_values, property_faults, workflow_inputs
from .rules import RULES, Doubt, Rule, arn_faults, missing_service
from .tagging import Tags

if TYPE_CHECKING:
    from botocore.model import Shape

    from ..arazzo.model import Step
    from ..documents.access import Access

Caution = Callable[[Values, str, str], Iterator[str]]
"""Yields what is valid but risky, of the properties, the stack's name and what the resource is called."""


MINUTE: Final = 60.0

MANAGED: Final = {
    "read": "read-datastore",
    "delete": "delete-datastore",
    "list": "list-datastores",
    "list_tags": "list-tags",
    "tag": "tag-datastore",
    "untag": "untag-datastore",
}
"""The workflows of the documents that look after a data store."""

DATASTORE: Final = Statuses(
    ready=frozenset({"ACTIVE"}),
    failed=frozenset({"CREATE_FAILED"}),
    deleting=frozenset({"DELETING"}),
    deleted=frozenset({"DELETED"}),
)
"""What a data store's statuses mean, in both services (their models' DatastoreStatus)."""

LOCATED_BY: Final = ("region", "adopt")
"""What tells the region, and the id, of which an ARN is made."""


def workflows(name: str, folder: Path = DOCUMENTS, /, **workflow_ids: str) -> dict[str, Workflow]:
    """Return workflows of one document by verb.

    Args:
        name: The document's file name without ``.arazzo.yaml``.
        folder: Where it is.
        **workflow_ids: The workflowId by verb, with underscores for hyphens.
    """
    path = folder / f"{name}.arazzo.yaml"
    return {verb.replace("_", "-"): Workflow(path, workflow_id) for verb, workflow_id in workflow_ids.items()}


@dataclass(frozen=True)
class Row(KindDefaults):
    """One row of the table; see ``Kind`` for what is not explained here.

    Attributes:
        operation: The operation that makes it; its input shape is what the properties are checked against.
        id_output: The step output that is the resource's id, known from the first answer on.
        statuses: What the values of its status mean.
        description: What the service reports of it.
        create_with: The workflow that creates instead where that property is given.
        rules: What AWS refuses beyond single members.
        doubts: What it may refuse.
        risky: What is valid but risky.
        seconds_between: The seconds between two calls that AWS lets through seldom, by operation.
        access: What IAM has to know of its service.
    """

    name: str
    label: str
    service: str
    operation: str
    properties: tuple[Property, ...]
    workflows: Mapping[str, Workflow]
    id_output: str
    id_property: str
    statuses: Statuses
    description: Description
    timeouts: Timeouts
    access: Access
    keyed_by: Mapping[str, str] = field(default_factory=dict)
    status_property: str = ""
    tokens: Mapping[str, str] = field(default_factory=dict)
    create_with: Mapping[str, Workflow] = field(default_factory=dict)
    rules: tuple[Rule, ...] = RULES
    doubts: tuple[Doubt, ...] = ()
    risky: tuple[Caution, ...] = ()
    named: str = ""
    tags: Tags | None = None
    contents: Contents | None = None
    jobs: tuple[Jobs, ...] = ()
    job: Job | None = None
    derived: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quota: int = 0
    holds_data: bool = True
    created: Created | None = None
    repeatable: frozenset[str] = frozenset({"delete", "delete-content", "tag", "untag"})
    earlier: Earlier | None = None
    forgotten: bool = False
    refusals: Refusals = USUAL
    seconds_between: Mapping[str, float] = field(default_factory=dict)
    pace: Pace = pacing.PACE

    @property
    def documents(self) -> tuple[Path, ...]:
        """The documents that its workflows are in, each once."""
        return tuple(dict.fromkeys(workflow.document for workflow in self.all_workflows))

    @property
    def all_workflows(self) -> tuple[Workflow, ...]:
        """All its workflows."""
        return (*self.workflows.values(), *self.create_with.values())

    @property
    def descriptions(self) -> tuple[Description, ...]:
        """All that the service reports: of the resource first, then of its job."""
        return (self.description,) if self.job is None else (self.description, self.job.description)

    @property
    def scope(self) -> Hashable:
        """The kind's name: an id is a resource's within its kind."""
        return self.name if "delete" in self.workflows else None

    @property
    def has_arn(self) -> bool:
        """Whether the service describes it with its ARN."""
        return any(member.lower().endswith("arn") for member in self.description.outputs.values())

    @property
    def rates(self) -> Mapping[tuple[str, str], float]:
        """The seconds between two calls by service and operation."""
        return {(self.service, operation): seconds for operation, seconds in self.seconds_between.items()}

    def creator(self, values: Values) -> Workflow:
        """Return the workflow that makes the resource with these properties."""
        for name, workflow in self.create_with.items():
            if values.get(name) is not None:
                return workflow
        return self.workflows["create"]

    def unfit(self) -> tuple[Fault, ...]:
        """Return that the installed botocore is too old for it, if it is; its documents are not read."""
        return self._unfit

    def faults(self, values: Values) -> Iterator[Fault]:
        """Yield what the model refuses of single properties, and the rules of all of them."""
        yield from property_faults(self.properties, values, self._input_shapes)
        yield from arn_faults(self.properties, values)
        for rule in self.rules:
            yield from rule(values)

    def risks(self, values: Values, account: str | None) -> Iterator[Fault]:
        """Yield what there is doubt about, and that the service is not known to be in the region."""
        for doubt in self.doubts:
            yield from doubt(values, account)
        yield from missing_service(self.service, self.label, values)

    def cautions(self, values: Values, stack: str) -> Iterator[str]:
        """Yield what is valid but risky."""
        for caution in self.risky:
            yield from caution(values, stack, self.label)

    def inputs(self, values: Values, names: Container[str] | None = None) -> dict[str, Any]:
        """Return the workflow inputs that carry the properties, as AWS spells them."""
        rows = [row for row in self.properties if names is None or row.name in names]
        found = workflow_inputs(rows, values, self._input_shapes)
        if self.tags is not None and isinstance(found.get(self.tags.tags), Mapping):
            found[self.tags.tags] = self.tags.spelt(found[self.tags.tags])
        return found

    def changes(self, values: Values, names: Container[str]) -> dict[str, Any] | None:
        """Return the workflow inputs that change properties; None where nothing is to be sent."""
        return self.inputs(values, names) or None

    def keys(self, held: Values) -> dict[str, Any]:
        """Return the workflow inputs that name an existing resource."""
        return {name: held.get(prop) for name, prop in self.keyed_by.items()}

    def makes(self, operation: str | None) -> bool:
        """Whether this is the creating operation."""
        return operation == self.operation

    def may_go_back_to(self, step: Step) -> bool:
        """Whether a step is none that makes the resource."""
        return not self.makes(step.target.operation_id)

    def found_id(self, seen: Values, values: Values) -> str | None:  # noqa: ARG002 - others make it up of them
        """Return the resource's id, if a step has put it out."""
        value = seen.get(self.id_output)
        return value if isinstance(value, str) else None

    def life(self, outputs: Values) -> Life:
        """Return what its status says of it."""
        return self.statuses.life(outputs.get(self.status_property))

    def reported(self, seen: Values, held: Values | None = None) -> dict[str, Any]:  # noqa: ARG002 - see above
        """Return the outputs that the service reported."""
        outputs: dict[str, Any] = {}
        for description in self.descriptions:
            body = seen.get(description.output)
            if isinstance(body, Mapping):
                outputs |= description.properties(body, self.shape_of(description))
        return outputs

    def live(self, seen: Values) -> dict[str, Any]:
        """Return the properties as the service has them now, as users spell them."""
        body = seen.get(self.description.output)
        shape = self.shape_of(self.description)
        return live_values(self.properties, body if isinstance(body, Mapping) else {}, shape)

    def last_said(self, body: Values) -> dict[str, Any]:
        """Return the descriptions in an answer."""
        found = {each.output: each.in_answer(body, self._output_shape(each)) for each in self.descriptions}
        return {output: value for output, value in found.items() if value is not None}

    def terminal(self, held: Values) -> frozenset[str]:
        """Return the workflow outputs of which the state has the last word."""
        return frozenset(each.output for each in self.descriptions if each.is_terminal(held))

    def repeated_tokens(self, olds: Values, news: Values) -> tuple[str, ...]:
        """Return the properties that feed an idempotency token and are the same in a replacement."""
        given = (name for name in self.tokens.values() if news.get(name) is not None)
        return tuple(name for name in given if olds.get(name) == news[name])

    def shape_of(self, description: Description) -> Shape:
        """Return the shape of what a description describes."""
        return description.shape_in(self._output_shape(description))

    @functools.cached_property
    def _unfit(self) -> tuple[Fault, ...]:
        return tuple(outdated(self))

    @property
    def _input_shapes(self) -> dict[str, Shape]:
        """The input shape of each operation that the properties name, the kind's own under ``""``."""
        rows = [*self.properties, *(part for row in self.properties for part in row.parts)]
        names = {row.operation for row in rows if row.member}
        return {name: services.operation(self.service, name or self.operation).input_shape for name in names}

    def _output_shape(self, description: Description) -> Shape:
        return services.operation(self.service, description.operation).output_shape
