"""What a resource is to the provider: workflows, states, properties, and what of it is reported. Pure."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..models.shapes import Fault, to_properties
from .doubts import Doubt, missing_service
from .properties import Change, Property, Values, live_values, property_faults, workflow_inputs
from .rules import RULES, Rule

if TYPE_CHECKING:
    from botocore.model import Shape

    from ..arazzo.model import Step


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow of a document: the document's file and the workflowId."""

    document: Path
    workflow_id: str


@dataclass(frozen=True, slots=True)
class Statuses:
    """What the values of a resource's status mean; a value in none of the sets is in transition."""

    ready: frozenset[str]
    failed: frozenset[str]
    leaving: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Description:
    """Where the service describes the resource, and which of it become outputs.

    Attributes:
        output: The workflow output (and step output) that holds the description.
        operation: The operation whose output shape has it.
        member: Its member there.
        outputs: State property by path in the description; an empty path is the whole of it.
        settled: The output whose values in ``ends`` say that nothing of the description changes any more,
            however the service spells it from one answer to the next; empty for none.
        ends: Those values.
    """

    output: str
    operation: str
    member: str
    outputs: Mapping[str, str]
    settled: str = ""
    ends: frozenset[str] = frozenset()

    def is_settled(self, held: Values) -> bool:
        """Whether what the state holds of the description is its last word."""
        return held.get(self.settled) in self.ends

    def properties(self, body: Values, shape: Shape) -> dict[str, Any]:
        """Return the outputs that a description holds."""
        found = {
            name: body.get(member) if member else to_properties(shape, body)
            for name, member in self.outputs.items()
        }
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a verb may take where the user sets nothing, in seconds."""

    create: float
    update: float
    delete: float


@dataclass(frozen=True, slots=True)
class Tags:
    """How a service spells its tag workflows' inputs.

    Attributes:
        arn: The input that names the resource.
        tags: The input with tags to put on.
        keys: The input with the keys of tags to take off.
        listed: Whether tags are a list of Key and Value.
        resource_type: What the Resource Groups Tagging API calls such resources: the service and the type in
            their ARNs.
    """

    arn: str
    tags: str
    keys: str
    listed: bool
    resource_type: str


@dataclass(frozen=True, slots=True)
class Created:
    """How the creating operation's answer names what was made.

    Attributes:
        id: The member with the id.
        arn: The member with the ARN; empty where it has none.
    """

    id: str
    arn: str = ""

    def answer(self, resource_id: str, arn: Any) -> dict[str, Any]:
        """Return the answer as it would be for a resource that is there already."""
        named = {self.id: resource_id, self.arn: arn}
        return {member: value for member, value in named.items() if member and value}


@dataclass(frozen=True, slots=True)
class Contents:
    """What a resource holds and must not hold when it is deleted.

    Attributes:
        noun: What they are called.
        listed: The output of the ``list-contents`` workflow with one page of them.
        id_input: The input of ``delete-content`` that names one, and its key in the list.
    """

    noun: str
    listed: str
    id_input: str


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs of one sort that run on a resource.

    Attributes:
        noun: What they are called.
        verb: The verb whose workflow lists one page of them.
        listed: Its output with the page.
        id: A job's member that names it.
        status: Its member with its status.
        ends: The values of that at which it is over.
    """

    noun: str
    verb: str
    listed: str
    id: str
    status: str
    ends: frozenset[str]

    def is_over(self, job: Values) -> bool:
        """Whether a job has ended; one whose status nobody knows has not."""
        return job.get(self.status) in self.ends


