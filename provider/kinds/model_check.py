"""Whether a service's model has what a row says of it, which costs a preview nothing: no document is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, Protocol

from ..errors import InputError
from ..models.services import operation
from ..models.shapes import Fault, member_at
from .parts import Description
from .properties import Change, Property

if TYPE_CHECKING:
    from botocore.model import Shape

OLDEST: Final = (1, 43, 83)
"""The oldest botocore that this package's rows and documents fit (requirements.txt)."""


class Modelled(Protocol):
    """What a row says of its service's model; see ``row.Row``."""

    @property
    def service(self) -> str: ...  # noqa: D102 - as in Row, and the others likewise

    @property
    def operation(self) -> str: ...  # noqa: D102

    @property
    def properties(self) -> tuple[Property, ...]: ...  # noqa: D102

    @property
    def description(self) -> Description: ...  # noqa: D102

    @property
    def descriptions(self) -> tuple[Description, ...]: ...  # noqa: D102

    def shape_of(self, description: Description) -> Shape: ...  # noqa: D102


def outdated(row: Modelled) -> Iterator[Fault]:
    """Yield that the installed botocore is too old for a row, or has an older model of its service."""
    from botocore import __version__  # noqa: PLC0415 - see models.services.loader

    lacking = next(_lacking(row), None)
    if lacking is None and tuple(map(int, __version__.split(".")[:3])) < OLDEST:
        lacking = f"it is older than {'.'.join(map(str, OLDEST))}"
    if lacking is not None:
        what = f"the installed botocore {__version__} lacks what this provider uses: {lacking}"
        yield Fault("", f"{what}; upgrade boto3 (pip install --upgrade boto3)")


def _lacking(row: Modelled) -> Iterator[str]:
    """Yield what a row says of the service's model and the model does not have."""
    try:
        members = [fault for each in parts_of(row.properties) for fault in unknown_members(row, each)]
        for fault in (*members, *unknown_outputs(row)):
            yield f"{fault.path} {fault.reason}"
    except InputError as error:
        yield error.what


def parts_of(properties: Iterable[Property]) -> Iterator[Property]:
    """Yield properties, and the parts of a nested one in its place."""
    for each in properties:
        yield from each.parts or (each,)


def unknown_members(row: Modelled, each: Property) -> Iterator[Fault]:
    """Yield that the model does not have a property's member."""
    shape = operation(row.service, each.operation or row.operation).input_shape
    try:
        if each.member:
            member_at(shape, each.member)
    except KeyError as error:
        yield Fault(each.name, f"has the member {each.member}, and {shape.name} has no {error.args[0]}")


def unknown_outputs(row: Modelled) -> Iterator[Fault]:
    """Yield what the rows say of answers and the model does not have."""
    for description in row.descriptions:
        for name, member in description.outputs.items():
            if member and not _has_member(row, description, member):
                yield Fault(name, f"{description.operation} reports no {member}")
    for each in row.properties:
        live = each.live_path if each.change is Change.UPDATE else ""
        if live and not _has_member(row, row.description, live):
            yield Fault(each.name, f"{row.description.operation} reports no {live}")


def _has_member(row: Modelled, description: Description, path: str) -> bool:
    try:
        member_at(row.shape_of(description), path)
    except KeyError:
        return False
    return True
