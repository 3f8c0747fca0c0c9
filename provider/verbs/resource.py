"""One resource's verbs for one call of the engine, whichever face the call came through.

Properties come and go as plain values: no provider object, no object of an SDK; what a preview does not know
is ``models.shapes.UNKNOWN``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from ..errors import ProviderError
from ..kinds.hidden import ACCOUNT, ANSWERED, BEFORE, CLAIMED, REPLACING, SECRETS, TOKEN
from ..kinds.parts import Life
from ..models.shapes import Fault, is_open
from ..timing import durations
from . import adopt as adoption
from .account_guard import home
from .check import Surroundings, check
from .create import create
from .delete import delete
from .diff import ADOPT, diff, forced, unfinished, wanted
from .ignored_tags import without_foreign
from .names import Names
from .notes import notes
from .outcome import Made, UnfinishedError
from .read import Found, read
from .release import RELEASE_SECONDS, Claimed
from .update import update
from .warn import repeated, risks, warnings

if TYPE_CHECKING:
    from ..kinds.kind import Kind
    from ..kinds.properties import Change
    from .engine import Call
    from .process import Process
    from .session import Session

STOPPED_SECONDS: Final = 3.0
"""How long a stopped call may still take for the mark: an interrupted process has 4 s to answer."""
LOOK_SECONDS: Final = 1200.0
"""How long a read may take: a workflow of a program's own may poll without an end."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The inputs to go on with, and every fault."""

    inputs: dict[str, Any]
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a diff found.

    Attributes:
        any: Whether there is anything to do, named properties or not.
        replaces: The properties that replace the resource, or the output that says why it must be.
        updates: How each property changes in place.
    """

    any: bool
    replaces: tuple[str, ...]
    updates: Mapping[str, Change]


class Resource:
    """A resource of one kind, in one call.

    Args:
        kind: What the resource is.
        process: What the process knows of the stack and of AWS.
        call: The engine's call.

    All methods raise ProviderError, and UnfinishedError where the state must keep what there is.
    """

    def __init__(self, kind: Kind, process: Process, call: Call) -> None:
        self._kind = kind
        self._process = process
        self._call = call
        self._urn = call.urn or ""
        self._names = Names(kind, process.holders, self._urn, self._region)

    def check(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Checked:
        """Return the inputs and every fault, each on its property; warn of what is valid but risky."""
        known = self._process.known
        if olds.get(TOKEN):
            known.holds_creation(self._urn, olds[TOKEN])
        known.held_before(self._urn, olds.get(BEFORE) or ())
        if wanted(olds):
            known.holds_id(self._urn, str(olds[ADOPT]))
        self._process.releases.named(news)
        inputs, faults = check(self._kind, olds, news, self._surroundings(news))
        self._process.replacing[self._urn] = tuple(inputs.pop(REPLACING, ()))
        if wanted(inputs):
            faults += self._names.adopts(str(inputs[ADOPT]), inputs)
            if not olds and self._urn in known.holders(str(inputs[ADOPT])):
                faults.append(self._adopts_itself(str(inputs[ADOPT])))
        reached = not is_open([inputs.get(name) for name in ("region", "connection")])
        if wanted(inputs) and reached and not olds and not faults:
            faults = self._check_adoption(inputs)
        self._process.complain(self._call)
        self._tell_region(news, inputs)
        count = self._process.declare(self._call, self._kind, inputs)
        for warning in () if olds else warnings(self._kind, inputs, stack=self._call.stack, count=count):
            self._call.warn(warning)
        for risk in risks(self._kind, olds, inputs, self._process.account(inputs)):
            self._call.warn(risk)
        return Checked(inputs, faults)

    def diff(
        self,
        resource_id: str,
        olds: Mapping[str, Any],
        news: Mapping[str, Any],
        old_inputs: Mapping[str, Any] | None = None,
    ) -> Changes:
        """Return what changes; a replacement says what it costs, and what no property shows is said.

        Args:
            resource_id: The resource's id.
            olds: The stored outputs.
            news: The checked inputs.
            old_inputs: The stored inputs, where the engine sends them.

        Raises:
            ProviderError: Another resource of the program names the same resource of AWS.
        """
        self._process.known.holds_id(self._urn, resource_id)
        self._note(resource_id, olds, is_new=False)
        olds = self._ours(olds)
        found = diff(self._kind, resource_id, olds, news)
        if self._process.declares(self._call):
            self._names.holds(resource_id, olds, goes=bool(found.replaces))
        else:
            self._warn_of_sharing(resource_id, olds)
        paths = self._process.replacing.get(self._urn, ())
        replacing = forced(found, olds if old_inputs is None else old_inputs, news, paths)
        if (found.replaces or replacing) and self._kind.holds_data:
            self._call.warn(self._cost(resource_id, found.replaces, olds, news, replacing))
        for warning in repeated(self._kind, resource_id, olds, news) if found.replaces else ():
            self._call.warn(warning)
        for note in notes(self._kind, resource_id, olds, news, found, old_inputs=old_inputs):
            self._call.info(note)
        changes = bool(found) or olds.get(SECRETS) != news.get(SECRETS) or unfinished(olds)
        return Changes(changes, tuple(found.replaces), found.updates)

    def create(self, values: Mapping[str, Any]) -> Made:
        """Make the resource, or adopt it; what is half made is kept."""
        self._process.release_shown(self._call)
        session = self._session(values, self._timeout("create", values))
        account = self._account(values, session)
        if wanted(values):
            made = adoption.adopt(self._kind, values, session)
            self._names.has_adopted(made.id, values)
        else:
            made = self._create({**values, **account}, session)
        session.sum_up(self._status(made))
        self._note(made.id, made.outputs, is_new=True)
        return made

    def read(
        self, resource_id: str, props: Mapping[str, Any], inputs: Mapping[str, Any] | None = None
    ) -> Found | None:
        """Return the resource as it is, or None where it is gone."""
        self._process.known.holds_id(self._urn, resource_id)
        self._process.release_shown(self._call)
        props = self._ours(props)
        session = self._session(props, None)
        is_managed = self._kind.id_property in props
        if is_managed and props.get(TOKEN):
            self._names.is_stored(resource_id, props)
        found = read(self._kind, resource_id, props, session, inputs if is_managed else None)
        if found is None:
            self._keep_home(resource_id, props, session, is_gone=True)
        if not is_managed:
            self._names.reads(resource_id, props if found is None else found.outputs)
            if found is None:
                where = self._process.settings(props).chosen_region() or "this region"
                raise ProviderError(f"{self._kind.label} '{resource_id}' does not exist in {where}")
        return found

    def update(self, resource_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Made:
        """Change the resource in place."""
        self._process.known.holds_id(self._urn, resource_id)
        self._process.releases.stored(self._urn, resource_id)  # the update itself takes this one off
        self._process.release_shown(self._call)
        olds = self._ours(olds)
        now = {**olds, "connection": news.get("connection")}
        session = self._session(now, self._timeout("update", news))
        self._keep_home(resource_id, now, session)
        made = update(self._kind, resource_id, olds, news, session)
        session.sum_up(self._status(made))
        return made

    def delete(self, resource_id: str, props: Mapping[str, Any]) -> None:
        """Delete the resource."""
        self._process.known.holds_id(self._urn, resource_id)
        other = self._names.other(resource_id, props)
        if other is not None:
            self._call.info(f"{self._kind.label} {resource_id} is not deleted: {other}")
            return
        self._process.releases.replaces(self._urn, resource_id)
        self._process.releases.stored(self._urn, resource_id)  # what goes needs nothing taken off
        self._process.release_shown(self._call)
        session = self._session(props, self._timeout("delete", props))
        if self._kind.scope is not None:
            self._keep_home(resource_id, props, session)
            delete(self._kind, resource_id, props, session)
            if ANSWERED not in session.seen:  # nothing was to be found
                self._keep_home(resource_id, props, session, is_gone=True)
        session.sum_up("deleted")

    def _warn_of_sharing(self, resource_id: str, olds: Mapping[str, Any]) -> None:
        """Warn where the state holds it twice: a refresh goes on, an update does not."""
        other = self._names.shared(resource_id, olds)
        if other is not None:
            self._call.warn(
                f"{self._kind.label} {resource_id} is in the state as {other}, too; take one of them out of "
                "the program or, by `pulumi state delete`, out of the state: the data stays"
            )

    def _tell_region(self, news: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:
        region, configured = inputs.get("region"), self._process.configuration.region
        if news.get("region") is None and configured not in {None, region}:
            self._call.info(
                f"the program does not set region: {self._kind.label} stays in {region}, "
                f'although aws:region is {configured}; region="{configured}" would replace it'
            )

    def _ours(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return without_foreign(self._kind, values, self._process.configuration.ignored_tags)

    def _create(self, values: Mapping[str, Any], session: Session) -> Made:
        """Make the resource; what comes back and is held already is nothing that was made."""
        try:
            owner = self._process.owner(
                self._call, values, partial(self._names.is_named_by_others, values=values)
            )
            made = create(self._kind, values, session, owner, partial(self._later, values))
        except UnfinishedError as error:
            self._names.takes(error.made.id, error.made.outputs)
            raise
        self._names.takes(made.id, made.outputs)
        return made

    def _account(self, values: Mapping[str, Any], session: Session) -> dict[str, str]:
        """Return the output that says in which account the resource is made, if its ARN will not."""
        if self._kind.scope is None or self._kind.has_arn:
            return {}
        account = self._process.reached(values, session)
        return {} if account is None else {ACCOUNT: account}

    def _keep_home(
        self, resource_id: str, props: Mapping[str, Any], session: Session, *, is_gone: bool = False
    ) -> None:
        """Raise where the account or the region that is reached is not the resource's own."""
        place = home(resource_id, props)
        if place is None:
            return
        try:
            self._process.keep_home(place, props, session, is_gone=is_gone)
        except ProviderError as error:
            error.what = f"{self._kind.label} {resource_id}: {error.what}"
            raise

    def _cost(
        self,
        resource_id: str,
        replaces: tuple[str, ...],
        olds: Mapping[str, Any],
        news: Mapping[str, Any],
        replacing: tuple[str, ...],
    ) -> str:
        """Say what a replacement destroys, or would where it is not sure yet."""
        kind, names = self._kind, ", ".join(replaces)
        if kind.life(olds) is Life.FAILED:
            return f"{kind.label} {resource_id} could not be made: it will be replaced"
        if kind.life(olds) is Life.DELETING:
            return f"{kind.label} {resource_id} is being deleted outside of this stack: it will be replaced"
        lost = f"{kind.label} {resource_id} will be replaced, and the data in it destroyed"
        if not replaces:
            return f"replace_on_changes names {', '.join(replacing)}, which changes: {lost}"
        if all(is_open(news.get(name)) for name in replaces):
            return f"{names} cannot be changed in place and is not known yet: if it changes, {lost}"
        return f"{names} cannot be changed in place: {lost}"

    def _status(self, made: Made) -> str:
        return str(made.outputs.get(self._kind.status_property) or "done")

    def _check_adoption(self, inputs: Mapping[str, Any]) -> list[Fault]:
        """Return why the resource cannot be adopted; tell what the update after the adoption would change."""
        outputs = adoption.look(self._kind, inputs, self._session(inputs, None))
        if outputs is not None:
            changes = adoption.to_change(self._kind, inputs, outputs).updates
            later = f"; the next update would change {', '.join(changes)}" if changes else ""
            self._call.info(f"adopts {self._kind.label} {inputs[ADOPT]} without changing it{later}")
        return list(adoption.faults(self._kind, inputs, outputs))

    def _adopts_itself(self, resource_id: str) -> Fault:
        """Return the fault of a replacement by what is to be replaced."""
        reason = (
            f"names {self._kind.label} {resource_id}, which this resource has already, so that nothing would "
            "replace it: take adopt out of the program if a new one is wanted"
        )
        return Fault(ADOPT, reason)

    def _timeout(self, verb: str, values: Mapping[str, Any]) -> float:
        """Return how long a verb may take, in seconds; ``custom_timeouts`` come first."""
        own = durations.parse_duration((values.get("timeouts") or {}).get(verb))
        default: float = getattr(self._kind.timeouts, verb)
        return self._call.timeout or own or default

    def _session(self, values: Mapping[str, Any], timeout: float | None) -> Session:
        return self._process.session(
            self._call, self._kind, values, timeout or self._call.timeout or LOOK_SECONDS
        )

    def _region(self, values: Mapping[str, Any]) -> str | None:
        from ..aws.settings import default_region  # noqa: PLC0415 - a check in a program's process asks nobody

        return default_region(self._process.settings(values))

    def _surroundings(self, values: Mapping[str, Any]) -> Surroundings:
        stack, call = self._process.configuration, self._call
        naming = call.autonaming
        return Surroundings(
            name=call.name or None,
            seed=call.random_seed,
            proposed_name=naming.name if naming else None,
            naming=naming.mode if naming else "propose",
            region=self._region(values),
            configured_region=stack.region,
            default_tags=stack.default_tags,
            ignored_tags=stack.ignored_tags,
            urn=self._urn,
            before=self._process.known.names(self._urn) if self._kind.tags else (),
        )

    def _later(self, values: Mapping[str, Any]) -> Session:
        """Return a session for the mark before an answer: the call's cancellation does not end it.

        Raises:
            CancelledError: Nobody gets the answer any more.
        """
        stop = self._call.cancellation
        if stop.is_abandoned:
            stop.raise_if_set()
        seconds = STOPPED_SECONDS if stop.is_set() else RELEASE_SECONDS
        return self._process.session(self._call.afterwards(), self._kind, values, seconds)

    def _note(self, resource_id: str, outputs: Mapping[str, Any], *, is_new: bool) -> None:
        """Note a claim that is to come off once there is evidence that the state holds the store."""
        if self._kind.tags and outputs.get(CLAIMED):
            was_lost = is_new and self._process.index.has(resource_id)
            claimed = Claimed(self._kind, resource_id, outputs, is_new, was_lost)
            self._process.releases.note(self._urn, claimed)
