"""``run --dry-run``: the requests of a workflow, as far as its inputs tell, without sending any."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from ...arazzo.machine.inputs import prepare
from ...arazzo.machine.program import Program, operation_of
from ...documents.known import with_inputs

if TYPE_CHECKING:
    from ...arazzo import Document
    from ...arazzo.machine.program import Address
    from ...arazzo.model import Step
    from ...arazzo.protocol import Operation

    Where = Callable[[Operation], tuple[str, str]]

MOST: Final = 16
"""How deep workflows may run one another."""


def planned(
    document: Document, workflow: str | None, inputs: Mapping[str, Any], where: Where
) -> list[dict[str, Any]]:
    """Return a workflow's requests in the order of its steps, which its actions may change in a run.

    What depends on an answer stands as the expression that the document has for it.

    Args:
        document: The document.
        workflow: The workflowId, or None for the only one.
        inputs: Its inputs.
        where: Returns the method and the URL of an operation.
    """
    program = Program(document)
    address = program.choose(workflow)
    plan = program.plan(address)
    return list(_requests(program, address, prepare(plan.workflow.inputs, inputs, plan.place), where, 0))


def _requests(
    program: Program, address: Address, inputs: Mapping[str, Any], where: Where, depth: int
) -> Iterator[dict[str, Any]]:
    plan = program.plan(address)
    document = with_inputs(plan.document, address.workflow_id, inputs)
    for step in document.workflow(address.workflow_id).steps if depth < MOST else ():
        inner = plan.step(step.step_id).workflow
        if inner is not None:
            given = {each.name: each.value.source for each in step.parameters}
            yield from _requests(program, inner, given, where, depth + 1)
        else:
            yield _request(address.workflow_id, step, operation_of(document, step), where)


def _request(workflow: str, step: Step, operation: Operation, where: Where) -> dict[str, Any]:
    method, url = where(operation)
    places: dict[str, dict[str, Any]] = {}
    for each in step.parameters:
        places.setdefault(each.in_ or "query", {})[each.name] = each.value.source
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
    }
    return {name: value for name, value in told.items() if value is not None}
