"""What one host process knows and shares among the engine's calls, and the session that it gives to each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..aws import configuration, environment
from ..aws.configuration import KEYS, Configuration, Role
from ..aws.rate_limits import InTurn, Looks, Slots, Turns
from ..kinds.table import RATES
from ..models.shapes import UNKNOWN, is_open
from ..timing.clock import chance, scaled
from .account_guard import AccountGuard
from .cancellation import Interruptible
from .claim_search import Owner
from .claims import Index, Known, organization
from .holders import Holders
from .release import RELEASE_SECONDS, Releases, release
from .session import Session

if TYPE_CHECKING:
    from ..arazzo import Caller
    from ..aws.settings import Settings
    from ..kinds.kind import Kind
    from .account_guard import Home
    from .engine import Call


def _nothing(_: str) -> None:
    """Know no configuration: outside of a host there is none."""


def _aws(settings: Settings) -> Caller:
    from ..aws.caller import AwsCaller  # noqa: PLC0415 - a preview's checks make no client

    return AwsCaller(settings)


@dataclass
class Process:
    """What one host process knows.

    Attributes:
        get: Reads a value of the stack's configuration by its key.
        caller: Makes what sends requests to an account.
        known: The stores that the state holds.
        index: The claimed stores of the account.
        releases: The claims that may have to come off.
        turns: Who may send next what AWS lets through seldom.
        looks: When each wait may look.
        guard: Lets calls to the right accounts pass.
        declared: The URNs that were checked, by kind and region.
        holders: Who names which resource of AWS.
        replacing: What a change of which is to replace a resource, by its URN.
        told: What the user was told, and by which call: once in a process is enough.
    """

    get: Callable[[str], Any] = _nothing
    caller: Callable[[Settings], Caller] = _aws
    known: Known = field(default_factory=Known)
    index: Index = field(default_factory=Index)
    releases: Releases = field(default_factory=Releases)
    turns: Turns = field(default_factory=Turns)
    looks: Looks = field(default_factory=Looks)
    guard: AccountGuard = field(default_factory=AccountGuard)
    declared: dict[Any, set[str]] = field(default_factory=dict)
    holders: Holders = field(default_factory=Holders)
    replacing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    told: dict[str, object] = field(default_factory=dict)

    @property
    def configuration(self) -> Configuration:
        """The stack's configuration; raises ConfigurationError where it is malformed."""
        return configuration.read_configuration(self.get)

    def session(self, call: Call, kind: Kind, values: Mapping[str, Any], timeout: float | None) -> Session:
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
        stack, settings = self.configuration, self.settings(values)
        sender: Caller = Interruptible(self.caller(settings), call.cancellation)
        queues = self.turns.of(settings, {**RATES, **kind.rates})
        session = Session(
            caller=InTurn(sender, queues, clock=clock, line=call, deadline=deadline),
            clock=clock,
            reporter=call,
            label=kind.label,
            deadline=deadline,
            chance=chance,
            refusals=kind.refusals,
            pace=kind.pace,
            ignored_tags=stack.ignored_tags,
            slots=Slots(self.looks, (kind.service, settings), clock, kind.pace),
        )
        self.guard.admit(settings, stack, session)
        return session

    def keep_home(self, place: Home, values: Mapping[str, Any], session: Session, *, is_gone: bool) -> None:
        """Raise where another account or region is reached than its own; see ``AccountGuard.keep_home``."""
        settings = self.settings(values)
        self.guard.keep_home(settings, place, settings.chosen_region(), session, is_gone=is_gone)

    def reached(self, values: Mapping[str, Any], session: Session) -> str | None:
        """Return the account that a resource is called in, or None where that cannot be told."""
        return self.guard.reached(self.settings(values), session)

    def declare(self, call: Call, kind: Kind, values: Mapping[str, Any]) -> int:
        """Note that the program declares a resource; return how many of its kind and region it has so far."""
        urns = self.declared.setdefault((kind.name, values.get("region")), set())
        urns.add(call.urn or "")
        return len(urns)

    def declares(self, call: Call) -> bool:
        """Whether the program is known to declare the resource: a refresh or a destroy runs no program."""
        return any(call.urn in urns for urns in list(self.declared.values()))

    def complain(self, call: Call) -> None:
        """Warn, once in a process, of keys in the stack's configuration that do not act here."""
        keys = ", ".join(self.configuration.unheeded)
        if keys and self.told.setdefault(keys, call) is call:
            call.warn(f"the stack's configuration sets {keys}, which have no effect here")

    def settings(self, values: Mapping[str, Any]) -> Settings:
        """Return which account and region a resource is in, and how AWS is reached.

        The resource's own ``connection`` comes first, then the stack's configuration, then AWS's own chain.
        A profile of its own brings its own credentials, a role of its own goes in the place of all others.
        What a preview does not know yet counts as not set.
        """
        from ..aws.settings import Settings  # noqa: PLC0415 - see _aws

        stack, timeout, own = self.configuration, environment.read_timeout(), _connection(values)
        keys = {} if own.get("profile") else {name: getattr(stack, name) for name in KEYS}
        region = values.get("region")
        settings = Settings(
            region=region if isinstance(region, str) and region != UNKNOWN else stack.region,
            profile=own.get("profile") or stack.profile,
            **keys,
            roles=_own_role(own) or stack.roles,
            endpoint_url=own.get("endpoint_url"),
            endpoints=tuple(sorted(stack.endpoints.items())),
            network=stack.network,
        )
        return settings if timeout is None else replace(settings, read_timeout=timeout)

    def account(self, values: Mapping[str, Any]) -> str | None:
        """Return the account that a resource is meant for, as far as the program and the stack say it.

        It is that of the role that is taken on, or the only one that the stack allows; nobody is asked.
        """
        if is_open(values.get("connection")):
            return None
        roles, allowed = self.settings(values).roles, self.configuration.allowed_accounts
        if roles:
            return roles[-1].account
        return next(iter(allowed)) if len(allowed) == 1 else None

    def stored(self, call: Call, urn: str, resource_id: str) -> None:
        """Take the claim off a store that the program's process saw stored.

        Args:
            call: The call that tells it.
            urn: The resource's URN.
            resource_id: The store's id.
        """
        claimed = self.releases.stored(urn, resource_id)
        if claimed is not None:
            release(claimed, self.session(call, claimed.kind, claimed.outputs, RELEASE_SECONDS))

    def release_shown(self, call: Call) -> None:
        """Take the claims off the stores that the engine has shown among its old values; not in a preview."""
        for claimed in self.releases.shown():
            release(claimed, self.session(call, claimed.kind, claimed.outputs, RELEASE_SECONDS))

    def owner(self, call: Call, values: Mapping[str, Any], is_named: Callable[[str], bool]) -> Owner | None:
        """Return whom a creation is for, or None outside of a host, where nobody knows.

        Args:
            call: The engine's call.
            values: The resource's properties.
            is_named: Whether another resource of the program names the store of an id.
        """
        if not call.urn:
            return None
        return Owner(
            organization=organization(values),
            urn=call.urn,
            known=self.known,
            index=self.index,
            account=self.settings(values),
            is_named=is_named,
        )


def _connection(values: Mapping[str, Any]) -> dict[str, str]:
    """Return a resource's own way to AWS, as far as it is known."""
    own = values.get("connection")
    known = own.items() if isinstance(own, Mapping) else ()
    return {name: value for name, value in known if isinstance(value, str) and value != UNKNOWN}


def _own_role(own: Mapping[str, str]) -> tuple[Role, ...]:
    """Return the role that a resource itself names; one alone, or none."""
    if not own.get("role_arn"):
        return ()
    return (Role(own["role_arn"], session_name=own.get("session_name"), external_id=own.get("external_id")),)
