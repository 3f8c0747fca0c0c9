"""The claim's tag on one store: bound once the id is known, marked before an answer, taken off at last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from ..errors import ProviderError
from ..timing import pacing
from .claims import KEY, AnsweredClaimError, Claim, Stage, Store
from .pages import listed
from .session import WorkflowError
from .tag_limit import held_back
from .tags import read_tags, shown_tags

if TYPE_CHECKING:
    from ..arazzo import Caller, Operation, Request, Response
    from ..kinds.kind import Kind
    from ..kinds.tagging import Tags
    from .claim_search import Owner
    from .outcome import Made
    from .session import Session

PATIENCE: Final = 60.0
"""Seconds after which a new store that shows no claim counts as another creation's: reads may lag behind."""

SECONDS: Final = 90.0
"""How long it may take to bind a claim; what does not work by then is left to the mark."""

_PAUSE: Final = 5.0
_OK: Final = 300


class SpentTokenError(ProviderError):
    """AWS answered a creation with a store of another one. Attribute ``store_id`` names it."""

    def __init__(self, kind: Kind, store_id: str) -> None:
        super().__init__(
            f"AWS answered this creation with {kind.label} {store_id}, which an earlier creation with the "
            "same token made",
            hint=f"set another {kind.token_property or 'token'}",
        )
        self.store_id = store_id


class UnansweredError(ProviderError):
    """A store could not be marked, so the engine is not told of it; the next run takes it over.

    Attributes:
        is_certain: Whether AWS said that it did not mark it; else the mark may be there.
    """

    def __init__(self, label: str, made: Made, cause: ProviderError) -> None:
        super().__init__(
            f"the claim on {label} {made.id} could not be marked",
            place=cause.place,
            reason=": ".join(filter(None, (cause.what, cause.reason))),
            hint="the store is not in the state; the next `pulumi up` takes it over",
        )
        response = cause.failure.response if isinstance(cause, WorkflowError) else None
        self.is_certain = response is not None and _OK <= response.status < pacing.SERVER_ERROR


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is on a store: its claim, its ARN, and whether it is going or gone."""

    claim: Claim | None
    arn: str
    is_over: bool = False


@dataclass
class ClaimTag:
    """The tag of one creation.

    Attributes:
        kind: The table's row; it has tags.
        claim: The claim as it was last written.
        owner: Whose it is.
        arn: The store's ARN, once it is known to be this creation's; empty until then.
    """

    kind: Kind
    claim: Claim
    owner: Owner
    arn: str = field(default="")

    def accepted(self, store_id: str, arn: str, session: Session) -> None:
        """Bind the claim to the store that AWS answered the create call with.

        What stops that for the moment is left to ``answered``: whoever waits for the store meets it, too.

        Args:
            store_id: The store's id.
            arn: Its ARN, or empty where the answer does not have it.
            session: The verb's session.

        Raises:
            SpentTokenError: The store is another creation's.
            AnsweredClaimError: A state may hold it.
            WorkflowError: The tags may not be changed.
        """
        now = session.clock.now()
        deadline = min(session.deadline or now + SECONDS, now + SECONDS)
        asking = replace(session, seen={}, reached=None, deadline=deadline)
        try:
            self._verify(store_id, arn, asking)
        except (SpentTokenError, AnsweredClaimError):
            raise
        except ProviderError:
            return
        try:
            if not self.claim.store_id:
                self._write(self.claim.bound(store_id, _iso(now)), asking)
        except WorkflowError as error:
            if error.is_denied:
                raise
        except ProviderError:
            return

    def answered(self, made: Made, session: Session) -> None:
        """Mark the claim: the engine gets an answer that names the store.

        Args:
            made: The store.
            session: One that a cancellation does not end.

        Raises:
            UnansweredError: That is not known to be done.
        """
        try:
            self._verify(made.id, self._tags.name(made.outputs), session)
            now = self.claim.bound(made.id, _iso(session.clock.now()))
            self._write(now.answered(), session)
        except WorkflowError as error:
            if not error.not_found:  # what is gone is nobody's
                raise UnansweredError(self.kind.label, made, error) from error
        except ProviderError as error:
            raise UnansweredError(self.kind.label, made, error) from error

    def _verify(self, store_id: str, arn: str, session: Session) -> None:
        """Make sure that the store is this creation's, and learn its ARN."""
        if self.arn:
            return
        if self.owner.known.holders(store_id):
            raise SpentTokenError(self.kind, store_id)
        end = session.clock.now() + PATIENCE
        while True:
            seen = self._look(store_id, arn, session)
            if seen.claim or seen.is_over or session.clock.now() >= end:
                break
            session.clock.sleep(_PAUSE)
        claim = seen.claim
        if claim is None or (claim.owner, claim.creation) != (self.claim.owner, self.claim.creation):
            raise SpentTokenError(self.kind, store_id)
        store = Store(store_id, seen.arn, claim)
        if store.is_copy:
            raise SpentTokenError(self.kind, store_id)
        if claim.stage is Stage.ANSWERED and self.claim.stage is not Stage.ANSWERED:
            raise AnsweredClaimError(self.kind.label, (store_id,))
        self.claim, self.arn = claim, store.arn

    def _look(self, store_id: str, arn: str, session: Session) -> _Seen:
        """Return what is on a store; where it cannot be read itself, its tags alone do."""
        keys = self.kind.keys({self.kind.id_property: store_id})
        try:
            outputs = session.run(self.kind.workflows["read"], keys, is_look=True).outputs
        except WorkflowError as error:
            if error.not_found:
                return _Seen(None, arn)
            arn = arn or self._listed_arn(store_id, session)
            return _Seen(Claim.parse(read_tags(self.kind, session, arn)), arn)
        reported = self.kind.reported(outputs)
        name = self._tags.name({self.kind.id_property: store_id, **reported})
        return _Seen(Claim.parse(shown_tags(outputs, session)), name, self.kind.life(reported).is_over)

    def _listed_arn(self, store_id: str, session: Session) -> str:
        listing = self._tags.listing
        for item in listed(self.kind.workflows["list"], listing.output, session):
            found = listing.read(item)
            if found is not None and found.id == store_id:
                return found.name
        raise ProviderError(f"{self.kind.label} {store_id} is not listed")

    def _write(self, claim: Claim, session: Session) -> None:
        asking = replace(session, seen={}, reached=None)
        asking.run(self.kind.workflows["tag"], self._tags.putting(self.arn, claim.tags), is_look=True)
        self.claim = claim

    @property
    def _tags(self) -> Tags:
        assert self.kind.tags is not None  # noqa: S101 - see the class
        return self.kind.tags


