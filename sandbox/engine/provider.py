"""What a provider of resources does, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .state import Resource
    from .values import Properties


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """Why an input is refused; ``property`` is empty where the whole resource is."""

    property: str
    reason: str


@dataclass(frozen=True, slots=True)
class Diff:
    """What a change would do.

    Attributes:
        changes: None where the provider leaves it to a comparison of the inputs.
        replaces: The properties that force a replacement.
        changed: The properties that changed, where the provider names them.
    """

    changes: bool | None
    replaces: Sequence[str] = ()
    changed: Sequence[str] = ()
    delete_before_replace: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a resource is after a create, a read or an update.

    Attributes:
        id: The provider's id; empty where the resource is gone, or not known before the update.
        inputs: New inputs, where a read returned some.
        init_errors: Why it is not initialised yet; such a result is kept and its step failed.
    """

    id: str
    outputs: Properties
    inputs: Properties | None = None
    init_errors: Sequence[str] = ()


class Provider(Protocol):
    """What manages the resources of a type."""

    async def check(
        self, urn: str, olds: Properties, news: Properties, seed: bytes
    ) -> tuple[Properties, Sequence[CheckFailure]]:
        """Validate inputs and fill in defaults."""

    async def diff(self, old: Resource, inputs: Properties, ignore_changes: Sequence[str]) -> Diff:
        """Compare new inputs with a resource's state."""

    async def create(self, new: Resource) -> Result:
        """Make a resource from its inputs."""

    async def update(self, old: Resource, new: Resource) -> Result:
        """Change a resource in place."""

    async def read(self, old: Resource, state: Properties) -> Result:
        """Look a resource up by its id."""

    async def delete(self, old: Resource) -> None:
        """Take a resource away."""
