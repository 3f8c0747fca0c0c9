"""Diff: what changes in place, what replaces, and what is unfinished. Named properties only, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from provider.properties import Difference, difference

if TYPE_CHECKING:
    from provider.kind import Kind

RESUME = "__resume"
"""The output that says how to go on with what was interrupted; not there once all is done."""


def diff(kind: Kind, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Difference:
    """Return what has changed.

    A resource whose creation failed for good is replaced: no update can mend it, and it keeps its id.
    """
    found = difference(kind.properties, olds, news)
    if olds.get(kind.status_property) in kind.statuses.failed:
        return Difference((kind.status_property, *found.replaces), found.updates)
    return found


def unfinished(olds: Mapping[str, Any]) -> bool:
    """Whether the state holds something that was interrupted and must be gone on with."""
    return olds.get(RESUME) is not None
