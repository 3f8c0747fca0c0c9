"""Create: make the resource, wait until it can be used, and lose nothing on the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ..errors import ProviderError
from ..kinds.hidden import CLAIMED, CREATION, RESUME, TOKEN, left_to_provider
from ..kinds.parts import Life
from ..kinds.properties import Change, difference, tags_to_map
from .callers import ReadAfterWrite
from .claim_search import as_of_now, search
from .claim_tag import Claiming, ClaimTag, SpentTokenError, UnansweredError
from .claims import Claim, the_one
from .earlier import ended_before
from .outcome import Made, UnfinishedError
from .session import WorkflowError
from .tag_limit import beside_claim
from .takeover import TakeOver, as_it_is, clear_away, delete_lost

if TYPE_CHECKING:
    from ..arazzo import Caller
    from ..kinds.kind import Kind
    from .claim_search import Owner
    from .claims import Store
    from .session import Session

_MOST_NAMES: Final = 5
"""How many creations AWS may answer with stores of earlier ones before it is given up."""


def create(
    kind: Kind,
    values: Mapping[str, Any],
    session: Session,
    owner: Owner | None,
    later: Callable[[], Session] | None = None,
) -> Made:
    """Make a resource, or take over the one that an earlier run of the same resource lost.

    Args:
        kind: The table's row.
        values: The checked inputs.
        session: The verb's session.
        owner: For whom, or None where that is not known (outside of a host): nothing is claimed then.
        later: Returns a session that a cancellation does not end, for the mark before the answer.

    Raises:
        UnfinishedError: It stopped after AWS had accepted the resource.
        ProviderError: It stopped before; nothing was made, or what was made is found by its claim.
    """
    if owner is None or kind.tags is None:
        values = {**values, CREATION: _creation(values, owner)}
        if owner is not None:
            values[CREATION] = _after(values[CREATION], ended_before(kind, values, session))
        return provision(kind, values, creation_inputs(kind, values, None), session)
    making = _Making(kind, values, session, owner, later or (lambda: session))
    return making.run()


class _Making:
    """A creation that claims what it makes; see ``verbs.claims``."""

    def __init__(
        self,
        kind: Kind,
        values: Mapping[str, Any],
        session: Session,
        owner: Owner,
        later: Callable[[], Session],
    ) -> None:
        self._kind = kind
        self._values = values
        self._session = session
        self._owner = owner
        self._later = later

    def run(self) -> Made:
        """Take over what is there, or make it."""
        claim = self._claim()
        lost = search(self._kind, self._session, self._owner).lost
        found = the_one(lost, self._owner.urn)
        for store in lost:
            if store.is_failed:
                clear_away(self._kind, store, self._session)
        if found is not None:
            made = self._take_over(found, claim)
            if made is not None:
                return made
        return self._make(claim)

    def _claim(self) -> Claim:
        owner = self._owner
        token = str(self._values.get(TOKEN))
        return Claim.of(owner.organization, owner.urn, token, asked_for(self._kind, self._values))

    def _make(self, claim: Claim) -> Made:
        for _ in range(_MOST_NAMES):
            tag = ClaimTag(self._kind, claim, self._owner)
            try:
                return self._provision(self._values, tag, Claiming(tag, self._session))
            except SpentTokenError as error:
                if any(self._values.get(name) for name in self._kind.tokens.values() if name):
                    raise
                self._session.reporter.warn(
                    f"{error.what}; makes its own. If that one is to be used instead, delete the new one and "
                    f'set adopt="{error.store_id}"'
                )
                claim = claim.instead_of(error.store_id)
        raise ProviderError(
            f"AWS answered {_MOST_NAMES} creations of {self._kind.label} with stores of earlier ones",
            hint=f"set {self._kind.token_property} to a string of your own, and run `pulumi up` again",
        )

    def _take_over(self, store: Store, claim: Claim) -> Made | None:
        """Go on with a store that was lost; None where it is of no use, and was deleted."""
        kind, session = self._kind, self._session
        session.reporter.info(f"takes over {kind.label} {store.id}, which an interrupted run made for it")
        values = dict(self._values)
        if store.claim.asked != claim.asked:
            values = as_it_is(kind, store, values, session)
            replaces = difference(kind.properties, values, self._values).replaces
            if replaces:
                if as_of_now(kind, store, session) is not None:  # else somebody has taken it meanwhile
                    delete_lost(kind, store, replaces, session)
                return None
        tag = ClaimTag(kind, store.claim, self._owner, store.arn)
        tag.accepted(store.id, store.arn, session)
        return self._provision(values, tag, TakeOver(session.caller, kind, store.id, store.arn))

    def _provision(self, values: Mapping[str, Any], tag: ClaimTag, caller: Caller) -> Made:
        """Run the workflow, bring the store to what the program says, and mark the claim."""
        kind, session = self._kind, self._session
        values = {**values, CREATION: tag.claim.name}
        inputs = creation_inputs(kind, values, tag.claim)
        try:
            made = provision(kind, values, inputs, session, caller=caller, claimed=True)
            made = self._bring(made)
        except UnfinishedError as error:
            self._keep(tag, error.made)
            raise
        try:
            tag.answered(made, self._later())
        except UnansweredError as error:
            if error.is_certain:
                raise
            self._warn(error)  # the mark may be there: then no later run would take the store over
        return made

    def _keep(self, tag: ClaimTag, made: Made) -> None:
        """Mark the claim of what is kept half-way; the id is kept also where that does not work."""
        try:
            tag.answered(made, self._later())
        except UnansweredError as error:
            self._warn(error)

    def _warn(self, error: UnansweredError) -> None:
        self._session.reporter.warn(
            f"{error.what}: {error.reason}; do not rename it before the next `pulumi up`"
        )

    def _bring(self, made: Made) -> Made:
        """Change what a store that was taken over has otherwise than the program says."""
        from .update import change  # noqa: PLC0415 - it goes on with creations

        return change(self._kind, made, self._values, self._session)


def asked_for(kind: Kind, values: Mapping[str, Any]) -> str:
    """Return what is asked for: the properties that the create call carries, as one text."""
    left_out = {*kind.by(Change.RUN), *kind.by(Change.SETTING), *left_to_provider(values)}
    return json.dumps({name: values.get(name) for name in sorted(kind.names - left_out)}, sort_keys=True)


def _creation(values: Mapping[str, Any], owner: Owner | None) -> str:
    """Return the name of a creation without a claim, the same for whoever goes on with it after a crash.

    It is made of whose it is, what was asked for, and what the state held before, so that a replacement is
    another creation than the first. Its limit: once the state holds nothing any more, the same inputs are the
    same creation again, for as long as AWS remembers its token.
    """
    if owner is None:
        return str(values.get(TOKEN))
    asked = {name: value for name, value in values.items() if not name.startswith("__")}
    known = sorted(owner.known.creations.get(owner.urn, ()))
    text = json.dumps([owner.organization, owner.urn, asked, known], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _after(creation: str, ended: list[str]) -> str:
    """Return the name of the creation that comes after what has ended."""
    return hashlib.sha256("\n".join([creation, *ended]).encode()).hexdigest()[:32] if ended else creation


def provision(
    kind: Kind,
    values: Mapping[str, Any],
    inputs: Mapping[str, Any],
    session: Session,
    *,
    resume: Mapping[str, Any] | None = None,
    caller: Caller | None = None,
    claimed: bool = False,
    known: Made | None = None,
) -> Made:
    """Run the workflow that makes the resource, from its start or from a checkpoint.

    Args:
        kind: The table's row.
        values: The checked inputs; they become outputs too.
        inputs: The workflow's inputs.
        session: The verb's session.
        resume: Where an interrupted run goes on.
        caller: Instead of the session's.
        claimed: Whether the resource carries a claim that has to come off.
        known: What the state has of the resource already.

    Raises:
        UnfinishedError: It stopped and the resource exists.
        ProviderError: It stopped and nothing was made.
    """
    workflow = kind.creator(values)
    session.seen.clear()
    caller = ReadAfterWrite(caller or session.caller, session.clock, kind.refusals)
    try:
        result = session.run(
            workflow, inputs, resume=resume, caller=caller, run_id=str(values.get(CREATION) or "")
        )
    except ProviderError as error:
        seen = {**session.seen, **last_look(kind, error)}
        made = _made(kind, values, seen, claimed=claimed, known=known)
        if made is None:
            raise
        raise _unfinished(kind, made, session, error) from error
    made = _made(kind, values, {**session.seen, **result.outputs}, claimed=claimed, known=known)
    if made is None:
        raise ProviderError(f"{workflow.workflow_id} has no output for the id", hint="correct the document")
    return made


def creation_inputs(kind: Kind, values: Mapping[str, Any], claim: Claim | None) -> dict[str, Any]:
    """Return the inputs of the workflow that makes the resource: properties, tokens, tags with the claim."""
    inputs = kind.inputs(values)
    nonce = str(values.get(CREATION) or values.get(TOKEN))
    job = {name: values.get(name) for name in kind.by(Change.RUN)}
    for name, prop in kind.tokens.items():
        inputs.setdefault(name, token(nonce if prop else f"{nonce}\n{json.dumps(job, sort_keys=True)}", name))
    if claim and kind.tags:
        tags = {**beside_claim(tags_to_map(inputs.get(kind.tags.tags))), **claim.tags}
        inputs[kind.tags.tags] = kind.tags.spelt(tags)
    return inputs


def token(nonce: str, name: str) -> str:
    """Return an idempotency token: the same for the same creation and input, in both services' alphabets."""
    return hashlib.sha256(f"{nonce}\n{name}".encode()).hexdigest()[:32]


