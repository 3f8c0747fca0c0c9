"""The account guard: nothing is read or changed in an account that the stack's configuration does not allow.

Who calls is asked of STS, by a workflow like everything else, before the first call to the services: once per
process for each way to reach AWS. The operation needs no permission (AWS STS API reference,
GetCallerIdentity).
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..documents import DOCUMENTS
from ..errors import ConfigurationError
from ..kinds.kind import Workflow

if TYPE_CHECKING:
    from ..aws.configuration import Configuration
    from .session import Session

IDENTIFY: Final = Workflow(DOCUMENTS / "sts-caller-identity.arazzo.yaml", "identify-caller")


class Guard:
    """Lets pass who calls the right account; it asks once for each way to reach AWS, and others wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[Hashable, threading.Lock] = {}
        self._accounts: dict[Hashable, str] = {}

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

    def _account(self, way: Hashable, session: Session) -> str:
        with self._lock:
            lock = self._locks.setdefault(way, threading.Lock())
        with lock:
            if way not in self._accounts:
                asking = replace(session, noun="AWS account", seen={}, reached=None)
                self._accounts[way] = str(asking.run(IDENTIFY, {}).outputs["account"])
            return self._accounts[way]


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
