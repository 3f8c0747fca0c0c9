"""Claims: how a store that is being made is found again by whoever goes on after a crash.

A store carries a claim tag from its create call on: a hash of the organization and the URN it is made for,
and one of the token of that very creation. It comes off only when the engine has the store in its state. So a
claimed store is one that a run has made and perhaps lost; a creation first looks for its own claim.

Its limits: only a creation looks. A replacement that was lost, and that no program asks for any more, stays
claimed until the resource is replaced again (``pulumi up --replace URN``), which takes it over. And backends
cannot be told apart: two self-managed ones with the same project and stack share their claims in an account.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..errors import ProviderError

KEY: Final = "pulumi-health:claim"
"""The tag's key; fits the patterns of both services."""

_HASH: Final = 32
_TOKEN_HASH: Final = 16


class AmbiguousClaimError(ProviderError):
    """Two stores carry the claim of one resource. Attribute ``ids`` names them."""

    def __init__(self, urn: str, ids: tuple[str, ...]) -> None:
        super().__init__(
            f"{len(ids)} stores carry the claim of {urn}: {', '.join(ids)}",
            hint=f"keep one, take the tag {KEY} off the others or delete them, and run up again",
        )
        self.ids = ids


@dataclass(frozen=True, slots=True)
class Claim:
    """Who makes a store, and in which creation.

    Attributes:
        owner: A hash of the organization and the URN.
        creation: A hash of the creation's token.
        asked: A hash of what was asked for; not there in claims that do not say.
    """

    owner: str
    creation: str
    asked: str = ""

    @classmethod
    def of(cls, organization: str, urn: str, token: str, asked: str = "") -> Claim:
        """Return the claim of a resource's creation; ``asked`` is any text that tells what it is to be."""
        hashed = _digest(asked, _TOKEN_HASH) if asked else ""
        return cls(_digest(f"{organization}\n{urn}", _HASH), _digest(token, _TOKEN_HASH), hashed)

    @classmethod
    def parse(cls, tags: Mapping[str, str]) -> Claim | None:
        """Return the claim that a store's tags hold, or None."""
        owner, dot, rest = tags.get(KEY, "").partition(".")
        creation, _, asked = rest.partition(".")
        return cls(owner, creation, asked) if dot else None

    @property
    def tags(self) -> dict[str, str]:
        """The claim as a tag."""
        return {KEY: ".".join(filter(None, (self.owner, self.creation, self.asked)))}


@dataclass(frozen=True, slots=True)
class Store:
    """A store of the account as the list call shows it, with its claim.

    Attributes:
        id: Its id.
        arn: Its ARN.
        claim: Its claim.
        is_failed: Whether it could not be made, so that nobody can use it.
    """

    id: str
    arn: str
    claim: Claim
    is_failed: bool = False


@dataclass
class Known:
    """The stores that the state is known to hold, by URN: ids seen in calls, creations seen in checks.

    A replacement, a forced one too, must not take over the store that it is about to delete. Nor one that an
    earlier replacement left to be deleted: no call names that before the end of the run, so the inputs of the
    store that came in its place do.
    """

    ids: dict[str, set[str]] = field(default_factory=dict)
    creations: dict[str, set[str]] = field(default_factory=dict)

    def holds_id(self, urn: str, store_id: str) -> None:
        """Note that the state holds this store under this URN."""
        self.ids.setdefault(urn, set()).add(store_id)

    def holds_creation(self, urn: str, token: str) -> None:
        """Note that the state holds the store of this creation under this URN."""
        self.creations.setdefault(urn, set()).add(_digest(token, _TOKEN_HASH))

    def held_before(self, urn: str, names: Iterable[str]) -> None:
        """Note what ``names`` returned when the resource was made that the state holds now."""
        held = frozenset(names)
        self.ids.setdefault(urn, set()).update(held)
        self.creations.setdefault(urn, set()).update(held)

    def names(self, urn: str) -> tuple[str, ...]:
        """Return all ids and creations that are known of a URN."""
        return tuple(sorted(self.ids.get(urn, set()) | self.creations.get(urn, set())))

    def excludes(self, urn: str, store: Store) -> bool:
        """Whether the state is known to hold this store."""
        return store.id in self.ids.get(urn, ()) or store.claim.creation in self.creations.get(urn, ())


def mine(stores: Iterable[Store], claim: Claim, urn: str, known: Known) -> list[Store]:
    """Return the stores that carry the claim and are not known to the state."""
    return [store for store in stores if store.claim.owner == claim.owner and not known.excludes(urn, store)]


def the_one(stores: Iterable[Store], urn: str) -> Store | None:
    """Return the only store that can be used, or None where there is none.

    Raises:
        AmbiguousClaimError: There are two.
    """
    found = [store for store in stores if not store.is_failed]
    if len(found) > 1:
        raise AmbiguousClaimError(urn, tuple(store.id for store in found))
    return found[0] if found else None


class Index:
    """The claimed stores of each account and region, read once per process.

    What this process makes itself it knows; a claim from before can only be older than the process.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[Any, threading.Lock] = {}
        self._stores: dict[Any, tuple[Store, ...]] = {}

    def stores(self, key: Any, read: Callable[[], Iterator[Store]]) -> tuple[Store, ...]:
        """Return the claimed stores under a key, reading them where nobody has yet; others wait meanwhile."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._stores:
                self._stores[key] = tuple(read())
            return self._stores[key]


def visible(tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags without the claim."""
    return {key: value for key, value in tags.items() if key != KEY}


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
