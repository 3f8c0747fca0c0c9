"""Who manages which resource: the dynamic host its own, the registry providers, nobody components."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from .errors import UnsupportedError
from .goal import DYNAMIC_PACKAGE
from .provider import Diff, Result
from .urn import package_of
from .values import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .host import DynamicHost
    from .provider import CheckFailure, Provider
    from .state import Resource
    from .values import Properties


class Providers:
    """The managers of a run's resources.

    Args:
        host: Manages dynamic resources.
        resources: The state, in which provider resources are looked up.
        dry_run: Whether this is a preview.
    """

    def __init__(self, host: DynamicHost, resources: Iterable[Resource], *, dry_run: bool) -> None:
        self._host = host
        self._registry = Registry(host, dry_run=dry_run)
        self._known = {resource.urn: resource for resource in resources if resource.is_provider}

    def of(self, resource: Resource) -> Provider | None:
        """Who manages a resource; None for components.

        Raises:
            UnsupportedError: It belongs to another package.
        """
        if not resource.custom:
            return None
        if package_of(resource.type) != DYNAMIC_PACKAGE:
            raise UnsupportedError(f"the package {package_of(resource.type)!r} ({resource.urn})")
        return self._registry if resource.is_provider else self._host

    async def invoke(self, token: str, arguments: Properties) -> Properties:
        """Call a function of the host; raises ProviderError where it has none of that name, or it failed."""
        return await self._host.invoke(token, arguments)

    async def load(self, resource: Resource) -> None:
        """Make sure that a resource of the state can be managed though the program does not speak of it.

        The host is configured from the state then, with what the last update gave it.
        """
        provider = resource if resource.is_provider else self._known.get(resource.provider_urn)
        if provider is not None and self.of(provider) is self._registry:
            await self._host.configure(provider.urn, provider.id, provider.inputs)


class Registry:
    """Manages the resources of type ``pulumi:providers:pulumi-python``: their state is a configuration.

    Creating or updating one configures the host.
    """

    def __init__(self, host: DynamicHost, *, dry_run: bool) -> None:
        self._host = host
        self._dry_run = dry_run

    async def check(
        self,
        urn: str,  # noqa: ARG002  the protocol's, as the next ones
        olds: Properties,  # noqa: ARG002
        news: Properties,
        seed: bytes,  # noqa: ARG002
    ) -> tuple[Properties, Sequence[CheckFailure]]:
        """Take any configuration."""
        return news, ()

    async def diff(self, old: Resource, inputs: Properties, ignore_changes: Sequence[str]) -> Diff:  # noqa: ARG002  the protocol's
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
