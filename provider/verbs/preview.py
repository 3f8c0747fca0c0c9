"""What a preview knows of a resource's outputs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..kinds.hidden import left_to_provider
from ..kinds.properties import Change, difference
from ..models.shapes import UNKNOWN
from .diff import ADOPT

if TYPE_CHECKING:
    from ..kinds.kind import Kind


def created(kind: Kind, values: Mapping[str, Any], outputs: Iterable[str]) -> dict[str, Any]:
    """Return the outputs of a resource that is to be made: its inputs are known, what AWS will say is not.

    One that is adopted keeps what the program leaves to the provider.

    Args:
        kind: What the resource is.
        values: The checked inputs.
        outputs: The names of all outputs that the kind has.
    """
    absent = set() if _runs(kind, values) else _job_outputs(kind)
    theirs = left_to_provider(values) - {"region"} if values.get(ADOPT) is not None else set()
    unknown = dict.fromkeys((name for name in outputs if name not in absent), UNKNOWN)
    return {**unknown, **values, **dict.fromkeys(theirs, UNKNOWN)}


def updated(kind: Kind, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs of a resource that is to be changed in place: what cannot change stays known.

    Args:
        kind: What the resource is.
        olds: The stored outputs.
        news: The checked inputs.
    """
    changes = set(difference(kind.properties, olds, news).updates.values())
    kept = {name: value for name, value in olds.items() if name not in kind.names}
    unknown: set[str] = set()
    if Change.UPDATE in changes:
        unknown |= {name for name in kept if not name.startswith("__")} - _fixed(kind)
    if Change.RUN in changes and _runs(kind, news):
        unknown |= _job_outputs(kind)
    return {**kept, **dict.fromkeys(unknown, UNKNOWN), **news}


def _runs(kind: Kind, values: Mapping[str, Any]) -> bool:
    """Whether a job is run with the resource."""
    return any(values.get(name) is not None for name in kind.by(Change.RUN))


def _job_outputs(kind: Kind) -> set[str]:
    """Return the outputs that only a job has, where the resource is more than a job."""
    return set() if kind.job is None else {*kind.job.outputs}


def _fixed(kind: Kind) -> set[str]:
    """Return the outputs that stay what they are for as long as the resource exists."""
    located = {name for name, sources in kind.derived.items() if not {*sources} - {"region", "adopt"}}
    return {kind.id_property, *kind.keyed_by.values(), *located} | _job_outputs(kind)
