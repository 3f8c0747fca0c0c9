"""Everything the emulated account holds, as plain data that can be written to a file and read back.

Nothing here runs by itself: what is due is applied when somebody looks (``sandbox.aws.schedule``), so the
state at any time is a function of what happened and of that time alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from .clock import Timeline
from .faults import Fault
from .limits import Bucket, Settings

ACCOUNT: Final = "123456789012"
USER: Final = "sandbox"
"""The IAM user who calls with the account's own keys."""

Event = Literal["create", "update", "delete", "export", "import"]


@dataclass
class Cause:
    """Why a store failed (HealthLake's ErrorCause)."""

    message: str
    category: str = "NON_RETRYABLE_ERROR"


@dataclass
class Phase:
    """A store's status from some time on, with what changes in its configuration then."""

    at: float
    status: str
    config: dict[str, Any] = field(default_factory=dict)
    cause: Cause | None = None


@dataclass
class Store:
    """A data store of either service.

    Attributes:
        config: What was configured, under the member names of the service's own Create call.
        pending: What will become of it, soonest first.
    """

    service: str
    region: str
    id: str
    arn: str
    name: str
    created: float
    updated: float
    tags: dict[str, str]
    config: dict[str, Any]
    status: str = "CREATING"
    pending: list[Phase] = field(default_factory=list)
    cause: Cause | None = None

    def settle(self, now: float) -> None:
        """Enter every phase that is due."""
        while self.pending and self.pending[0].at <= now:
            phase = self.pending.pop(0)
            self.status, self.updated, self.cause = phase.status, phase.at, phase.cause
            self.config.update(phase.config)

    def become(self, status: str, now: float, *, cause: Cause | None = None) -> None:
        """Enter a status at once; what was pending is forgotten."""
        self.pending = []
        self.status, self.updated, self.cause = status, now, cause

    @property
    def account(self) -> str:
        """The account that it belongs to."""
        return self.arn.split(":")[4]

    @property
    def active(self) -> bool:
        """Whether it counts against the quota of active stores."""
        return self.status not in {"DELETED", "CREATE_FAILED"}


TERMINAL_JOB: Final = {"COMPLETED", "COMPLETED_WITH_ERRORS", "FAILED", "CANCEL_COMPLETED", "CANCEL_FAILED"}


@dataclass
class Job:
    """An export or import job of either service.

    Attributes:
        config: What was asked for, under the member names of the service's own Start call.
        takes: Seconds from its start to its end.
        outcome: The status it will end in; one that is not terminal keeps it there for ever.
        forced: A status it was put into, and since when.
        image_sets: How many image sets its completion leaves; None once they are there.
        reads: How often it was described.
    """

    kind: Literal["export", "import"]
    service: str
    region: str
    id: str
    store_id: str
    submitted: float
    config: dict[str, Any]
    takes: float
    outcome: str = "COMPLETED"
    message: str = ""
    forced: tuple[str, float] | None = None
    image_sets: int | None = None
    reads: int = 0


@dataclass
class ImageSetVersion:
    """One version of an image set.

    Attributes:
        id: Its number, from 1.
        created: The sandbox time from which there is one.
        done: The sandbox time at which the work on it ends.
        comes_to: The ImageSetWorkflowStatus it has then.
        metadata: See ``sandbox.aws.medical_imaging.metadata``.
        forced: Whether it was made by force.
    """

    id: str
    created: float
    done: float
    comes_to: str
    metadata: dict[str, Any]
    forced: bool = False


@dataclass
class ImageSet:
    """An image set in a HealthImaging store; ``locked_until`` and ``deleted`` are sandbox times."""

    id: str
    store_id: str
    created: float
    updated: float
    versions: list[ImageSetVersion]
    tags: dict[str, str] = field(default_factory=dict)
    is_primary: bool = True
    locked_until: float = 0.0
    deleted: float | None = None

    @classmethod
    def imported(cls, new_id: str, store_id: str, at: float, metadata: dict[str, Any]) -> ImageSet:
        """Return a new one as an import leaves it."""
        return cls(new_id, store_id, at, at, [ImageSetVersion("1", at, at, "CREATED", metadata)])

    def state(self, now: float) -> str:
        """Return its ImageSetState; one that is being deleted is locked."""
        if self.deleted is not None:
            return "DELETED" if self.deleted <= now else "LOCKED"
        return "LOCKED" if now < self.locked_until else "ACTIVE"


@dataclass
class RoleSession:
    """Temporary credentials that AssumeRole gave out.

    Attributes:
        expires: A sandbox time.
        policy: The session policy; None where the role's own policies alone decide.
    """

    role_arn: str
    name: str
    secret: str
    token: str
    expires: float
    policy: dict[str, Any] | None = None


@dataclass
class Token:
    """A client token that was used: for which parameters, and what came of it."""

    fingerprint: str
    resource_id: str


@dataclass
class Order:
    """What the next event of a kind will come to, instead of going well.

    Attributes:
        status: The status it ends in; for a store that is the current one (CREATING) it gets stuck there.
        name: Only for the store or job of this name.
        image_sets: For an import: how many image sets it leaves.
    """

    event: Event
    status: str
    service: str | None = None
    name: str | None = None
    message: str = ""
    category: str = "NON_RETRYABLE_ERROR"
    image_sets: int | None = None


@dataclass
class Role:
    """A role of the account, as its two policy documents: who may take it on, and what it may do then."""

    trust: dict[str, Any]
    permissions: dict[str, Any]


@dataclass
class Access:
    """What is known of permissions, as IAM's policy documents.

    Attributes:
        policy: What callers may do; None for everything.
        roles: By ARN. A role that is not here may do everything and may be taken on by anybody.
        keys: The policies of KMS keys by ARN. A key that is not here leaves it to the account's own policies.
    """

    policy: dict[str, Any] | None = None
    roles: dict[str, Role] = field(default_factory=dict)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def is_restricted(self) -> bool:
        """Whether anything is said of what may be done."""
        return self.policy is not None or bool(self.roles) or bool(self.keys)


@dataclass
class World:
    """One AWS account; role sessions are by their access key id."""

    timeline: Timeline
    settings: Settings = field(default_factory=Settings)
    access: Access = field(default_factory=Access)
    stores: dict[str, Store] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    image_sets: dict[str, ImageSet] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    role_sessions: dict[str, RoleSession] = field(default_factory=dict)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)

    def take_order(self, event: Event, service: str, name: str | None) -> Order | None:
        """Return and remove the first order that fits."""
        for order in self.orders:
            fits = order.event == event and order.service in {None, service} and order.name in {None, name}
            if fits:
                self.orders.remove(order)
                return order
        return None