def _made(
    kind: Kind, values: Mapping[str, Any], seen: Mapping[str, Any], *, claimed: bool, known: Made | None
) -> Made | None:
    made_id = known.id if known else kind.found_id(seen, values)
    if made_id is None:
        return None
    held = known.outputs if known else {}
    outputs = {**held, **values, **_reported(kind, seen, held), kind.id_property: made_id}
    outputs.pop(RESUME, None)
    if claimed:
        outputs[CLAIMED] = True
    return Made(made_id, outputs)


def _reported(kind: Kind, seen: Mapping[str, Any], held: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the service reported; an answer that nobody foresaw must not lose the id."""
    try:
        return kind.reported(seen, held)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, the resource is there; a read shows the rest
        return {}


def last_look(kind: Kind, error: ProviderError) -> dict[str, Any]:
    """Return the descriptions in the answer that made a workflow fail."""
    response = error.failure.response if isinstance(error, WorkflowError) else None
    body = response.body if response and isinstance(response.body, Mapping) else {}
    return kind.last_said(body)


def _unfinished(kind: Kind, made: Made, session: Session, error: ProviderError) -> UnfinishedError:
    if kind.life(made.outputs) is Life.FAILED:
        hint = f"{kind.label} {made.id} is kept in the state; the next `pulumi up` replaces it"
    else:
        made.outputs[RESUME] = {"verb": "create", **session.resume_point(error, kind)}
        hint = f"{kind.label} {made.id} is kept in the state; the next `pulumi up` goes on from there"
    return UnfinishedError(made, error, hint=hint)