class Claiming:
    """A caller under which a claim is bound as soon as AWS has accepted the creation."""

    def __init__(self, tag: ClaimTag, session: Session) -> None:
        self._tag = tag
        self._session = session

    def call(self, operation: Operation, request: Request) -> Response:
        """Pass a request on; where it made the resource, bind the claim before anybody goes on."""
        caller: Caller = self._session.caller
        response = caller.call(operation, request)
        kind = self._tag.kind
        if kind.makes(operation.operation_id) and kind.created and response.status < _OK:
            body = response.body if isinstance(response.body, Mapping) else {}
            store_id = body.get(kind.created.id)
            if isinstance(store_id, str):
                arn = body.get(kind.created.arn)
                self._tag.accepted(store_id, arn if isinstance(arn, str) else "", self._session)
        return response


def take_off(kind: Kind, store_id: str, outputs: Mapping[str, Any], session: Session) -> bool:
    """Take the claim off a store that a state holds, and put on the tag that had no place beside it.

    Args:
        kind: What the store is.
        store_id: Its id.
        outputs: What the state has of it.
        session: The verb's session.

    Returns:
        Whether it is off; a warning says why it is not.
    """
    tags = kind.tags
    assert tags is not None  # noqa: S101 - only what has tags carries one
    name, asking = tags.name(outputs), replace(session, seen={}, reached=None)
    try:
        asking.run(kind.workflows["untag"], tags.taking_off(name, [KEY]), is_look=True)
        if later := held_back(outputs.get("tags")):
            asking.run(kind.workflows["tag"], tags.putting(name, later), is_look=True)
    except WorkflowError as error:
        if not error.not_found:
            session.reporter.warn(f"the tag {KEY} stays on {kind.label} {store_id} for now: {error}")
            return False
    return True


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
