"""Claims: how a store that is being made is found again, and why none is ever taken from somebody.

A store carries the tag ``pulumi-health:claim`` from its create call on until a state is known to hold it.
The tag says whose the store is to be (a hash of the organization and the URN), in which creation it was
made, what was asked for, and at which of two stages it is:

* ``making``: no answer that names the store has been given to an engine. So no state can hold it, and whoever
  creates the same resource next takes it over.
* ``answered``: written just before an engine gets any answer with the store's id, a failure half-way
  included. From then on a state may hold it: under this URN, under another one (an alias, ``stack
  rename``), or one of another stack. It is never taken over on a guess; a creation that meets it fails and
  says how to go on.

As soon as the id is known the claim names it too, so that a copied tag, on a store of another id, is none.

**Order of a creation.** Look for claims; create, with the claim among the tags; read the new store's tags and
bind the claim to its id; wait; mark it ``answered``; answer. Whatever stops this, at whichever place:

============================== ========================= ==================================================
stopped                        what is left              what the next ``up`` does
============================== ========================= ==================================================
before the create call         nothing                   creates
from there to ``answered``     a store in the making     takes it over; where the list does not show it yet,
                                                         the same token gets the same store from AWS
marking fails                  a store in the making;    takes it over
                               the answer is an error
                               without an id
marking fails in a creation    a state with the store    takes the claim off and goes on; until then the
that is stopped half-way       in the making             resource must not be renamed, as a warning says
after ``answered``, with no    an ``answered`` store     fails and names the store: ``adopt=``, or take the
state written (engine killed,                            tag off
state's backend refuses)
after the state was written    a state with the store    takes the claim off
============================== ========================= ==================================================

**When a claim comes off.** Only on evidence that a state holds the store, never by the clock:

* the program's own process sees RegisterResource return, which an engine answers after it has written the
  state (the program then calls the host, see ``provider.program.stored``);
* or a later call of the engine shows the id among the old values, under whatever URN;
* or the engine goes on with what only comes after: the inputs of another resource name a store that this run
  made, or the old store of a replacement is to be deleted.

The output ``__claimed`` says that a claim may still be there, so a removal that was refused, or that never
came, is tried again at each visit. Without checkpoints (``PULUMI_SKIP_CHECKPOINTS``) only the second kind of
evidence counts. A preview writes nothing, and a check or a diff cannot tell whether it is a preview's: what
they show comes off with the next create, read, update or delete. So on the plugin face, whose programs call
nobody, the claim of a store that nothing else names stays after the ``up`` that made it, until one that has
something to do, or a refresh.

**Tokens.** A creation is named by the organization, the URN and the names of what the state has held under
it; its idempotency token derives from that and from what is asked for. So a run that repeats a creation
that a crash cut off sends the same token while nothing of the state has changed; a replacement sends
another one, because the state holds a store by then. After a deletion nothing is left to tell the two
creations apart, and AWS may answer with the earlier store, or with that of a stack of the same name in
another backend: its tags do not hold this creation's claim, so the creation goes on under another name,
which derives from the first one and that store.

**Limits.** Only a creation looks, in its own account and region; ``python -m provider claims`` shows what
nobody looks for any more. Two self-managed backends with the same project and stack share their claims in
an account while stores are in the making.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from ..errors import ProviderError
from ..kinds.hidden import ORGANIZATION

KEY: Final = "pulumi-health:claim"
"""The tag's key; fits the patterns of both services."""

_HASH: Final = 32
_TOKEN_HASH: Final = 16
_LONGEST: Final = 256
"""Characters in a tag's value, in both services."""
_NOT_IN_TAGS: Final = re.compile(r"[^\w .:/=+@-]+")


class Stage(StrEnum):
    """How far a creation has come."""

    MAKING = "making"
    ANSWERED = "answered"


class AmbiguousClaimError(ProviderError):
    """Two stores carry the claim of one resource. Attribute ``ids`` names them."""

    def __init__(self, urn: str, ids: tuple[str, ...]) -> None:
        super().__init__(
            f"{len(ids)} stores carry the claim of {urn}: {', '.join(ids)}",
            hint=f"keep one, remove the tag {KEY} from the others or delete them, and run `pulumi up` again",
        )
        self.ids = ids


class AnsweredClaimError(ProviderError):
    """A store was made for this resource, and a state may hold it. Attribute ``ids`` names such stores."""

    def __init__(self, noun: str, ids: tuple[str, ...]) -> None:
        named = ", ".join(ids)
        super().__init__(
            f"{noun} {named} was made for this resource by a run that did not see it stored",
            reason="a state may hold it: this stack's under another name, or another stack's",
            hint=f'if none does, set adopt="{ids[0]}"; if one does, remove the tag {KEY} from the '
            "store (`pulumi refresh` of the stack that holds it does that); then run `pulumi up` again",
        )
        self.ids = ids


