"""Whether a row of the table fits its documents and the service's model: what it says that nothing does.

The rows and documents of this package are checked whole by its tests, over the oldest and the newest botocore
that it supports. A preview asks only what costs nothing: whether the installed one is such a botocore.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from ..documents.document_check import document_faults
from ..documents.loading import load_once
from ..documents.sent import sent_inputs
from ..errors import InputError, ProviderError
from ..models.services import operation
from ..models.shapes import Fault, member_at
from .properties import Change, Property

if TYPE_CHECKING:
    from .parts import Description, Workflow
    from .row import Row

_CLAIMED: Final = ("create", "read", "delete", "list", "list-tags", "tag", "untag")
"""The verbs that claims need."""


OLDEST: Final = (1, 43, 83)
"""The oldest botocore that this package's rows and documents fit (requirements.txt has it by boto3)."""


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
    for each in _parts(row):
        yield from _member_faults(row, each) if each.member else _setting_faults(each)
    yield from _output_faults(row)


def outdated(row: Row) -> Iterator[Fault]:
    """Yield that the installed botocore is too old for a row, or has an older model of its service."""
    from botocore import __version__  # noqa: PLC0415 - see Row._input_shapes

    lacking = next(_lacking(row), None)
    if lacking is None and tuple(map(int, __version__.split(".")[:3])) < OLDEST:
        lacking = f"it is older than {'.'.join(map(str, OLDEST))}"
    if lacking is not None:
        what = f"the installed botocore {__version__} lacks what this provider uses: {lacking}"
        yield Fault("", f"{what}; upgrade boto3 (pip install --upgrade boto3)")


def _lacking(row: Row) -> Iterator[str]:
    """Yield what a row says of the service's model and the model does not have."""
    try:
        members = [fault for each in _parts(row) for fault in _unknown_member(row, each)]
        for fault in (*members, *_output_faults(row)):
            yield f"{fault.path} {fault.reason}"
    except InputError as error:
        yield error.what


def _parts(row: Row) -> Iterator[Property]:
    for each in row.properties:
        yield from each.parts or (each,)


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
    unknown = list(_unknown_member(row, each))
    if unknown:
        yield from unknown
        return
    if each.top not in _sent(row.all_workflows):
        yield Fault(each.name, f"no document sends it to AWS: no step has $inputs.{each.top}")
    updates = [workflow for verb, workflow in row.workflows.items() if verb == "update"]
    if each.change is Change.UPDATE and each.top not in _sent(updates):
        yield Fault(each.name, f"is changed in place, and no step of the update has $inputs.{each.top}")


def _unknown_member(row: Row, each: Property) -> Iterator[Fault]:
    shape = operation(row.service, each.operation or row.operation).input_shape
    try:
        if each.member:
            member_at(shape, each.member)
    except KeyError as error:
        yield Fault(each.name, f"has the member {each.member}, and {shape.name} has no {error.args[0]}")


def _output_faults(row: Row) -> Iterator[Fault]:
    """Yield what the rows say of answers and the model does not have."""
    for description in row.descriptions:
        for name, member in description.outputs.items():
            if member and not _has_member(row, description, member):
                yield Fault(name, f"{description.operation} reports no {member}")
    for each in row.properties:
        live = each.live_path if each.change is Change.UPDATE else ""
        if live and not _has_member(row, row.description, live):
            yield Fault(each.name, f"{row.description.operation} reports no {live}")


def _has_member(row: Row, description: Description, path: str) -> bool:
    try:
        member_at(row.shape_of(description), path)
    except KeyError:
        return False
    return True


def _has(workflow: Workflow) -> bool:
    return any(each.workflow_id == workflow.workflow_id for each in load_once(workflow.document).workflows)


def _sent(workflows: Iterable[Workflow]) -> set[str]:
    """Return the inputs that these workflows send to AWS."""
    found = (sent_inputs(load_once(each.document), each.workflow_id) for each in workflows)
    return {name for names in found for name in names}
