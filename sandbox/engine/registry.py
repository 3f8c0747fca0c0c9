"""The provider resources themselves: their state is the configuration that the provider host is given."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sandbox.engine.host import CheckFailure, Diff, DynamicHost, Result
from sandbox.engine.values import UNKNOWN, Properties

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.engine.state import Resource


class ProviderRegistry:
    """Manages the resources of type ``pulumi:providers:pulumi-python``; creating one configures the host."""

    def __init__(self, host: DynamicHost, *, dry_run: bool) -> None:
        self._host = host
        self._dry_run = dry_run

    async def check(
        self,
        urn: str,  # noqa: ARG002  the protocol's
        olds: Properties,  # noqa: ARG002
        news: Properties,
        seed: bytes,  # noqa: ARG002
    ) -> tuple[Properties, Sequence[CheckFailure]]:
        """Take any configuration."""
        return news, ()

    async def diff(self, old: Resource, inputs: Properties, ignore_changes: Sequence[str]) -> Diff:  # noqa: ARG002
        """A changed configuration is an update."""
        return Diff(changes=old.outputs != inputs)

    async def create(self, new: Resource) -> Result:
        """Give the provider an id and configure the host."""
        id_ = UNKNOWN if self._dry_run else str(uuid.uuid4())
        await self._host.configure(new.urn, id_, new.inputs)
        return Result(id_, new.inputs)

    async def update(self, old: Resource, new: Resource) -> Result:
        """Configure the host with what is new."""
        await self._host.configure(new.urn, old.id, new.inputs)
        return Result(old.id, new.inputs)

    async def read(self, old: Resource, state: Properties) -> Result:
        """Nothing to look up: what it is, it is here."""
        return Result(old.id, state)

    async def delete(self, old: Resource) -> None:
        """Nothing to take away."""

    async def load(self, provider: Resource) -> None:
        """Configure the host from the state, as for resources that the program does not speak of."""
        await self._host.configure(provider.urn, provider.id, provider.inputs)
