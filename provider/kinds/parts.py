"""The parts of a kind: its workflows, what its states mean, how its service spells what many have. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..models.shapes import element, named, to_properties
from .properties import Values

if TYPE_CHECKING:
    from botocore.model import Shape


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow of a document: the document's file and the workflowId."""

    document: Path
    workflow_id: str


class Life(Enum):
    """What a resource's status says of its life."""

    OTHER = "other"
    """It is on its way to somewhere, or it has no status."""

    READY = "ready"
    FAILED = "failed"
    """It could not be made, and no update can mend it."""

    DELETING = "deleting"
    DELETED = "deleted"

    @property
    def is_over(self) -> bool:
        """Whether nobody can use it any more."""
        return self in {Life.DELETING, Life.DELETED}


@dataclass(frozen=True, slots=True)
class Statuses:
    """What the values of a resource's status mean; a value in none of the sets is in transition."""

    ready: frozenset[str]
    failed: frozenset[str]
    leaving: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()

    def life(self, value: Any) -> Life:
        """Return what a value means."""
        lives = {
            Life.READY: self.ready,
            Life.FAILED: self.failed,
            Life.DELETING: self.leaving,
            Life.DELETED: self.gone,
        }
        return next((life for life, values in lives.items() if value in values), Life.OTHER)


@dataclass(frozen=True, slots=True)
class Description:
    """Where the service describes the resource, and which of it become outputs.

    Attributes:
        output: The workflow output (and step output) that holds the description.
        operation: The operation whose output shape has it.
        member: Its member there, or the member with a list of such descriptions.
        outputs: State property by the model's member in the description; an empty member is the whole of it.
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
        known = named(shape, body)
        found = {
            name: known.get(member) if member else to_properties(shape, body)
            for name, member in self.outputs.items()
        }
        return {name: value for name, value in found.items() if value is not None}

    def in_answer(self, body: Values, shape: Shape) -> Any:
        """Return the description in an answer of its operation; None where it is not there, or not alone.

        Args:
            body: The answer's body.
            shape: The operation's output shape.
        """
        found = named(shape, body).get(self.member)
        if not isinstance(found, list):
            return found
        return found[0] if len(found) == 1 else None

    def shape_in(self, shape: Shape) -> Shape:
        """Return the description's own shape in the operation's output shape."""
        return element(shape.members[self.member])


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a verb may take where the user sets nothing, in seconds."""

    create: float
    update: float
    delete: float


@dataclass(frozen=True, slots=True)
class Created:
    """How the creating operation's answer names what was made, in the names by which the document reads it.

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
class Job:
    """The job that is run with a resource, by the workflow ``run``.

    Attributes:
        description: What the service reports of it.
        id_property: The state property with its id.
        id_input: The input of the workflow ``read-run`` that takes it.
    """

    description: Description
    id_property: str
    id_input: str

    @property
    def outputs(self) -> frozenset[str]:
        """The state properties that only a job has."""
        return frozenset(self.description.outputs)


@dataclass(frozen=True, slots=True)
class Refusals:
    """How the codes of a service's errors begin, beside what HTTP's statuses 404 and 409 say.

    Attributes:
        not_found: Of those that say that it does not know the resource.
        conflict: Of those that say that the resource is in a state which does not allow the call.
    """

    not_found: tuple[str, ...] = ("ResourceNotFound",)
    conflict: tuple[str, ...] = ("Conflict",)


USUAL: Final = Refusals()
"""As most services say it."""
