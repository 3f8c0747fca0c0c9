"""The account guard: nothing is read or changed in an account that the stack's configuration does not allow.

Who calls is asked of STS, by a workflow like everything else, before the first call to the services: once per
process for each way to reach AWS. The operation needs no permission (AWS STS API reference,
GetCallerIdentity).

What the state holds has a home: the account and region in its ARN, or those where it was made. Elsewhere it
is not to be found, and must not count as gone for that.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ..documents import DOCUMENTS
from ..errors import CancelledError, ConfigurationError, ProviderError
from ..kinds.hidden import ACCOUNT
from ..kinds.parts import Workflow

if TYPE_CHECKING:
    from ..aws.configuration import Configuration
    from .session import Session

IDENTIFY: Final = Workflow(DOCUMENTS / "sts-caller-identity.arazzo.yaml", "identify-caller")


SECONDS_TO_TELL: Final = 30.0
"""How long STS may take to tell whose the credentials are, where that is only a precaution."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where a resource is: the account, and the region, empty for a service that has none."""

    account: str
    region: str

    def __str__(self) -> str:
        """Name both."""
        return f"the AWS account {self.account}" + (f" in {self.region}" if self.region else "")


def home(resource_id: str, props: Mapping[str, Any]) -> Home | None:
    """Return where a resource is: its own ARN among what the state has of it says so, or where it was made.

    Returns None where the state says neither.
    """
    pattern = rf'arn:[\w-]+:[\w-]+:([\w-]*):(\d{{12}}):(?:[^"\\\s]*[/:])?{re.escape(resource_id)}(?![\w-])'
    own = re.fullmatch(r"arn:[\w-]+:[\w-]+:([\w-]*):(\d{12}):.*", resource_id)
    found = own or re.search(pattern, json.dumps(props))
    if found:
        return Home(account=found[2], region=found[1])
    account = props.get(ACCOUNT)
    return Home(account, str(props.get("region") or "")) if isinstance(account, str) else None


class AccountGuard:
    """Lets pass who calls the right account; it asks once for each way to reach AWS, and others wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[Hashable, threading.Lock] = {}
        self._accounts: dict[Hashable, str] = {}
        self._untold: set[Hashable] = set()

    def admit(self, way: Hashable, configuration: Configuration, session: Session) -> None:
        """Return where the account is allowed, or where the stack allows all of them.

        Args:
            way: How AWS is reached; the same way leads to the same account.
            configuration: The stack's, with the accounts that it allows and forbids.
            session: Runs the workflow that asks.

        Raises:
            ConfigurationError: The account is the wrong one.
            ProviderError: It cannot be told.
        """
        if not configuration.guarded:
            return
        account = self._account(way, session)
        if configuration.refuses(account):
            raise _wrong(account, configuration)

    def keep_home(
        self, way: Hashable, place: Home, region: str | None, session: Session, *, is_gone: bool
    ) -> None:
        """Return where a resource's home is reached.

        Args:
            way: How AWS is reached.
            place: The resource's home.
            region: The region that is called.
            session: Runs the workflow that asks for the account.
            is_gone: Whether the resource was not found, so that the account has to be known.

        Raises:
            ConfigurationError: Another account or region is reached.
            ProviderError: It cannot be told, and the resource was not found.
        """
        if place.region and region and region != place.region:
            raise _elsewhere(place, f"calls go to {region}", "set aws:region, or the argument region, to it")
        try:
            account = self._soon(way, session)
        except CancelledError:
            raise
        except ProviderError:
            if is_gone:
                raise
            return  # a private network may not reach STS: what is not found there is asked for again
        if account != place.account:
            how = "use the credentials of its account (aws:profile, aws:assumeRole, the environment)"
            raise _elsewhere(place, f"the credentials are those of the AWS account {account}", how)

    def reached(self, way: Hashable, session: Session) -> str | None:
        """Return the account that is reached, or None where that cannot be told."""
        if way in self._untold:
            return None
        try:
            return self._soon(way, session)
        except CancelledError:
            raise
        except ProviderError:
            self._untold.add(way)
            return None

    def _soon(self, way: Hashable, session: Session) -> str:
        soon = session.clock.now() + SECONDS_TO_TELL
        return self._account(way, replace(session, deadline=min(soon, session.deadline or soon)))

    def _account(self, way: Hashable, session: Session) -> str:
        with self._lock:
            lock = self._locks.setdefault(way, threading.Lock())
        with lock:
            if way not in self._accounts:
                asking = replace(session, label="AWS account", seen={}, reached=None)
                self._accounts[way] = str(asking.run(IDENTIFY, {}, is_look=True).outputs["account"])
            return self._accounts[way]


def _elsewhere(place: Home, where: str, hint: str) -> ConfigurationError:
    return ConfigurationError(f"it is in {place}, and {where}", hint=hint)


def _wrong(account: str, configuration: Configuration) -> ConfigurationError:
    if account in configuration.forbidden_accounts:
        why = "aws:forbiddenAccountIds forbids"
    else:
        why = f"aws:allowedAccountIds does not allow (it allows {_listed(configuration.allowed_accounts)})"
    return ConfigurationError(
        f"the credentials are those of the AWS account {account}, which {why}",
        hint="use other credentials (aws:profile, aws:assumeRole), or change that list",
    )


def _listed(accounts: Iterable[str]) -> str:
    return ", ".join(sorted(accounts))
