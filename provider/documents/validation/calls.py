"""The calls of a workflow: each step with botocore's model of what it calls and its place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ...arazzo.parse.cursor import Cursor, Scope
from ...arazzo.protocol import Operation
from ...arazzo.tree import Node
from ...errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import OperationModel

    from ...arazzo.faults import Ledger
    from ...arazzo.model import Document, SourceDescription, Step, Workflow
    from ...arazzo.protocol import JSON


class Models(Protocol):
    """Finds the models of services and operations."""

    def service(self, name: str, url: str, extensions: Mapping[str, JSON]) -> str:
        """Return botocore's name of the service that a source means; raises InputError."""
        ...

    def resolve(self, operation_: Operation) -> OperationModel:
        """Return the model of an operation; raises InputError."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """A step that calls an operation.

    Attributes:
        workflow: The workflow that it is a step of.
        step: The step.
        model: botocore's model of the operation.
        cursor: The step in the text; faults are written down with it.
        root: The document in the text, for what the step takes from elsewhere.
    """

    workflow: Workflow
    step: Step
    model: OperationModel
    cursor: Cursor
    root: Cursor

    @property
    def index(self) -> int:
        """The position of the step in its workflow."""
        return self.workflow.index(self.step.step_id)

    def at(self, *tokens: str | int) -> Cursor:
        """Return the cursor on a part of the step."""
        return self.cursor.at("".join(f"/{token}" for token in tokens))


def root_of(document: Document, ledger: Ledger) -> Cursor:
    """Return the cursor on a document's root."""
    return Cursor(document.root or Node({}, 1, 1), "", Scope(document.name, ledger))


def calls_of(document: Document, workflow: Workflow, models: Models, ledger: Ledger) -> dict[str, Call]:
    """Return a workflow's calls by stepId; operations and services that do not exist are written down."""
    root = root_of(document, ledger).within(workflow=workflow.workflow_id)
    found = {}
    for step in workflow.steps:
        over_http = step.target.workflow_id is None and step.action is None
        if not over_http or step.target.source is None:
            continue
        cursor = root.at(step.place.path or "").within(step=step.step_id)
        model = _model(document.source(step.target.source), step, cursor, root, models)
        if model is not None:
            found[step.step_id] = Call(workflow, step, model, cursor, root)
    return found


def _model(
    source: SourceDescription, step: Step, cursor: Cursor, root: Cursor, models: Models
) -> OperationModel | None:
    try:
        models.service(source.name, source.url, source.extensions)
    except InputError as error:
        at = Cursor(root.node, "", Scope(root.scope.document, root.scope.ledger)).at(source.place.path or "")
        (at.child("x-aws-service") or at.child("url") or at).fault(
            "unknown-service", _text(error), error.hint
        )
        return None
    try:
        return models.resolve(operation(source, step))
    except InputError as error:
        at = cursor.child("operationId") or cursor.child("operationPath") or cursor
        at.fault("unknown-operation", _text(error), error.hint)
        return None


def _text(error: InputError) -> str:
    return f"{error.what}: {error.reason}" if error.reason else error.what


def operation(source: SourceDescription, step: Step) -> Operation:
    """Return what a step calls, as a caller gets it."""
    path, method = step.target.operation_path or (None, None)
    return Operation(
        source=source.name,
        operation_id=step.target.operation_id,
        path=path,
        method=method,
        source_url=source.url,
        source_extensions=source.extensions,
    )
