"""What one host process knows and shares among the engine's calls, and the session that it gives to each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from provider import configuration, environment, host
from provider.claims import Index, Known
from provider.clock import chance, scaled
from provider.configuration import KEYS, ROLE, Configuration
from provider.guard import Guard
from provider.interruption import Interruptible
from provider.session import Session
from provider.shapes import UNKNOWN
from provider.turns import InTurn, Looks, Slots, Turns
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
        guard: Lets calls to the right accounts pass.
        declared: The URNs that were checked, by kind and region.
    """

    get: Callable[[str], Any] = _nothing
    request: Callable[[], host.HostCall] = host.request
    caller: Callable[[Settings], Caller] = _aws
    known: Known = field(default_factory=Known)
    index: Index = field(default_factory=Index)
    turns: Turns = field(default_factory=Turns)
    looks: Looks = field(default_factory=Looks)
    guard: Guard = field(default_factory=Guard)
    declared: dict[Any, set[str]] = field(default_factory=dict)

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
            ConfigurationError: The stack's configuration, or the environment, is malformed; or the account is
                not one that the stack allows.
        """
        clock = scaled(call.clock, environment.time_scale())
        deadline = None if timeout is None else clock.now() + timeout
        settings = self.settings(values)
        sender = Interruptible(self.caller(settings), call.cancellation)
        session = Session(
            caller=InTurn(sender, self.turns, settings, clock=clock, line=call, deadline=deadline),
            clock=clock,
            voice=call,
            noun=kind.noun,
            deadline=deadline,
            chance=chance,
            slots=Slots(self.looks, (kind.service, settings), clock),
        )
        self.guard.admit(settings, self.configuration, session)
        return session

    def declare(self, call: host.HostCall, kind: Kind, values: Mapping[str, Any]) -> int:
        """Note that the program declares a resource; return how many of its kind and region it has so far."""
        urns = self.declared.setdefault((kind.name, values.get("region")), set())
        urns.add(call.urn or "")
        return len(urns)

    def profile(self, values: Mapping[str, Any]) -> str | None:
        """Return the profile that a resource or the stack names."""
        own = values.get("connection")
        named = own.get("profile") if isinstance(own, Mapping) else None
        return named if isinstance(named, str) and named != UNKNOWN else self.configuration.profile

    def settings(self, values: Mapping[str, Any]) -> Settings:
        """Return which account and region a resource is in, and how AWS is reached.

        The resource's own ``connection`` comes first, then the stack's configuration, then AWS's own chain.
        A profile of its own brings its own credentials, a role of its own all that goes with a role.
        """
        from provider.aws import Settings  # noqa: PLC0415 - see _aws

        stack, timeout, own = self.configuration, environment.read_timeout(), values.get("connection") or {}
        keys = {} if own.get("profile") else {name: getattr(stack, name) for name in KEYS}
        role = own if own.get("role_arn") else {name: getattr(stack, name) for name in ROLE}
        settings = Settings(
            region=values.get("region") or stack.region,
            profile=own.get("profile") or stack.profile,
            **keys,
            endpoint_url=own.get("endpoint_url"),
            endpoints=tuple(sorted(stack.endpoints.items())),
            **{name: role[name] for name in ROLE if role.get(name) is not None},
            use_fips=stack.use_fips,
            use_dual_stack=stack.use_dual_stack,
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
