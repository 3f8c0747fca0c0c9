"""The calls of a workflow: each step with botocore's model of what it calls and its place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ...arazzo.machine.program import operation_of
from ...arazzo.parse.cursor import NodeCursor, Scope, root_of
from ...errors import InputError
from ...models.services import UnknownServiceError
from ...nearest import did_you_mean
from ...openapi import descriptions

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from ...arazzo.faults import Ledger
    from ...arazzo.model import Document, Step, Workflow
    from ...arazzo.protocol import Operation


class Models(Protocol):
    """Finds the models of services and operations."""

    def resolve(self, operation_: Operation) -> OperationModel:
        """Return the model of an operation; raises UnknownServiceError or another InputError."""
        ...


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """A step that calls an operation.

    Attributes:
        workflow: The workflow that it is a step of.
        step: The step.
        model: botocore's model of the operation.
        cursor: The step in the text; faults are written down with it.
        root: The document in the text, for what the step takes from elsewhere.
        reads: What the step reads of the answer's body.
    """

    workflow: Workflow
    step: Step
    model: OperationModel
    cursor: NodeCursor
    root: NodeCursor
    reads: tuple[tuple[str | int, ...], ...] = ()

    @property
    def index(self) -> int:
        """The position of the step in its workflow."""
        return self.workflow.index(self.step.step_id)

    def at(self, *tokens: str | int) -> NodeCursor:
        """Return the cursor on a part of the step."""
        return self.cursor.at("".join(f"/{token}" for token in tokens))


def calls_of(
    document: Document, workflow: Workflow, models: Models, ledger: Ledger
) -> dict[str, ServiceCall]:
    """Return a workflow's calls by stepId; operations and services that do not exist are written down."""
    root = root_of(document, ledger).within(workflow=workflow.workflow_id)
    found = {}
    for step in workflow.steps:
        over_http = step.target.workflow_id is None and step.action is None
        if not over_http or step.target.source is None:
            continue
        cursor = root.at(step.place.path or "").within(step=step.step_id)
        operation = operation_of(document, step)
        model = _model(document, operation, cursor, root, models)
        if model is not None:
            reads = tuple(sorted(operation.reads, key=str))
            found[step.step_id] = ServiceCall(workflow, step, model, cursor, root, reads)
    return found


def _model(
    document: Document, operation: Operation, cursor: NodeCursor, root: NodeCursor, models: Models
) -> OperationModel | None:
    try:
        return models.resolve(operation)
    except UnknownServiceError as error:
        if _is_described(operation, cursor):
            return None
        source = document.source(operation.source)
        at = NodeCursor(root.node, "", Scope(root.scope.document, root.scope.ledger)).at(
            source.place.path or ""
        )
        (at.child("x-aws-service") or at.child("url") or at).fault(
            "unknown-service", _text(error), error.hint
        )
    except InputError as error:
        at = cursor.child("operationId") or cursor.child("operationPath") or cursor
        at.fault("unknown-operation", _text(error), error.hint)
    return None


def _is_described(operation: Operation, cursor: NodeCursor) -> bool:
    """Whether an API that is none of AWS's has a description, by which the operation is checked instead."""
    description = descriptions.found(operation.document, operation.source_url)
    if description is None or "x-aws-service" in operation.source_extensions:
        return False
    path, method, name = operation.path or "", operation.method or "", operation.operation_id
    if (description.at(method, path) if name is None else description.named(name)) is None:
        at = cursor.child("operationId") or cursor.child("operationPath") or cursor
        message = f"{operation.source_url} has no operation {name or f'{method.upper()} {path}'}"
        known = [each.operation_id or "" for each in description.routes] if name else []
        at.fault("unknown-operation", message, did_you_mean(name or "", known, 3))
    return True


def _text(error: InputError) -> str:
    return f"{error.what}: {error.reason}" if error.reason else error.what
