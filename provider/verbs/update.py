"""Update: go on with what was interrupted, then change in place what the program changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..documents.loading import load_once
from ..errors import ProviderError
from ..kinds.hidden import CLAIMED, CREATION, RESUME, TOKEN
from ..kinds.properties import Change, Difference, difference
from .callers import ReadAfterWrite
from .claim_tag import take_off
from .create import creation_inputs, last_look, provision, token
from .outcome import Made, UnfinishedError
from .resuming import fits
from .tag_limit import MOST, beside_claim
from .takeover import TakeOver

if TYPE_CHECKING:
    from ..kinds.kind import Kind
    from ..kinds.tagging import Tags
    from .session import Session


def update(
    kind: Kind, resource_id: str, olds: Mapping[str, Any], news: Mapping[str, Any], session: Session
) -> Made:
    """Bring a resource to what the program says, in place.

    Args:
        kind: The table's row.
        resource_id: Its id.
        olds: The stored outputs.
        news: The checked inputs.
        session: The verb's session.

    Raises:
        UnfinishedError: It stopped; what was done until then is in its outputs.
    """
    work = _Work(kind, resource_id, dict(olds), session)
    with _kept(work):
        work.release()
        work.resume(news)
        work.change(difference(kind.properties, work.outputs, news), news)
    return Made(resource_id, work.outputs)


def change(kind: Kind, made: Made, news: Mapping[str, Any], session: Session) -> Made:
    """Bring a resource that was taken over to what the program says; raises as ``update`` does."""
    work = _Work(kind, made.id, dict(made.outputs), session)
    with _kept(work):
        work.change(difference(kind.properties, work.outputs, news), news)
    return Made(made.id, work.outputs)


@contextmanager
def _kept(work: _Work) -> Iterator[None]:
    """Let an error keep what was changed so far."""
    try:
        yield
    except UnfinishedError:
        raise
    except ProviderError as error:
        hint = "what was changed so far is in the state; the next `pulumi up` does the rest"
        raise UnfinishedError(Made(work.id, work.outputs), error, hint=hint) from error


def tag_changes(
    olds: Mapping[str, str] | None, news: Mapping[str, str] | None
) -> tuple[dict[str, str], list[str]]:
    """Return the tags to put on and the keys to take off: what takes the fewest calls."""
    before, after = olds or {}, news or {}
    put = {key: value for key, value in after.items() if before.get(key) != value}
    return put, sorted(before.keys() - after.keys())


class _Work:
    """One update under way; ``outputs`` is true at every moment."""

    def __init__(self, kind: Kind, resource_id: str, outputs: dict[str, Any], session: Session) -> None:
        self._kind = kind
        self.id = resource_id
        self._session = session
        self.outputs = outputs

    def release(self) -> None:
        """Take the claim off: the engine shows that the state holds the resource."""
        if self._kind.tags and self.outputs.get(CLAIMED):
            if not self._name:  # the creation stopped before it had read the store
                self.outputs |= self._kind.reported(self._read())
            if take_off(self._kind, self.id, self._held, self._session):
                del self.outputs[CLAIMED]

    def _read(self) -> Mapping[str, Any]:
        keys = self._kind.keys(self._held)
        return self._session.run(self._kind.workflows["read"], keys, judged=False).outputs

    def resume(self, news: Mapping[str, Any]) -> None:
        """Go on with what was interrupted; a job that is still to be run takes its properties from now."""
        resume = self.outputs.get(RESUME)
        if resume is None:
            return
        if resume["verb"] == "run":
            self._run(self._kind.by(Change.RUN), news, resume)
        else:
            self._create(news, resume)

    def _create(self, news: Mapping[str, Any], resume: Mapping[str, Any]) -> None:
        now = {name: news.get(name) for name in self._kind.by(Change.RUN)}
        values = {name: value for name, value in {**self.outputs, **now}.items() if value is not None}
        if self._kind.creator(values) != self._kind.creator(self.outputs):
            self._create_alone()
            return
        inputs = creation_inputs(self._kind, values, None)
        if "step" in resume:
            inputs |= self._fresh_tokens(now)
        if fits(load_once(self._kind.creator(values).document), resume, inputs, self._kind):
            self._provision(values, inputs, resume=resume)
        else:
            self._go_on_by_id(values, inputs)

    def _go_on_by_id(self, values: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:
        """Go on from what AWS says where the stored run is of another document, or of an earlier release."""
        if self._kind.created is not None:
            caller = TakeOver(self._session.caller, self._kind, self.id, self._name)
            self._provision(values, inputs, caller=caller)
            return
        self._session.reporter.warn(
            f"{self._kind.label}: its document has changed since the interruption; continues with what exists"
        )
        if "read" in self._kind.workflows:
            read = self._session.run(self._kind.workflows["read"], self._kind.keys(self._held))
            self.outputs |= self._kind.reported(read.outputs, self.outputs)
        self.outputs.pop(RESUME, None)

    def _create_alone(self) -> None:
        """Finish the resource without a job that was added or taken away meanwhile: that comes after it."""
        values = {name: self.outputs[name] for name in self.outputs.keys() - self._kind.by(Change.RUN)}
        self.outputs = values
        caller = TakeOver(self._session.caller, self._kind, self.id, self._name)
        self._provision(values, creation_inputs(self._kind, values, None), caller=caller)

    def _provision(self, values: Mapping[str, Any], inputs: Mapping[str, Any], **how: Any) -> None:
        claimed, known = bool(self.outputs.get(CLAIMED)), Made(self.id, self.outputs)
        made = provision(self._kind, values, inputs, self._session, claimed=claimed, known=known, **how)
        self.outputs = made.outputs

    def change(self, found: Difference, news: Mapping[str, Any]) -> None:
        """Carry out a difference: tags first, they take no time; then the service's update; then the job."""
        self._tags(found.by(Change.TAGS), news)
        self._members(found.by(Change.UPDATE), news)
        self._run(found.by(Change.RUN), news)
        hidden = {name: value for name, value in news.items() if name.startswith("__")}
        self._take(found.by(Change.SETTING), news)
        self.outputs |= hidden

    def _tags(self, names: tuple[str, ...], news: Mapping[str, Any]) -> None:
        spelling = self._kind.tags
        if spelling is None:
            return
        for name in names:
            before, after = self.outputs.get(name) or {}, news.get(name) or {}
            claimed = bool(self.outputs.get(CLAIMED))
            put, gone = tag_changes(before, beside_claim(after) if claimed else after)
            if len(put.keys() | before.keys()) + claimed > MOST:  # there is no place for both
                self._take_off(spelling, gone)
                gone = []
            self._put(spelling, put)
            self._take_off(spelling, gone)
        self._take(names, news)

    def _put(self, spelling: Tags, tags: Mapping[str, str]) -> None:
        if tags:
            self._session.run(self._kind.workflows["tag"], spelling.putting(self._name, tags))

    def _take_off(self, spelling: Tags, tag_keys: list[str]) -> None:
        if tag_keys:
            self._session.run(self._kind.workflows["untag"], spelling.taking_off(self._name, tag_keys))

    def _members(self, names: tuple[str, ...], news: Mapping[str, Any]) -> None:
        """Send what the program sets; what it no longer mentions stays as it is and is no longer managed."""
        inputs = self._kind.changes(news, names)
        if inputs is not None:
            workflow = self._kind.workflows["update"]
            result = self._session.run(workflow, {**self._kind.keys(self._held), **inputs})
            self.outputs |= self._kind.reported(result.outputs, self.outputs)
        self._take(names, news)

    def _run(
        self, names: tuple[str, ...], news: Mapping[str, Any], resume: Mapping[str, Any] | None = None
    ) -> None:
        if any(news.get(name) is not None for name in names):
            asked = {name: news.get(name) for name in names}
            inputs = self._kind.inputs(news, names)
            inputs |= {**self._kind.keys(self._held), **self._fresh_tokens(asked)}
            self._do_job(inputs, resume)
        self.outputs.pop(RESUME, None)
        self._take(names, news)

    def _do_job(self, inputs: Mapping[str, Any], resume: Mapping[str, Any] | None) -> None:
        workflow = self._kind.workflows["run"]
        if resume is not None and not fits(load_once(workflow.document), resume, inputs, self._kind):
            resume = None  # its tokens find the job that it began
        try:
            caller = ReadAfterWrite(self._session.caller, self._session.clock, self._kind.refusals)
            result = self._session.run(workflow, inputs, resume=resume, caller=caller)
        except ProviderError as error:
            self.outputs |= self._kind.reported({**self._session.seen, **last_look(self._kind, error)})
            self.outputs[RESUME] = {"verb": "run", **self._session.resume_point(error, self._kind)}
            raise
        self.outputs |= self._kind.reported(result.outputs)

    def _fresh_tokens(self, asked: Mapping[str, Any]) -> dict[str, str]:
        """Return tokens for a job that is to be another one than the last that the state knows of.

        They are the same in a run that goes on after a crash: what the crash had started is then found again.
        """
        job = self._kind.job
        last = None if job is None else self.outputs.get(job.id_property)
        begun = [self.outputs.get(CREATION), self.outputs.get(TOKEN), last, asked]
        nonce = json.dumps(begun, sort_keys=True)
        return {name: token(nonce, name) for name, prop in self._kind.tokens.items() if not prop}

    def _take(self, names: tuple[str, ...], news: Mapping[str, Any]) -> None:
        for name in names:
            if news.get(name) is None:
                self.outputs.pop(name, None)
            else:
                self.outputs[name] = news[name]

    @property
    def _held(self) -> dict[str, Any]:
        return {**self.outputs, self._kind.id_property: self.id}

    @property
    def _name(self) -> str:
        """What the tag workflows take the resource by, as far as that is known."""
        return self._kind.tags.name(self._held) if self._kind.tags else ""