@dataclass(frozen=True, slots=True)
class Claim:
    """Who makes a store, and in which creation.

    Attributes:
        owner: A hash of the organization and the URN.
        creation: A hash of the creation's token.
        asked: A hash of what was asked for; empty in claims that do not say.
        stage: How far the creation has come. Claims of earlier releases do not say: they count as answered.
        store_id: The store's id, or empty where it is not known yet.
        since: When the creation began, in ISO 8601, or empty.
        whose: Whose it is, in plain words.
    """

    owner: str
    creation: str
    asked: str = ""
    stage: Stage = Stage.MAKING
    store_id: str = ""
    since: str = ""
    whose: str = ""

    @classmethod
    def of(cls, organization: str, urn: str, token: str, asked: str = "") -> Claim:
        """Return the claim of a resource's creation; ``asked`` is any text that tells what it is to be."""
        hashed = _digest(asked, _TOKEN_HASH) if asked else ""
        owner = _digest(f"{organization}\n{urn}", _HASH)
        return cls(owner, _digest(token, _TOKEN_HASH), hashed, whose=in_words(organization, urn))

    @classmethod
    def parse(cls, tags: Mapping[str, str]) -> Claim | None:
        """Return the claim that a store's tags hold, or None."""
        fields, _, whose = tags.get(KEY, "").partition(" ")
        stage, dot, rest = fields.partition(".")
        if not dot:
            return None
        if stage not in set(Stage):
            stage, rest = Stage.ANSWERED, fields
        owner, creation, asked, store_id, since = (*rest.split(".", 4), "", "", "", "")[:5]
        return cls(owner, creation, asked, Stage(stage), store_id, since, whose)

    def bound(self, store_id: str, since: str = "") -> Claim:
        """Return this claim on the store of that id; a claim that says since when it is there stays so."""
        return replace(self, store_id=store_id, since=self.since or since)

    def answered(self) -> Claim:
        """Return this claim as of the moment when an engine is answered."""
        return replace(self, stage=Stage.ANSWERED)

    def instead_of(self, store_id: str) -> Claim:
        """Return the claim of the creation that follows one whose token AWS answers with another's store."""
        return replace(self, creation=_digest(f"{self.creation}\n{store_id}", _TOKEN_HASH))

    @property
    def name(self) -> str:
        """The name of the creation; all idempotency tokens of it derive from it."""
        return f"{self.creation}.{self.asked}"

    @property
    def tags(self) -> dict[str, str]:
        """The claim as a tag."""
        fields = [self.stage, self.owner, self.creation, self.asked, self.store_id, self.since]
        text = ".".join(fields).rstrip(".")
        return {KEY: f"{text} {self.whose}".rstrip()[:_LONGEST].rstrip()}


@dataclass(frozen=True, slots=True)
class Store:
    """A store of the account with its claim.

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

    @property
    def is_copy(self) -> bool:
        """Whether its claim is another store's."""
        return self.claim.store_id not in {"", self.id}


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

    def holders(self, store_id: str) -> tuple[str, ...]:
        """Return the URNs under which the state holds a store."""
        return tuple(sorted(urn for urn, ids in list(self.ids.items()) if store_id in ids))

    def holds(self, urn: str, store: Store) -> bool:
        """Whether the state is known to hold this store, under this URN or another one."""
        return bool(self.holders(store.id)) or store.claim.creation in self.creations.get(urn, ())


@dataclass(frozen=True, slots=True)
class Found:
    """The stores that carry one owner's claim.

    Attributes:
        lost: Those that no engine was told of.
        answered: Those that a state may hold.
    """

    lost: tuple[Store, ...]
    answered: tuple[Store, ...]


def mine(stores: Iterable[Store], owner: str) -> Found:
    """Return the stores that carry an owner's claim, copies left out.

    A claim that names no store is a copy where another store's claim on the same creation names it.
    """
    own = [store for store in stores if store.claim.owner == owner and not store.is_copy]
    bound = {store.claim.creation for store in own if store.claim.store_id}
    real = [store for store in own if store.claim.store_id or store.claim.creation not in bound]
    answered = [store for store in real if store.claim.stage is Stage.ANSWERED]
    return Found(tuple(store for store in real if store not in answered), tuple(answered))


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
        self._told: set[str] = set()

    def stores(self, key: Any, read: Callable[[], Iterator[Store]]) -> tuple[Store, ...]:
        """Return the claimed stores under a key, reading them where nobody has yet; others wait meanwhile."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._stores:
                self._stores[key] = tuple(read())
            return self._stores[key]

    def has(self, store_id: str) -> bool:
        """Whether a store was there with a claim before this process made any."""
        with self._lock:
            return any(store.id == store_id for stores in self._stores.values() for store in stores)

    def untold(self, stores: Iterable[Store], stack: str, owner: str) -> list[Store]:
        """Return a stack's other stores in the making that nobody has told of yet.

        Args:
            stores: The claimed stores of the account.
            stack: How the plain words of the stack's claims begin.
            owner: Who asks: its own stores are not among them.
        """
        with self._lock:
            found = [
                store
                for store in stores
                if store.claim.stage is Stage.MAKING
                and store.claim.whose.partition(" ")[0] == stack
                and store.claim.owner != owner
                and not store.is_copy
                and store.id not in self._told
            ]
            self._told.update(store.id for store in found)
        return found


def creation_token(owner: str, urn: str, before: Iterable[str]) -> str:
    """Return what names a creation: the same for whoever repeats it while the state has held the same.

    Args:
        owner: The stack's organization.
        urn: The resource's URN.
        before: The names of what the state has held under it, see ``Known.names``.
    """
    return _digest("\n".join([owner, urn, *before]), _HASH)


def organization(values: Mapping[str, Any]) -> str:
    """Return the organization that a resource's inputs name; what Pulumi calls it where there is none."""
    return str(values.get(ORGANIZATION) or "organization")


def in_words(organization: str, urn: str) -> str:
    """Return whose a resource is, in plain words that a tag may hold: ``acme/shop/dev images``."""
    parts = urn.split("::", 3)
    if len(parts) != 4:  # noqa: PLR2004 - urn:pulumi:stack, project, types, name
        return ""
    stack, project, _, name = parts
    words = f"{organization}/{project}/{stack.removeprefix('urn:pulumi:')} {name}"
    return " ".join(_NOT_IN_TAGS.sub("_", words).split())


def visible(tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags without the claim."""
    return {key: value for key, value in tags.items() if key != KEY}


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
