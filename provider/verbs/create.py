"""Create: make the resource, wait until it can be used, and lose nothing on the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import ProviderError
from ..kinds.hidden import CLAIMED, CREATION, DEFAULTS, RESUME, TOKEN
from ..kinds.properties import Change, tags_to_list, tags_to_map
from .callers import ReadAfterWrite
from .claims import Claim, Index, Known, Store, mine, the_one
from .earlier import ended_before
from .outcome import Made, UnfinishedError
from .pages import listed
from .session import WorkflowError
from .takeover import TakeOver, as_it_is, clear_away, read_tags

if TYPE_CHECKING:
    from ..arazzo import Caller
    from ..kinds.kind import Kind
    from .session import Session


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a creation is for, and what the process knows of the state.

    Attributes:
        organization: The stack's organization.
        urn: The resource's URN.
        known: The stores that the state holds.
        index: The claimed stores of the account.
        account: What tells one account and region from another.
    """

    organization: str
    urn: str
    known: Known
    index: Index
    account: Any

    def claims(self, tags: Mapping[str, str]) -> bool:
        """Whether tags hold a claim of this owner."""
        claim = Claim.parse(tags)
        return claim is not None and claim.owner == Claim.of(self.organization, self.urn, "").owner


def create(kind: Kind, values: Mapping[str, Any], session: Session, owner: Owner | None) -> Made:
    """Make a resource, or take over the one that an earlier run of the same resource lost.

    Args:
        kind: The table's row.
        values: The checked inputs.
        session: The verb's session.
        owner: For whom, or None where that is not known (outside of a host): nothing is claimed then.

    Raises:
        UnfinishedError: It stopped after AWS had accepted the resource.
        ProviderError: It stopped before; nothing was made.
    """
    claim = _claim(kind, values, owner) if owner and kind.tags else None
    found = _lost(kind, session, owner, claim) if owner and claim else None
    caller = TakeOver(session.caller, kind, found.id, found.arn) if found else None
    if found:
        session.voice.info(f"takes over {kind.noun} {found.id}, which an interrupted run made for it")
        if claim and found.claim.asked != claim.asked:
            values = as_it_is(kind, found, values, session)
    values = {**values, CREATION: _creation(values, owner, found.claim if found else claim)}
    if claim is None and owner:
        values[CREATION] = _after(values[CREATION], ended_before(kind, values, session))
    inputs = creation_inputs(kind, values, claim)
    return provision(kind, values, inputs, session, caller=caller, claimed=claim is not None)


def _claim(kind: Kind, values: Mapping[str, Any], owner: Owner) -> Claim:
    left_out = {*kind.by(Change.RUN), *kind.by(Change.SETTING), *(values.get(DEFAULTS) or ())}
    asked = {name: values.get(name) for name in sorted(kind.names - left_out)}
    return Claim.of(owner.organization, owner.urn, str(values.get(TOKEN)), json.dumps(asked, sort_keys=True))


def _creation(values: Mapping[str, Any], owner: Owner | None, claim: Claim | None) -> str:
    """Return the name of a creation, the same for whoever goes on with it after a crash.

    A claim carries it. What carries no tags has none: there it is made of whose it is, what was asked for,
    and what the state held before, so that a replacement is another creation than the first. Its limit: once
    the state holds nothing any more, the same inputs are the same creation again, for as long as AWS
    remembers its token.
    """
    if claim is not None:
        return claim.creation
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
    caller = ReadAfterWrite(caller or session.caller, session.clock)
    try:
        result = session.run(
            workflow, inputs, resume=resume, caller=caller, run_id=str(values.get(CREATION) or "")
        )
    except ProviderError as error:
        seen = {**session.seen, **_last_look(kind, error)}
        made = _made(kind, values, seen, claimed=claimed, known=known)
        if made is None:
            raise
        raise _unfinished(kind, made, session, error) from error
    made = _made(kind, values, {**session.seen, **result.outputs}, claimed=claimed, known=known)
    if made is None:
        raise ProviderError(
            f"{workflow.workflow_id} gave no {kind.id_output}", hint="this is a fault of the document"
        )
    return made


def creation_inputs(kind: Kind, values: Mapping[str, Any], claim: Claim | None) -> dict[str, Any]:
    """Return the inputs of the workflow that makes the resource: properties, tokens, tags with the claim."""
    inputs = kind.inputs(values)
    nonce = str(values.get(CREATION) or values.get(TOKEN))
    job = {name: values.get(name) for name in kind.by(Change.RUN)}
    for name, prop in kind.tokens.items():
        inputs.setdefault(name, token(nonce if prop else f"{nonce}\n{json.dumps(job, sort_keys=True)}", name))
    if claim and kind.tags:
        tags = {**tags_to_map(inputs.get(kind.tags.tags)), **claim.tags}
        inputs[kind.tags.tags] = tags_to_list(tags) if kind.tags.listed else tags
    return inputs


def token(nonce: str, name: str) -> str:
    """Return an idempotency token: the same for the same creation and input, in both services' alphabets."""
    return hashlib.sha256(f"{nonce}\n{name}".encode()).hexdigest()[:32]


def _lost(kind: Kind, session: Session, owner: Owner, claim: Claim) -> Store | None:
    """Return the store that an interrupted run made, if there is one; what it could not make is deleted."""
    stores = owner.index.stores((kind.name, owner.account), lambda: claimed_stores(kind, session))
    lost = mine(stores, claim, owner.urn, owner.known)
    found = the_one(lost, owner.urn)
    for store in lost:
        if store.is_failed:
            clear_away(kind, store, session)
    return found


def claimed_stores(kind: Kind, session: Session) -> Iterator[Store]:
    """Yield the account's stores that carry a claim and are there to stay, page by page."""
    for item in listed(kind.workflows["list"], kind.list_output, session):
        fields = {key.lower(): value for key, value in item.items()}
        status, arn = fields.get("datastorestatus"), fields.get("datastorearn")
        statuses = kind.statuses
        if status in statuses.leaving | statuses.gone or not arn:
            continue
        claim = Claim.parse(read_tags(kind, session, arn))
        if claim:
            yield Store(fields["datastoreid"], arn, claim, is_failed=status in statuses.failed)


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


def _last_look(kind: Kind, error: ProviderError) -> dict[str, Any]:
    """Return the descriptions in the answer that made a workflow fail."""
    response = error.failure.response if isinstance(error, WorkflowError) else None
    body = response.body if response and isinstance(response.body, Mapping) else {}
    return {known.output: body[known.member] for known in kind.descriptions if known.member in body}


def _unfinished(kind: Kind, made: Made, session: Session, error: ProviderError) -> UnfinishedError:
    status = made.outputs.get(kind.status_property)
    if status in kind.statuses.failed:
        hint = f"{kind.noun} {made.id} is kept in the state; the next `pulumi up` replaces it"
    else:
        made.outputs[RESUME] = {"verb": "create", **session.resume_point(error, kind)}
        hint = f"{kind.noun} {made.id} is kept in the state; the next `pulumi up` goes on from there"
    return UnfinishedError(made, error, hint=hint)
