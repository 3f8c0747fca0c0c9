"""What one host process knows and shares among the engine's calls, and the session that it gives to each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from provider import configuration, environment, host
from provider.claims import Index, Known
from provider.clock import chance, scaled
from provider.configuration import Configuration
from provider.interruption import Interruptible
from provider.pacing import PACE
from provider.session import Session
from provider.turns import InTurn, Looks, Turns
from provider.verbs.create import Owner

if TYPE_CHECKING:
    from provider.arazzo import Caller
    from provider.aws import Settings
    from provider.kind import Kind

ORGANIZATION: Final = "__organization"


def _nothing(_: str) -> None:
    """Know no configuration: outside of a host there is none."""


def _aws(settings: Settings) -> Caller:
    from provider.aws import AwsCaller  # noqa: PLC0415 - a preview's checks make no client

    return AwsCaller(settings)


@dataclass
class Process:
    """What one host process knows.

    Attributes:
        get: Reads a value of the stack's configuration by its key.
        request: Finds the call of the engine that is being answered.
        caller: Makes what sends requests to an account.
        known: The stores that the state holds.
        index: The claimed stores of the account.
        turns: Who may send next what AWS lets through seldom.
        looks: When each wait may look.
    """

    get: Callable[[str], Any] = _nothing
    request: Callable[[], host.HostCall] = host.request
    caller: Callable[[Settings], Caller] = _aws
    known: Known = field(default_factory=Known)
    index: Index = field(default_factory=Index)
    turns: Turns = field(default_factory=Turns)
    looks: Looks = field(default_factory=Looks)

    @property
    def configuration(self) -> Configuration:
        """The stack's configuration; raises ConfigurationError where it is malformed."""
        return configuration.read(self.get)

    def session(
        self, call: host.HostCall, kind: Kind, values: Mapping[str, Any], timeout: float | None
    ) -> Session:
        """Return the session of a call.

        Args:
            call: The engine's call.
            kind: The table's row.
            values: The resource's properties.
            timeout: How long it may take, in seconds, or None.

        Raises:
            ConfigurationError: The stack's configuration, or the environment, is malformed.
        """
        clock = scaled(call.clock, environment.time_scale())
        deadline = None if timeout is None else clock.now() + timeout
        settings = self.settings(values)
        place = (settings.region, settings.profile, settings.role_arn)
        sender = Interruptible(self.caller(settings), call.cancellation)
        looks = (kind.service, place)
        return Session(
            caller=InTurn(sender, self.turns, place, clock=clock, line=call, deadline=deadline),
            clock=clock,
            voice=call,
            noun=kind.noun,
            deadline=deadline,
            chance=chance,
            pace=lambda waited, spread: self.looks.take(looks, clock.now(), PACE(waited, spread)),
        )

    def settings(self, values: Mapping[str, Any]) -> Settings:
        """Return which account and region a resource is in, and how AWS is reached."""
        from provider.aws import Settings  # noqa: PLC0415 - see _aws

        stack, timeout = self.configuration, environment.read_timeout()
        settings = Settings(
            region=values.get("region") or stack.region,
            profile=stack.profile,
            role_arn=stack.role_arn,
            external_id=stack.external_id,
        )
        return settings if timeout is None else replace(settings, read_timeout=timeout)

    def owner(self, call: host.HostCall, values: Mapping[str, Any]) -> Owner | None:
        """Return whom a creation is for, or None outside of a host, where nobody knows."""
        if not call.urn:
            return None
        return Owner(
            organization=str(values.get(ORGANIZATION) or "organization"),
            urn=call.urn,
            known=self.known,
            index=self.index,
            account=self.settings(values),
        )


PROCESS: Final = Process()
