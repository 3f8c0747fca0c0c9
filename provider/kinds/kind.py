"""What the verbs need to know of what a resource is: a protocol, which a table's row and any document fulfil.

Only what a verb or a face asks for is here. ``row.Row`` is a resource of a service that is known;
``workflow.WorkflowKind`` is whatever the workflows of a program's own document make.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from ..models.shapes import Fault
from ..timing import pacing
from .parts import USUAL, Contents, Created, Earlier, Job, Jobs, Life, Refusals, Timeouts, Workflow
from .properties import Change, Property, Values
from .tagging import Tags

if TYPE_CHECKING:
    from ..arazzo.model import Step

Pace = Callable[[float, float], float]
"""Returns the seconds until another poll, of those waited and of a number in [0, 1), as ``pacing.Pace``."""


class Kind(Protocol):
    """What a resource is."""

    @property
    def name(self) -> str:
        """The resource's class name, as in its type token."""

    @property
    def label(self) -> str:
        """What errors and progress call it."""

    @property
    def service(self) -> str:
        """Botocore's name of its service; polls of one service keep to one rate. Empty for any service."""

    @property
    def properties(self) -> tuple[Property, ...]:
        """The table of its properties."""

    @property
    def workflows(self) -> Mapping[str, Workflow]:
        """Its workflow per verb.

        The verbs are ``create``, ``read``, ``update``, ``delete``, ``list``, ``list-tags``, ``tag``,
        ``untag``, ``run``, ``read-run``, ``list-contents``, ``delete-content``, and those that list jobs. A
        verb that is not there needs no call.
        """

    @property
    def timeouts(self) -> Timeouts:
        """How long a verb may take by default."""

    @property
    def id_property(self) -> str:
        """The state property that repeats the id."""

    @property
    def holds_data(self) -> bool:
        """Whether deleting it destroys data."""

    @property
    def derived(self) -> Mapping[str, tuple[str, ...]]:
        """The properties that an output is made of, by the output's name: where one is secret, it is."""

    @property
    def scope(self) -> Hashable:
        """What its ids are told apart in, beside a region; None where its deletion destroys nothing."""

    @property
    def has_arn(self) -> bool:
        """Whether an ARN of its own is always among its outputs: it says where the resource is."""

    def creator(self, values: Values) -> Workflow:
        """Return the workflow that makes the resource with these properties."""

    def unfit(self) -> Sequence[Fault]:
        """Return why the installed botocore's models can neither judge nor run it; empty where they can."""

    def faults(self, values: Values) -> Iterator[Fault]:
        """Yield all that AWS would refuse of the properties of what is not unfit, None left out of them."""

    def inputs(self, values: Values, names: Container[str] | None = None) -> dict[str, Any]:
        """Return the workflow inputs that carry the properties, or those with the given names only."""

    def changes(self, values: Values, names: Container[str]) -> dict[str, Any] | None:
        """Return the workflow inputs that change properties; None where nothing is to be sent."""

    def keys(self, held: Values) -> dict[str, Any]:
        """Return the workflow inputs that name an existing resource."""

    def found_id(self, seen: Values, values: Values) -> str | None:
        """Return the resource's id, if a step has put it out; ``values`` are the checked inputs."""

    def reported(self, seen: Values, held: Values | None = None) -> dict[str, Any]:
        """Return the outputs that the service reported.

        Args:
            seen: What workflows or steps put out.
            held: What the state has.
        """

    def may_go_back_to(self, step: Step) -> bool:
        """Whether a run that failed may begin anew at a step, which then makes no second resource."""

    def repeated_tokens(self, olds: Values, news: Values) -> tuple[str, ...]:
        """Return what feeds an idempotency token and is the same in a replacement.

        AWS may answer a creation with the same token with the resource that it made for it before.
        """

    # What a kind need not have, see ``KindDefaults``

    @property
    def named(self) -> str:
        """The property that is auto-named where it is left out; empty for none."""

    @property
    def status_property(self) -> str:
        """The state property that is its status; empty for none."""

    @property
    def keyed_by(self) -> Mapping[str, str]:
        """Workflow input by state property, for the workflows that work on an existing one."""

    @property
    def tokens(self) -> Mapping[str, str]:
        """The workflow inputs that are idempotency tokens, with the property that sets them, if any."""

    @property
    def tags(self) -> Tags | None:
        """How it is tagged; what has tags is claimed while it is made."""

    @property
    def created(self) -> Created | None:
        """How the creating operation's answer names what was made; None where nothing of it is known."""

    @property
    def contents(self) -> Contents | None:
        """What has to be deleted before it can be."""

    @property
    def jobs(self) -> tuple[Jobs, ...]:
        """What has to be over before it can be deleted."""

    @property
    def job(self) -> Job | None:
        """The job that is run with it."""

    @property
    def earlier(self) -> Earlier | None:
        """How the jobs are found that earlier creations of the same have begun.

        None where AWS's own idempotency tells a creation from the next one.
        """

    @property
    def forgotten(self) -> bool:
        """Whether the service forgets it after a while, so that not to be found is not to be gone."""

    @property
    def quota(self) -> int:
        """How many AWS allows by default; 0 where it does not count them."""

    @property
    def repeatable(self) -> frozenset[str]:
        """The verbs whose workflows do no harm where a call of theirs is carried out twice."""

    @property
    def refusals(self) -> Refusals:
        """How the service says that it does not know the resource, or that its state forbids a call."""

    @property
    def rates(self) -> Mapping[tuple[str, str], float]:
        """The seconds between two calls that AWS lets through seldom, by service and operation."""

    @property
    def pace(self) -> Pace:
        """The pace of its polls."""

    def life(self, outputs: Values) -> Life:
        """Return what its status says of it."""

    def makes(self, operation: str | None) -> bool:
        """Whether an operation is known to be the one that makes it."""

    def last_said(self, body: Values) -> dict[str, Any]:
        """Return what an answer tells of it, by the outputs of workflows, for ``reported``."""

    def terminal(self, held: Values) -> frozenset[str]:
        """Return the workflow outputs of which the state has the last word."""

    def live(self, seen: Values) -> dict[str, Any]:
        """Return the properties as the service has them now, as users spell them."""

    def replaced_by(self, olds: Values, news: Values) -> tuple[str, ...]:
        """Return the properties whose change replaces it, beside those that the table names."""

    def risks(self, values: Values, account: str | None) -> Iterator[Fault]:
        """Yield what AWS may refuse of the properties, None left out of them; the preview warns of it.

        Args:
            values: The properties.
            account: The account that they are meant for; None where it is not known.
        """

    def cautions(self, values: Values, stack: str) -> Iterator[str]:
        """Yield what is valid but risky in a stack of that name."""

    # What follows from the table

    @property
    def names(self) -> frozenset[str]:
        """The names of all properties."""

    def by(self, change: Change) -> tuple[str, ...]:
        """Return the names of the properties that are changed in one way."""

    @property
    def token_property(self) -> str:
        """The property by which a program sets an idempotency token of its own; empty for none."""


