"""Take over: a store that an interrupted run of the same resource made goes through the same workflow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import CancelledError, DeadlineError, ProviderError
from ..kinds.properties import Change
from .adopt import look
from .claims import visible
from .delete import delete
from .diff import ADOPT
from .tags import read_tags

if TYPE_CHECKING:
    from ..arazzo import Caller, Operation, Request, Response
    from ..kinds.kind import Kind
    from .claims import Store
    from .session import Session


class TakeOver:
    """A caller that answers the creating call with a store that is there already, and passes on all others.

    So a store that is taken over goes through the same workflow as one that is made.

    Args:
        caller: Sends the other requests.
        kind: The table's row.
        store_id: The store's id.
        arn: Its ARN.
    """

    def __init__(self, caller: Caller, kind: Kind, store_id: str, arn: str) -> None:
        self._caller = caller
        self._kind = kind
        self._body = kind.created.answer(store_id, arn) if kind.created else {}

    def call(self, operation: Operation, request: Request) -> Response:
        """Answer the creating operation as it would for what is there already."""
        from ..arazzo import Response  # noqa: PLC0415 - see Session.run

        if not self._kind.makes(operation.operation_id):
            return self._caller.call(operation, request)
        return Response(status=200, body=dict(self._body))


def clear_away(kind: Kind, store: Store, session: Session) -> None:
    """Delete a store that an interrupted run could not make; where that fails it stays, with a warning."""
    session.voice.info(f"deletes {kind.noun} {store.id}, which an interrupted run could not make")
    try:
        delete(kind, store.id, {}, session)
    except (DeadlineError, CancelledError):
        raise
    except ProviderError as error:
        session.voice.warn(f"{kind.noun} {store.id} could not be made, and stays: {error}")


def delete_lost(kind: Kind, store: Store, names: Iterable[str], session: Session) -> None:
    """Delete a store that no state holds and that no update can bring to what the program says by now."""
    session.voice.info(
        f"deletes {kind.noun} {store.id}, which an interrupted run made with another {', '.join(names)}"
    )
    delete(kind, store.id, {}, session)


def as_it_is(kind: Kind, store: Store, values: Mapping[str, Any], session: Session) -> dict[str, Any]:
    """Return the properties of a store that was made for other ones than the program has by now."""
    outputs = look(kind, {**values, ADOPT: store.id}, session)
    if outputs is None:  # gone meanwhile, as the workflow is going to find
        return dict(values)
    live = {row.name: outputs.get(row.name) for row in kind.properties if row.live is not None}
    live |= dict.fromkeys(kind.by(Change.TAGS), visible(read_tags(kind, session, store.arn)))
    return {name: value for name, value in {**values, **live}.items() if value is not None}
