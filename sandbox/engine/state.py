"""The resources of a stack and the operations under way, while a run changes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .urn import is_provider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .values import Properties


@dataclass(eq=False, slots=True, kw_only=True)
class Resource:
    """One resource of the state.

    Attributes:
        custom: Managed by a provider; False for components and the stack itself.
        delete: Replaced already, its deletion still to come.
        external: Read but not managed.
        pending_replacement: Deleted already, its replacement still to be created.
        custom_timeouts: Seconds per verb (``create``, ``update``, ``delete``, ``read``).
        extra: Keys of the format that this engine keeps and does not use.
    """

    urn: str
    custom: bool
    delete: bool = False
    id: str = ""
    type: str = ""
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)
    parent: str = ""
    protect: bool = False
    external: bool = False
    dependencies: list[str] = field(default_factory=list)
    init_errors: list[str] = field(default_factory=list)
    provider: str = ""
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    pending_replacement: bool = False
    additional_secret_outputs: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    custom_timeouts: dict[str, float] = field(default_factory=dict)
    retain_on_delete: bool = False
    deleted_with: str = ""
    created: str = ""
    modified: str = ""
    ignore_changes: list[str] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def provider_urn(self) -> str:
        """The URN in the provider reference (``URN::ID``)."""
        return self.provider.rsplit("::", 1)[0]

    @property
    def is_provider(self) -> bool:
        """Whether this is a provider itself."""
        return is_provider(self.type)

    def requirements(self) -> set[str]:
        """The URNs that this resource cannot be without, its parent left out."""
        needed = {*self.dependencies, *(urn for urns in self.property_dependencies.values() for urn in urns)}
        return (needed | {self.provider_urn, self.deleted_with}) - {""}

    def touch(self) -> None:
        """Note that the resource changed now."""
        self.modified = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        self.created = self.created or self.modified


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation that had begun and not ended when the state was written.

    Attributes:
        resource: As it was when the operation began.
        type: ``creating``, ``updating``, ``deleting`` or ``reading``.
    """

    resource: Resource
    type: str


class Snapshot:
    """The state during a run: what this run has settled, in that order, then what the run before left.

    Attributes:
        settled: Resources that this run has confirmed, created, updated or read.
        base: Resources of the state as it was that this run has not touched yet.
        operations: What is under way, and pending creates of earlier runs.
    """

    def __init__(
        self, resources: list[Resource], operations: list[Operation], save: Callable[[Snapshot], None]
    ) -> None:
        self.base = resources
        self.settled: list[Resource] = []
        self.operations = operations
        self._save = save

    def __iter__(self) -> Iterator[Resource]:
        yield from self.settled
        yield from self.base

    def write(self) -> None:
        """Put the state to disk."""
        self._save(self)

    def begin(self, operation: Operation) -> None:
        """Note an operation before it starts."""
        self.operations.append(operation)
        self.write()

    def end(self, operation: Operation) -> None:
        """Forget an operation; whatever came of it has been taken in."""
        self.operations = [pending for pending in self.operations if pending is not operation]
        self.write()

    def settle(
        self, new: Resource | None, *, instead_of: Resource | None = None, in_place: bool = False
    ) -> None:
        """Take in a step's result.

        Args:
            new: The resource as it is now; None where it is gone.
            instead_of: The state that it takes the place of.
            in_place: Keep the position in the order, as a refresh does.
        """
        if in_place and new is not None and instead_of is not None:
            self._swap(instead_of, new)
            return
        if instead_of is not None:
            self.settled = [resource for resource in self.settled if resource is not instead_of]
            self.base = [resource for resource in self.base if resource is not instead_of]
        if new is not None:
            self.settled.append(new)

    def _swap(self, old: Resource, new: Resource) -> None:
        for resources in (self.settled, self.base):
            resources[:] = [new if resource is old else resource for resource in resources]