class KindDefaults:
    """What a kind has that does not say otherwise: nothing; see ``Kind`` for what each of it means."""

    properties: tuple[Property, ...]

    named: str = ""
    status_property: str = ""
    keyed_by: Mapping[str, str] = MappingProxyType({})
    tokens: Mapping[str, str] = MappingProxyType({})
    tags: Tags | None = None
    created: Created | None = None
    contents: Contents | None = None
    jobs: tuple[Jobs, ...] = ()
    job: Job | None = None
    earlier: Earlier | None = None
    forgotten: bool = False
    quota: int = 0
    repeatable: frozenset[str] = frozenset()
    refusals: Refusals = USUAL
    pace: Pace = pacing.PACE

    @property
    def rates(self) -> Mapping[tuple[str, str], float]:
        """Nothing: AWS lets enough of all operations through."""
        return {}

    def life(self, outputs: Values) -> Life:  # noqa: ARG002 - some have a status
        """Return that nothing is known of it."""
        return Life.OTHER

    def makes(self, operation: str | None) -> bool:  # noqa: ARG002 - some have one creating operation
        """Say no: nothing is known of any operation."""
        return False

    def last_said(self, body: Values) -> dict[str, Any]:  # noqa: ARG002 - some have a known description
        """Return nothing."""
        return {}

    def terminal(self, held: Values) -> frozenset[str]:  # noqa: ARG002 - as above
        """Return none."""
        return frozenset()

    def live(self, seen: Values) -> dict[str, Any]:  # noqa: ARG002 - as above
        """Return nothing: what is read are outputs, no properties."""
        return {}

    def replaced_by(self, olds: Values, news: Values) -> tuple[str, ...]:  # noqa: ARG002 - some have a choice
        """Return none: the table says it all."""
        return ()

    def risks(self, values: Values, account: str | None) -> Iterator[Fault]:  # noqa: ARG002 - some have doubts
        """Yield none."""
        return iter(())

    def cautions(self, values: Values, stack: str) -> Iterator[str]:  # noqa: ARG002 - some have them
        """Yield none."""
        return iter(())

    @property
    def names(self) -> frozenset[str]:
        """The names of all properties."""
        return frozenset(row.name for row in self.properties)

    def by(self, change: Change) -> tuple[str, ...]:
        """Return the names of the properties that are changed in one way."""
        return tuple(row.name for row in self.properties if row.change is change)

    @property
    def token_property(self) -> str:
        """The first property that sets a token."""
        return next(filter(None, self.tokens.values()), "")