@dataclass(frozen=True, slots=True)
class Earlier:
    """How the jobs are found that were begun with the same request before.

    Attributes:
        jobs: How they are listed.
        same: The property by a job's member in which two requests have to agree.
    """

    jobs: Jobs
    same: Mapping[str, str]

    def is_like(self, job: Values, values: Values) -> bool:
        """Whether a job was begun with these properties."""
        return all(job.get(member) == values.get(name) for member, name in self.same.items())


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table.

    Attributes:
        name: The resource's class name, as in its type token.
        noun: What errors and progress call it.
        service: botocore's name of its service.
        operation: The operation that makes it; its input shape is what the properties are checked against.
        properties: The table of its properties.
        workflows: Per verb (``create``, ``read``, ``update``, ``delete``, ``list``, ``list-tags``, ``tag``,
            ``untag``, ``run``, ``read-run``, ``list-contents``, ``delete-content``) its workflow; a verb that
            is not there needs no call.
        create_with: The workflow that creates instead where that property is given.
        id_output: The step output that is the resource's id, known from the first answer on.
        id_property: The state property that repeats the id.
        keyed_by: Workflow input by state property, for the workflows that work on an existing one.
        status_property: The state property that is its status.
        statuses: What its values mean.
        descriptions: What the service reports.
        timeouts: The defaults.
        tokens: The workflow inputs that are idempotency tokens, with the property that sets them, if any.
        rules: What AWS refuses beyond single members.
        doubts: What it may refuse.
        named: The property that is auto-named where it is left out, or empty.
        tags: How tags are spelt; None where the resource has none.
        list_output: The ``list`` workflow's output with one page of resources.
        contents: What has to be deleted before it can be; None where nothing has to.
        jobs: What has to be over before it can be.
        derived: The properties that an output repeats or is made of, by the output's name: where one of them
            is secret, it is.
        quota: How many AWS allows by default, or 0 where it does not count them.
        holds_data: Whether deleting it destroys data.
        created: How the creating operation's answer names what was made; None where nothing of it is known.
        repeatable: The verbs whose workflows do no harm where a call of theirs is carried out twice: to
            delete or to tag what is deleted or tagged already.
        earlier: How the jobs are found that earlier creations of the same have begun; None where AWS's own
            idempotency tells a creation from the next one.
        forgotten: Whether the service forgets it after a while, so that not to be found is not to be gone.
    """

    name: str
    noun: str
    service: str
    operation: str
    properties: tuple[Property, ...]
    workflows: Mapping[str, Workflow]
    id_output: str
    id_property: str
    keyed_by: Mapping[str, str]
    status_property: str
    statuses: Statuses
    descriptions: tuple[Description, ...]
    timeouts: Timeouts
    tokens: Mapping[str, str]
    create_with: Mapping[str, Workflow] = field(default_factory=dict)
    rules: tuple[Rule, ...] = RULES
    doubts: tuple[Doubt, ...] = ()
    named: str = ""
    tags: Tags | None = None
    list_output: str = ""
    contents: Contents | None = None
    jobs: tuple[Jobs, ...] = ()
    derived: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quota: int = 0
    holds_data: bool = True
    created: Created | None = None
    repeatable: frozenset[str] = frozenset({"delete", "delete-content", "tag", "untag"})
    earlier: Earlier | None = None
    forgotten: bool = False

    def creator(self, values: Mapping[str, Any]) -> Workflow:
        """Return the workflow that makes the resource with these properties."""
        for name, workflow in self.create_with.items():
            if values.get(name) is not None:
                return workflow
        return self.workflows["create"]

    def faults(self, values: Values) -> Iterator[Fault]:
        """Yield all that AWS would refuse of the properties, None left out of them."""
        yield from property_faults(self.properties, values, self._input_shapes)
        for rule in self.rules:
            yield from rule(values)

    def risks(self, values: Values, account: str | None) -> Iterator[Fault]:
        """Yield what AWS may refuse of the properties, None left out of them; the preview warns of it.

        Args:
            values: The properties.
            account: The account that they are meant for; None where it is not known.
        """
        for doubt in self.doubts:
            yield from doubt(values, account)
        yield from missing_service(self.service, self.noun, values)

    def inputs(self, values: Values, names: Container[str] | None = None) -> dict[str, Any]:
        """Return the workflow inputs that carry the properties, or those with the given names only."""
        rows = [row for row in self.properties if names is None or row.name in names]
        return workflow_inputs(rows, values, self._input_shapes)

    def may_go_back_to(self, step: Step) -> bool:
        """Whether a run that failed may begin anew at a step, which then makes no second resource."""
        return step.target.operation_id != self.operation

    def changes(self, values: Values, names: Container[str]) -> dict[str, Any] | None:
        """Return the workflow inputs that change properties; None where nothing is to be sent."""
        return self.inputs(values, names) or None

    def replaced_by(self, olds: Values, news: Values) -> tuple[str, ...]:  # noqa: ARG002 - its table says it
        """Return the properties whose change replaces the resource, beside those that the table names."""
        return ()

    def keys(self, held: Values) -> dict[str, Any]:
        """Return the workflow inputs that name an existing resource."""
        return {name: held.get(prop) for name, prop in self.keyed_by.items()}

    def found_id(self, seen: Values, values: Values) -> str | None:  # noqa: ARG002 - others make it up of them
        """Return the resource's id, if a step has put it out; ``values`` are the checked inputs."""
        value = seen.get(self.id_output)
        return value if isinstance(value, str) else None

    def reported(self, seen: Values, held: Values | None = None) -> dict[str, Any]:  # noqa: ARG002 - see above
        """Return the outputs that the service reported.

        Args:
            seen: What workflows or steps put out.
            held: What the state has.
        """
        outputs: dict[str, Any] = {}
        for description in self.descriptions:
            body = seen.get(description.output)
            if isinstance(body, Mapping):
                outputs |= description.properties(body, self._shape_of(description))
        return outputs

    def live(self, seen: Values) -> dict[str, Any]:
        """Return the properties as the service has them now, as users spell them."""
        for description in self.descriptions[:1]:
            body = seen.get(description.output) or {}
            return live_values(self.properties, body, self._shape_of(description))
        return {}

    @property
    def scope(self) -> Hashable:
        """What its ids are told apart in, beside a region; None where its deletion destroys nothing."""
        return self.name if "delete" in self.workflows else None

    def repeated_tokens(self, olds: Values, news: Values) -> tuple[str, ...]:
        """Return the properties that feed an idempotency token and are the same in a replacement.

        AWS may answer a creation with the same token with the resource that it made for it before.
        """
        given = (name for name in self.tokens.values() if news.get(name) is not None)
        return tuple(name for name in given if olds.get(name) == news[name])

    @property
    def documents(self) -> tuple[Path, ...]:
        """The documents that its workflows are in, each once."""
        workflows = [*self.workflows.values(), *self.create_with.values()]
        return tuple(dict.fromkeys(workflow.document for workflow in workflows))

    @property
    def names(self) -> frozenset[str]:
        """The names of all properties."""
        return frozenset(row.name for row in self.properties)

    def by(self, change: Change) -> tuple[str, ...]:
        """Return the names of the properties that are changed in one way."""
        return tuple(row.name for row in self.properties if row.change is change)

    @property
    def _input_shapes(self) -> dict[str, Shape]:
        """The input shape of each operation that the properties name, the kind's own under ``""``."""
        from ..models.services import operation  # noqa: PLC0415 - botocore is for those who check or call

        rows = [*self.properties, *(part for row in self.properties for part in row.parts)]
        names = {row.operation for row in rows if row.member}
        return {name: operation(self.service, name or self.operation).input_shape for name in names}

    def _shape_of(self, description: Description) -> Shape:
        from ..models.services import operation  # noqa: PLC0415 - see above

        return operation(self.service, description.operation).output_shape.members[description.member]
