"""Diff: what changes in place, what replaces, and what is unfinished. Named properties only, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..kinds.equivalence import normal
from ..kinds.hidden import RESUME
from ..kinds.parts import Life
from ..kinds.paths import ANY, parse, reach
from ..kinds.properties import Difference, difference
from ..models.shapes import UNKNOWN

if TYPE_CHECKING:
    from ..kinds.kind import Kind

ADOPT = "adopt"
"""The input that names an existing resource to adopt."""


def diff(kind: Kind, resource_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Difference:
    """Return what has changed.

    A resource whose creation failed for good is replaced: no update can mend it, and it keeps its id. So is
    one that is being deleted outside; the deletion of the old one then waits until it is gone.
    """
    found = difference(kind.properties, olds, news)
    by_choice = [name for name in kind.replaced_by(olds, news) if name not in found.replaces]
    if by_choice:
        found = replace(found, replaces=(*by_choice, *found.replaces))
    if wanted(news) and news[ADOPT] != resource_id:
        return Difference((ADOPT, *found.replaces), found.updates)
    if kind.life(olds) in {Life.FAILED, Life.DELETING}:
        return Difference((kind.status_property, *found.replaces), found.updates)
    return found


def forced(
    found: Difference, olds: Mapping[str, Any], news: Mapping[str, Any], paths: Iterable[str]
) -> tuple[str, ...]:
    """Return those of the paths, a resource's ``replace_on_changes``, at which something changes in place."""
    return tuple(
        path
        for path in paths
        if ((root := parse(path)[0]) == ANY and found.updates)
        or (root in found.updates and normal(reach(path, olds)) != normal(reach(path, news)))
    )


def wanted(values: Mapping[str, Any]) -> bool:
    """Whether the inputs name a resource to adopt that is known by now."""
    return isinstance(values.get(ADOPT), str) and values[ADOPT] != UNKNOWN


def unfinished(olds: Mapping[str, Any]) -> bool:
    """Whether the state holds something that was interrupted and must be gone on with."""
    return olds.get(RESUME) is not None
