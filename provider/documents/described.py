"""Documents against the OpenAPI descriptions of their sources: every operation has to be there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..arazzo.faults import Ledger, in_order
from ..arazzo.machine.program import operation_of
from ..arazzo.parse.cursor import root_of
from ..errors import InputError

if TYPE_CHECKING:
    from ..arazzo.faults import DocumentFault
    from ..arazzo.model import Document
    from ..arazzo.protocol import Operation


def check_against_description(
    document: Document, find: Callable[[Operation], object]
) -> tuple[DocumentFault, ...]:
    """Return a fault for each step whose operation is not found.

    Args:
        document: A document without errors of its own.
        find: Finds an operation in its description; raises InputError where it is not there.
    """
    ledger = Ledger()
    root = root_of(document, ledger)
    for workflow in document.workflows:
        for step in workflow.steps:
            if step.target.workflow_id is not None or step.action is not None:
                continue
            at = (
                root.within(workflow=workflow.workflow_id).at(step.place.path or "").within(step=step.step_id)
            )
            at = at.child("operationId") or at.child("operationPath") or at
            try:
                find(operation_of(document, step))
            except InputError as error:
                what = f"{error.what}: {error.reason}" if error.reason else error.what
                at.fault("unknown-operation", what, error.hint)
    included = [source.document for source in document.sources if source.document is not None]
    inner = [fault for each in included for fault in check_against_description(each, find)]
    return in_order((*ledger.faults, *inner))
