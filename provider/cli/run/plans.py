"""``run --dry-run``: the requests of a workflow, as far as its inputs tell, without sending any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from ...arazzo.machine.inputs import prepare, with_defaults
from ...arazzo.machine.program import Program, operation_of
from ...documents.known import with_inputs

if TYPE_CHECKING:
    from ...arazzo import Document
    from ...arazzo.machine.program import Address
    from ...arazzo.model import RequestBody, Step
    from ...arazzo.protocol import Operation
    from .masking import Masking
    from .over import Transport

MOST: Final = 16
"""How deep workflows may run one another."""


def planned(
    document: Document, workflow: str | None, inputs: Mapping[str, Any], way: Transport, masking: Masking
) -> list[dict[str, Any]]:
    """Return a workflow's requests in the order of its steps, which its actions may change in a run.

    What depends on an answer stands as the expression that the document has for it.

    Args:
        document: The document.
        workflow: The workflowId, or None for the only one.
        inputs: Its inputs.
        way: Says where operations are, and what is sent with each request.
        masking: Takes out of it what must not be shown.
    """
    program = Program(document)
    address = program.choose(workflow)
    plan = program.plan(address)
    known = prepare(plan.workflow.inputs, inputs, plan.place)
    return [
        masking.told(_request(workflow_id, step, operation, way), operation)
        for workflow_id, step, operation in _calls(program, address, known, 0)
    ]


def _calls(
    program: Program, address: Address, inputs: Mapping[str, Any], depth: int
) -> Iterator[tuple[str, Step, Operation]]:
    plan = program.plan(address)
    filled = with_defaults(plan.workflow.inputs, dict(inputs))
    document = with_inputs(plan.document, address.workflow_id, filled, complete=True)
    for step in document.workflow(address.workflow_id).steps if depth < MOST else ():
        inner = plan.step(step.step_id).workflow
        if inner is not None:
            given = {each.name: each.value.source for each in step.parameters}
            yield from _calls(program, inner, given, depth + 1)
        else:
            yield address.workflow_id, step, operation_of(document, step)


def _request(workflow: str, step: Step, operation: Operation, way: Transport) -> dict[str, Any]:
    method, url = way.where(operation)
    places: dict[str, dict[str, Any]] = {"header": dict(way.headers)} if way.headers else {}
    for each in step.parameters:
        places.setdefault(each.in_ or "query", {}).setdefault(each.name, each.value.source)
    body = step.request_body
    told = {
        "workflow": workflow,
        "step": step.step_id,
        "operation": operation.operation_id,
        "method": method,
        "url": url,
        **places,
        "contentType": body.content_type if body else None,
        "body": body.payload.source if body and body.payload else None,
        "replacements": _replacements(body) if body and body.replacements else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _replacements(body: RequestBody) -> list[dict[str, Any]]:
    return [{"target": each.target, "value": each.value.source} for each in body.replacements]
