"""Whether a row of the table fits its documents and the service's model: what it says that nothing does.

The rows and documents of this package are checked by its tests, over the oldest and the newest botocore that
it supports; those of others when they are registered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from ..documents.document_check import document_faults
from ..documents.loading import load_once
from ..documents.sent import sent_inputs
from ..errors import ProviderError
from ..models.shapes import Fault
from .model_check import parts_of, unknown_members, unknown_outputs
from .properties import Change, Property

if TYPE_CHECKING:
    from .parts import Workflow
    from .row import Row

_CLAIMED: Final = ("create", "read", "delete", "list", "list-tags", "tag", "untag")
"""The verbs that claims need."""


class RowError(ProviderError):
    """A row does not fit its documents or the service's model. Attribute ``faults`` has each reason."""

    def __init__(self, row: Row, found: tuple[Fault, ...]) -> None:
        told = "; ".join(f"{fault.path} {fault.reason}" for fault in found)
        super().__init__(
            f"the row {row.name} is not sound", reason=told, hint="correct the row or its documents"
        )
        self.faults = found


def check_row(row: Row) -> None:
    """Return where nothing is wrong with a row.

    Raises:
        RowError: Something is.
    """
    found = tuple(row_faults(row))
    if found:
        raise RowError(row, found)


def row_faults(row: Row) -> Iterator[Fault]:
    """Yield all that is wrong with a row, each by the property or the field that it is about.

    A property that no document sends to AWS would be checked, stored and shown, and do nothing.
    """
    unsound = [fault for path in row.documents for fault in document_faults(path)]
    yield from unsound
    if unsound:
        return
    yield from _workflow_faults(row)
    for each in parts_of(row.properties):
        yield from _member_faults(row, each) if each.member else _setting_faults(each)
    yield from unknown_outputs(row)


def _workflow_faults(row: Row) -> Iterator[Fault]:
    for verb, workflow in row.workflows.items():
        if not _has(workflow):
            yield Fault(verb, f"{workflow.document.name} has no workflow {workflow.workflow_id}")
    if row.tags is not None:
        for verb in (verb for verb in _CLAIMED if verb not in row.workflows):
            yield Fault(verb, "has no workflow; what has tags is claimed, and claims need it")
        if row.created is None:
            yield Fault("created", "is not given; what has tags is claimed as soon as it is made")
    for contents in (row.contents,) if row.contents else ():
        for verb in ("list-contents", "delete-content"):
            if verb not in row.workflows:
                yield Fault(verb, f"has no workflow; the resource holds {contents.label}")


def _setting_faults(each: Property) -> Iterator[Fault]:
    """Yield that a property which AWS never sees is not known to be a setting of the provider's."""
    if each.change not in {Change.SETTING, Change.RUN} and each.name not in {"region", "triggers"}:
        yield Fault(each.name, "has no member, and a change of it is none of the provider's own settings")


def _member_faults(row: Row, each: Property) -> Iterator[Fault]:
    """Yield what is wrong with a property that AWS sees: it has no such member, or nothing sends it."""
    unknown = list(unknown_members(row, each))
    if unknown:
        yield from unknown
        return
    if each.top not in _sent(row.all_workflows):
        yield Fault(each.name, f"no document sends it to AWS: no step has $inputs.{each.top}")
    updates = [workflow for verb, workflow in row.workflows.items() if verb == "update"]
    if each.change is Change.UPDATE and each.top not in _sent(updates):
        yield Fault(each.name, f"is changed in place, and no step of the update has $inputs.{each.top}")


def _has(workflow: Workflow) -> bool:
    return any(each.workflow_id == workflow.workflow_id for each in load_once(workflow.document).workflows)


def _sent(workflows: Iterable[Workflow]) -> set[str]:
    """Return the inputs that these workflows send to AWS."""
    found = (sent_inputs(load_once(each.document), each.workflow_id) for each in workflows)
    return {name for names in found for name in names}
