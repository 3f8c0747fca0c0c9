"""The search for claimed stores: few calls, however many stores the account holds.

Up to ``FEW`` stores are asked for their tags one by one. Of more, the Resource Groups Tagging API shows the
tags of a hundred at a time; its index lags, so a young store that it does not show is asked itself, and so
is every store where the API is denied, out of reach or shows none of the kind (which services it covers
changes). A store of this owner is asked again before anything is done with it. Source: AWS Resource Groups
Tagging API reference, GetResources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from ..documents import DOCUMENTS
from ..errors import CancelledError, ProviderError
from ..kinds.parts import Life, Workflow
from ..kinds.properties import tags_to_map
from .claims import AnsweredClaimError, Claim, Found, Index, Known, Store, in_words, mine
from .pages import listed
from .session import WorkflowError
from .tags import read_tags, shown_tags

if TYPE_CHECKING:
    from ..kinds.kind import Kind
    from ..kinds.tagging import Listed, Tags
    from .session import Session

FEW: Final = 10
"""How many stores are asked one by one: by default AWS allows no more."""

YOUNG: Final = 3600.0
"""Seconds since its making in which the Tagging API may not show a store yet."""

EVIDENCE_SECONDS: Final = 10.0
"""How long a creation waits for a call that shows an answered store among this stack's, before it fails."""

TAGGED: Final = Workflow(DOCUMENTS / "resource-groups-tagging.arazzo.yaml", "list-tagged-resources")
_TAGGING_SECONDS: Final = 15.0
_PAUSE: Final = 0.5


def _nobody(_: str) -> bool:
    """Know of no other resource."""
    return False


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a creation is for, and what the process knows of the state.

    Attributes:
        organization: The stack's organization.
        urn: The resource's URN.
        known: The stores that the state holds.
        index: The claimed stores of the account.
        account: What tells one account and region from another.
        is_named: Whether another resource of the program names the store of an id.
    """

    organization: str
    urn: str
    known: Known
    index: Index
    account: Any
    is_named: Callable[[str], bool] = _nobody

    @property
    def stack(self) -> str:
        """How the plain words of the stack's claims begin."""
        return in_words(self.organization, self.urn).partition(" ")[0]

    @property
    def hash(self) -> str:
        """The owner as its claims name it."""
        return Claim.of(self.organization, self.urn, "").owner


def search(kind: Kind, session: Session, owner: Owner) -> Found:
    """Return the stores that carry the owner's claim and that the state is not known to hold.

    Raises:
        AnsweredClaimError: A state may hold one of them that can be used.
        ProviderError: The account cannot be searched.
    """
    stores = owner.index.stores((kind.name, owner.account), lambda: claimed_stores(kind, session))
    own = [store for store in stores if store.claim.owner == owner.hash and not store.is_copy]
    for store in owner.index.untold(stores, owner.stack, owner.hash):
        session.reporter.info(_left(kind, store))
    found = mine((now for store in own if (now := as_of_now(kind, store, session))), owner.hash)
    lost = [store for store in found.lost if not _is_held(owner, store, session)]
    answered = [store for store in found.answered if not _is_held(owner, store, session)]
    usable = tuple(store.id for store in answered if not store.is_failed)
    if usable:
        raise AnsweredClaimError(kind.label, usable)
    for store in answered:
        session.reporter.warn(
            f"{kind.label} {store.id} could not be made, and a state may hold it: it stays as it is"
        )
    return Found(tuple(lost), tuple(answered))


def claimed_stores(kind: Kind, session: Session) -> Iterator[Store]:
    """Yield the account's stores that carry a claim and are there to stay."""
    if kind.tags is None:
        return
    items = list(_items(kind, kind.tags, session))
    for item, tags in _tagged(kind, kind.tags, items, session):
        claim = Claim.parse(tags)
        if claim:
            yield Store(item.id, item.name, claim, is_failed=_life(kind, item) is Life.FAILED)


def as_of_now(kind: Kind, store: Store, session: Session) -> Store | None:
    """Return a store as it is now, or None where it is going, gone, or carries no claim any more."""
    try:
        keys = kind.keys({kind.id_property: store.id})
        outputs = (
            replace(session, seen={}, reached=None).run(kind.workflows["read"], keys, is_look=True).outputs
        )
    except WorkflowError as error:
        if error.not_found:
            return None
        raise
    life = kind.life(kind.reported(outputs))
    claim = Claim.parse(shown_tags(outputs, session))
    if claim is None or life.is_over:
        return None
    return replace(store, claim=claim, is_failed=life is Life.FAILED)


def _left(kind: Kind, store: Store) -> str:
    """Say of a store in the making who takes it over."""
    name = store.claim.whose.partition(" ")[2]
    return (
        f"{kind.label} {store.id} was made for {name} by an interrupted run: `pulumi up` takes it over "
        f'where the program declares {name}; else delete it, or adopt it with adopt="{store.id}" '
        "(`python -m provider claims` shows all of them)"
    )


def _is_held(owner: Owner, store: Store, session: Session) -> bool:
    """Whether this stack holds or names a store; a call that shows it may be on its way."""
    end = session.clock.now() + EVIDENCE_SECONDS
    while not (owner.known.holds(owner.urn, store) or owner.is_named(store.id)):
        if session.clock.now() >= end:
            return False
        session.clock.sleep(_PAUSE)
    return True


def _items(kind: Kind, tags: Tags, session: Session) -> Iterator[Listed]:
    """Yield the account's stores that are there to stay."""
    for item in listed(kind.workflows["list"], tags.listing.output, session):
        found = tags.listing.read(item)
        if found is not None and not _life(kind, found).is_over:
            yield found


def _life(kind: Kind, item: Listed) -> Life:
    return kind.life({kind.status_property: item.status})


def _tagged(
    kind: Kind, tags: Tags, items: list[Listed], session: Session
) -> Iterator[tuple[Listed, dict[str, str]]]:
    """Yield each store with its tags; of those that must not be read, one warning tells."""
    shown = _from_tagging(tags, session) if len(items) > FEW and tags.resource_type else {}
    denied: list[str] = []
    for item in items:
        if item.name in shown:
            yield item, shown[item.name]
        elif not shown or _is_young(item, session):
            try:
                yield item, read_tags(kind, session, item.name)
            except WorkflowError as error:
                if not error.is_denied:
                    raise
                denied.append(item.id)
    if denied:
        session.reporter.warn(
            f"the caller may not read the tags of {len(denied)} {kind.label}s, so it is not known whether "
            f"interrupted runs left them: {', '.join(denied)}"
        )


def _from_tagging(tags: Tags, session: Session) -> dict[str, dict[str, str]]:
    """Return the tags of the kind's stores by ARN, as the Tagging API shows them; empty where it does not."""
    deadline = session.clock.now() + _TAGGING_SECONDS
    asking = replace(session, seen={}, reached=None, deadline=min(session.deadline or deadline, deadline))
    inputs = {"resourceType": tags.resource_type}
    try:
        found: Iterable[Mapping[str, Any]] = list(listed(TAGGED, "resources", asking, inputs))
    except CancelledError:
        raise
    except ProviderError as error:
        session.reporter.progress(f"reads the tags of each store, because the Tagging API failed: {error}")
        return {}
    return {str(each["ResourceARN"]): tags_to_map(each.get("Tags")) for each in found}


def _is_young(item: Listed, session: Session) -> bool:
    """Whether a store is so young that an index may lack it; one that does not say counts as young."""
    if not isinstance(item.created, str):
        return True
    return session.clock.now() - datetime.fromisoformat(item.created).timestamp() < YOUNG
