"""Delete: until it is gone; what is gone already is what was wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import DeadlineError, ProviderError
from .callers import Repeatable
from .pages import listed
from .session import WorkflowError

if TYPE_CHECKING:
    from ..kinds.kind import Kind
    from ..kinds.parts import Contents, Jobs
    from .session import Session


def delete(kind: Kind, resource_id: str, props: Mapping[str, Any], session: Session) -> None:
    """Delete a resource and wait until it is gone; a kind without a delete workflow leaves nothing to do.

    What runs on it is waited for first. While the service says that the resource is in a transition, it is
    asked again.

    Raises:
        ProviderError: It could not be deleted, or not in time.
    """
    if "delete" not in kind.workflows:
        return
    keys = kind.keys({**props, kind.id_property: resource_id})
    try:
        for jobs in kind.jobs:
            _await(kind, jobs, keys, session)
        _Deletion(kind, keys, session, forces=bool(props.get("force_destroy"))).run()
    except WorkflowError as error:
        if not error.not_found:
            raise


class _Deletion:
    """One deletion under way."""

    def __init__(self, kind: Kind, keys: Mapping[str, Any], session: Session, *, forces: bool) -> None:
        self._kind = kind
        self._keys = keys
        self._session = session
        self._forces = forces
        self._deleted: set[Any] = set()

    def run(self) -> None:
        """Delete until nothing conflicts with it; a deadline that passes then tells the last conflict."""
        began, last = self._session.clock.now(), None
        while True:
            try:
                conflict = self._conflict()
                if conflict is None:
                    return
                last = conflict
                self._session.pause(f"waiting until AWS lets it be deleted ({last.reason})", began)
            except DeadlineError as error:
                if last is not None and error.place.step in {None, last.place.step}:
                    error.reason = last.reason
                raise

    def _conflict(self) -> WorkflowError | None:
        """Ask for the deletion; return the conflict that it meets, or None where it is done."""
        if self._forces and self._kind.contents:
            self._empty(self._kind.contents)
        try:
            _run(self._kind, "delete", self._keys, self._session)
        except WorkflowError as error:
            if not error.is_conflict:
                raise
            if self._kind.contents and not self._forces:
                self._refuse_full(self._kind.contents, error)
            return error
        return None

    def _empty(self, contents: Contents) -> None:
        """Delete all that a resource holds, one by one at the service's pace; what is locked is waited for.

        It is over when nothing is listed that was not deleted here, which also makes an interrupted run go on
        by itself: a search may go on for a while to list what is deleted.
        """
        while found := [
            item for item in self._held(contents) if item[contents.id_input] not in self._deleted
        ]:
            for number, item in enumerate(found, 1):
                self._session.voice.progress(f"deletes {contents.noun}: {number} of {len(found)}")
                name = {contents.id_input: item[contents.id_input]}
                try:
                    _run(self._kind, "delete-content", {**self._keys, **name}, self._session)
                except WorkflowError as error:
                    if not error.not_found:
                        raise
                self._deleted.add(item[contents.id_input])

    def _refuse_full(self, contents: Contents, error: WorkflowError) -> None:
        try:
            count = sum(1 for _ in self._held(contents))
        except WorkflowError:
            raise error from None  # the refusal says more than that nobody may look why
        if count:
            named = ", ".join(map(str, self._keys.values()))
            raise ProviderError(
                f"{self._kind.noun} {named} still holds {count} {contents.noun}",
                place=error.place,
                reason=error.reason,
                hint="delete them, or set force_destroy=True, run `pulumi up`, and destroy again",
            ) from error

    def _held(self, contents: Contents) -> Iterator[Mapping[str, Any]]:
        return listed(self._kind.workflows["list-contents"], contents.listed, self._session, self._keys)


def _run(kind: Kind, verb: str, inputs: Mapping[str, Any], session: Session) -> None:
    caller = Repeatable(session.caller) if verb in kind.repeatable else session.caller
    session.run(kind.workflows[verb], inputs, judged=False, caller=caller)


def _await(kind: Kind, jobs: Jobs, keys: Mapping[str, Any], session: Session) -> None:
    """Wait until no job of a sort runs on a resource any more; who may not look does not wait."""
    began, running = session.clock.now(), [""]
    try:
        while running := _running(kind, jobs, keys, session):
            session.pause(f"waiting for {jobs.noun}: {running[0]}", began)
    except DeadlineError as error:
        error.reason = "; ".join(filter(None, running))
        raise


def _running(kind: Kind, jobs: Jobs, keys: Mapping[str, Any], session: Session) -> list[str]:
    """Return the jobs that are not over, each with its status."""
    try:
        found = list(listed(kind.workflows[jobs.verb], jobs.listed, session, keys))
    except WorkflowError as error:
        session.voice.progress(f"does not wait for {jobs.noun}: {error.reason or error.what}")
        return []
    return [f"{job.get(jobs.id)} is {job.get(jobs.status)}" for job in found if not jobs.is_over(job)]
