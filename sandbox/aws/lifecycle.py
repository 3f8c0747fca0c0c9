"""What becomes of a data store after a create or a delete is accepted, in both services."""

from __future__ import annotations

from .call import Call
from .permissions import guard
from .state import Cause, Event, Phase, Store


def begin_create(call: Call, store: Store, *, seconds: float) -> None:
    """Add a store that will be ACTIVE after that time, or whatever was ordered for the next one."""
    call.world.stores[store.id] = store
    store.status = "CREATING"
    store.pending = _outcome(call, store, "ACTIVE", seconds)
    problem = guard.key_problem(call)
    if problem:
        store.pending = [Phase(call.now + seconds, "CREATE_FAILED", cause=Cause(problem))]


def begin_delete(call: Call, store: Store, *, seconds: float) -> None:
    """Let a store be DELETED after that time, or whatever was ordered for the next one."""
    store.become("DELETING", call.now)
    store.pending = _outcome(call, store, "DELETED", seconds)
    problem = guard.deletion_problem(call)
    if problem:
        # Which status it comes to is not public; the model gives a failed deletion an ErrorCause.
        store.pending = [Phase(call.now + seconds, "ACTIVE", cause=Cause(problem))]


def _outcome(call: Call, store: Store, status: str, seconds: float) -> list[Phase]:
    event: Event = "create" if status == "ACTIVE" else "delete"
    order = call.world.take_order(event, call.service, store.name)
    if order is None:
        return [Phase(call.now + seconds, status)]
    cause = Cause(order.message, order.category) if order.message else None
    return [Phase(call.now + seconds, order.status, cause=cause)]
