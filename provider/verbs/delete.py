"""Delete: until it is gone; what is gone already is what was wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ..errors import DeadlineError, ProviderError
from .pages import listed
from .session import WorkflowError

if TYPE_CHECKING:
    from ..kinds.kind import Contents, Kind
    from .session import Session

CONFLICT: Final = 409


def delete(kind: Kind, resource_id: str, props: Mapping[str, Any], session: Session) -> None:
    """Delete a resource and wait until it is gone; a kind without a delete workflow leaves nothing to do.

    Raises:
        ProviderError: It could not be deleted, or not in time.
    """
    workflow = kind.workflows.get("delete")
    if workflow is None:
        return
    keys = kind.keys({**props, kind.id_property: resource_id})
    try:
        if kind.contents and props.get("force_destroy"):
            empty(kind, kind.contents, keys, session)
        session.run(workflow, keys, judged=False)
    except DeadlineError as error:
        error.reason = "; ".join([error.reason, *(kind.jobs.running(session.seen) if kind.jobs else ())])
        raise
    except WorkflowError as error:
        if error.not_found:
            return
        response = error.failure.response
        if kind.contents and response and response.status == CONFLICT:
            raise _not_empty(kind, kind.contents, keys, session, error) from error
        raise


def empty(kind: Kind, contents: Contents, keys: Mapping[str, Any], session: Session) -> None:
    """Delete all that a resource holds, one by one at the service's pace; what is locked is waited for.

    It is over when nothing is listed any more, which also makes an interrupted run go on by itself.
    """
    while found := list(_contents(kind, contents, keys, session)):
        for number, item in enumerate(found, 1):
            session.voice.progress(f"deletes {contents.noun}: {number} of {len(found)}")
            name = {contents.id_input: item[contents.id_input]}
            session.run(kind.workflows["delete-content"], {**keys, **name}, judged=False)


def _contents(kind: Kind, contents: Contents, keys: Mapping[str, Any], session: Session) -> Any:
    return listed(kind.workflows["list-contents"], contents.listed, session, keys)


def _not_empty(
    kind: Kind, contents: Contents, keys: Mapping[str, Any], session: Session, error: WorkflowError
) -> ProviderError:
    count = sum(1 for _ in _contents(kind, contents, keys, session))
    if count == 0:
        return error
    return ProviderError(
        f"{kind.noun} {', '.join(map(str, keys.values()))} still holds {count} {contents.noun}",
        place=error.place,
        reason=error.reason,
        hint="delete them, or set force_destroy=True, run `pulumi up`, and destroy again",
    )
