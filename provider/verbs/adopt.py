"""Adopt: an existing resource comes under management as it is, and nothing about it is touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import InputError, Place
from ..kinds.equivalence import covers, overlay
from ..kinds.hidden import CLAIMED, left_to_provider
from ..kinds.properties import Change, Difference, difference
from ..models.shapes import Fault
from .claim_tag import take_off
from .claims import KEY
from .diff import ADOPT
from .outcome import Made
from .read import read

if TYPE_CHECKING:
    from ..kinds.kind import Kind
    from .session import Session


def adopt(kind: Kind, values: Mapping[str, Any], session: Session) -> Made:
    """Return an existing resource as the state is to have it; what differs shows in the next diff.

    Raises:
        InputError: It does not exist, it differs in what only a new one could have, or the claim of who made
            it cannot be taken off.
    """
    resource_id = str(values[ADOPT])
    outputs = look(kind, values, session)
    for fault in faults(kind, values, outputs):
        what = f"{kind.label} {resource_id} cannot be adopted"
        raise InputError(what, place=Place(path=fault.path), reason=fault.reason)
    assert outputs is not None  # noqa: S101 - else there was a fault
    if outputs.pop(CLAIMED, None) and not take_off(kind, resource_id, outputs, session):
        raise InputError(
            f"{kind.label} {resource_id} cannot be adopted",
            reason=f"it carries the tag {KEY} of the run that made it, which would take it over",
            hint="take the tag off and run `pulumi up` again",
        )
    return Made(resource_id, outputs)


def look(kind: Kind, values: Mapping[str, Any], session: Session) -> dict[str, Any] | None:
    """Return the outputs that the resource would be adopted with, or None where it does not exist."""
    found = read(kind, str(values[ADOPT]), {"region": values.get("region")}, session)
    if found is None:
        return None
    outputs = {**values, **{name: value for name, value in found.outputs.items() if value is not None}}
    for name in kind.by(Change.RUN):  # what it asks for has not been run: the next update does
        outputs.pop(name, None)
    for row in kind.properties:
        live = found.outputs.get(row.name)
        if row.name in {"region", *left_to_provider(values)} or row.live is None:
            continue
        if values.get(row.name) is None and row.change is Change.REPLACE:
            continue  # what only a new one could have otherwise is known from now on
        if values.get(row.name) is None or live is None:
            outputs.pop(row.name, None)
        elif row.change is not Change.TAGS and covers(values[row.name], live):
            outputs[row.name] = values[row.name]
        else:
            outputs[row.name] = overlay(values[row.name], live)
    return outputs


def faults(kind: Kind, values: Mapping[str, Any], outputs: Mapping[str, Any] | None) -> Iterator[Fault]:
    """Yield why a resource cannot be adopted."""
    if outputs is None:
        yield Fault(ADOPT, f"{kind.label} {values[ADOPT]} does not exist in this account and region")
        return
    for name in to_change(kind, values, outputs).replaces:
        reason = (
            f"cannot be changed on {kind.label} {values[ADOPT]}, which has {outputs.get(name)!r}; set that"
        )
        yield Fault(name, reason)


def to_change(kind: Kind, values: Mapping[str, Any], outputs: Mapping[str, Any]) -> Difference:
    """Return what the first update after the adoption would change."""
    found = difference(kind.properties, outputs, values)
    updates = {name: how for name, how in found.updates.items() if how is not Change.SETTING}
    return Difference(found.replaces, updates)
