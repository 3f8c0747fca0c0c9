"""Which inputs of a workflow feed an idempotency token, as far as the services' models say what is one.

Source: botocore's trait ``idempotencyToken`` of an operation's input members.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..arazzo.faults import Ledger
from ..models import services
from .sent import INPUT
from .validation.calls import calls_of

if TYPE_CHECKING:
    from ..arazzo.model import Document, Step


def token_inputs(document: Document, workflow_id: str) -> tuple[str, ...]:
    """Return the inputs that the steps of a workflow send in members that are idempotency tokens."""
    calls = calls_of(document, document.workflow(workflow_id), services, Ledger())
    found = {
        name
        for call in calls.values()
        for member in call.model.idempotent_members
        for value in _sent(call.step, member)
        for name in INPUT.findall(str(value))
    }
    return tuple(sorted(found))


def _sent(step: Step, member: str) -> Iterator[Any]:
    """Yield what a step sends in a member, as the document writes it."""
    yield from (each.value.source for each in step.parameters if each.name == member)
    body = step.request_body
    payload = body.payload.source if body is not None and body.payload is not None else None
    if isinstance(payload, dict) and member in payload:
        yield payload[member]
    yield from (
        each.value.source for each in (body.replacements if body else ()) if each.target == f"/{member}"
    )
