"""What an operation gets to work with: the caller's parameters, the account and the time."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from .errors import ServiceError, validation
from .state import ACCOUNT, ImageSet, ImageSetVersion, Job, Store, Token, World

READS: Final = ("Get", "Describe", "List", "Search")
"""How the names of operations begin that change nothing."""

Item = TypeVar("Item", Store, Job, ImageSet, ImageSetVersion)


@dataclass(frozen=True)
class Call:
    """One request for an operation, already authenticated.

    Attributes:
        service: The service's name in botocore, ``healthlake``.
        operation: ``CreateFHIRDatastore``.
        region: The region it was signed for.
        parameters: The operation's input members; what the caller left out is not there. They are of the
            model's types; when the operation gets them they are also within its constraints.
        world: The account.
        now: Sandbox time.
        new_id: Makes an id of 32 lower-case hexadecimal digits.
        access_key_id: Who signed the request; empty for what is ordered from outside.
    """

    service: str
    operation: str
    region: str
    parameters: Mapping[str, Any]
    world: World
    now: float
    new_id: Callable[[], str]
    access_key_id: str = ""

    @property
    def account(self) -> str:
        """The account that the caller belongs to: that of the role which it has taken on."""
        session = self.world.role_sessions.get(self.access_key_id)
        return session.role_arn.split(":")[4] if session else ACCOUNT

    def timestamp(self, sandbox: float) -> datetime:
        """Return when the caller's clock showed this sandbox time."""
        return datetime.fromtimestamp(self.world.timeline.clock_at(sandbox), UTC)

    def stores(self) -> list[Store]:
        """Return this service's stores in this region, oldest first, also the deleted that are visible.

        Those of other accounts are not to be seen.
        """
        return [
            store
            for store in self.world.stores.values()
            if (store.service, store.region, store.account) == (self.service, self.region, self.account)
        ]

    def named(self, datastore_id: str) -> Store | None:
        """Return the store of that id in this region, where a call can find it already."""
        newest = self.now - self.world.settings.lag if self.access_key_id else self.now
        is_read = self.operation.startswith(READS)
        found = (store for store in self.stores() if store.id == datastore_id)
        return next((store for store in found if is_read or store.created <= newest), None)

    def once(
        self, token: str | None, create: Callable[[], str], *, refuse: Callable[[str], ServiceError]
    ) -> str:
        """Return the id of what ``create`` makes, or of what it made when this client token was used before.

        Raises:
            ServiceError: What ``refuse`` makes: the token was used with other parameters.
        """
        if token is None:
            return create()
        key = f"{self.account}/{self.service}/{self.region}/{self.operation}/{token}"
        fingerprint = _fingerprint(self.parameters)
        used = self.world.tokens.get(key)
        if used is None or not self._known(used.resource_id):
            used = self.world.tokens[key] = Token(fingerprint, create())
        if used.fingerprint != fingerprint:
            raise refuse(f"Client token {token} was used before with other parameters")
        return used.resource_id

    def _known(self, resource_id: str) -> bool:
        return resource_id in self.world.stores or resource_id in self.world.jobs

    def page(
        self,
        items: Iterable[Item],
        token: str | None,
        limit: int | None,
        *,
        newest_first: bool = False,
    ) -> tuple[list[Item], str | None]:
        """Return one page of the items in the order of their making, and the token of the next.

        Raises:
            ServiceError: ValidationException, the token is none of ours.
        """
        after = _read_page_token(token)
        left = sorted(items, key=_order, reverse=newest_first)
        if after is not None:
            left = [item for item in left if (_order(item) < after if newest_first else _order(item) > after)]
        size = limit or self.world.settings.page_size
        page = left[:size]
        return page, _page_token(page[-1]) if len(left) > size else None


def _fingerprint(parameters: Mapping[str, Any]) -> str:
    text = json.dumps(parameters, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _order(item: Store | Job | ImageSet | ImageSetVersion) -> tuple[float, str]:
    made = item.submitted if isinstance(item, Job) else item.created
    return made, item.id


def _page_token(item: Store | Job | ImageSet | ImageSetVersion) -> str:
    return base64.urlsafe_b64encode(json.dumps(_order(item)).encode()).decode()


def _read_page_token(token: str | None) -> tuple[float, str] | None:
    if not token:
        return None
    try:
        made, item_id = json.loads(base64.urlsafe_b64decode(token))
        return float(made), str(item_id)
    except (ValueError, TypeError) as error:
        raise validation("Invalid NextToken") from error
