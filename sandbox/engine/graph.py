"""The dependency graph of a state's resources. Their order is topological: what is needed comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from .state import Resource


def dependents(root: Resource, resources: Sequence[Resource], ignored: AbstractSet[str]) -> list[Resource]:
    """What depends on a resource, directly or not, in order; children do not count."""
    affected = {root.urn}
    found: list[Resource] = []
    start = next((index for index, resource in enumerate(resources) if resource is root), len(resources))
    for resource in resources[start + 1 :]:
        if resource.urn not in ignored and resource.requirements() & affected:
            found.append(resource)
            affected.add(resource.urn)
    return found


def deletion_waves(condemned: Iterable[Resource], resources: Sequence[Resource]) -> list[list[Resource]]:
    """Group deletions: each wave may run at once, and nothing goes before what depends on it.

    Args:
        condemned: What is to be deleted.
        resources: All resources, in order.
    """
    left = set(condemned)
    order = [resource for resource in resources if resource in left]
    needs = {resource: _needs(resource, order[:index]) for index, resource in enumerate(order)}
    waves: list[list[Resource]] = []
    while order:
        wave = [resource for resource in order if not needs[resource] & left]
        waves.append(wave)
        left -= set(wave)
        order = [resource for resource in order if resource in left]
    return waves[::-1]


def requirements(resource: Resource, resources: Sequence[Resource]) -> set[str]:
    """The URNs that a resource cannot be without, directly or not, its ancestors included."""
    needed = resource.requirements() | {resource.parent}
    for other in reversed(resources):
        if other.urn in needed:
            needed |= other.requirements() | {other.parent}
    return needed


def prune(resources: Sequence[Resource]) -> None:
    """Drop references to resources that are gone; children of a parent that is gone go to its parent."""
    there: set[str] = set()
    parents: dict[str, str] = {}
    all_urns = {resource.urn for resource in resources}
    for resource in resources:
        resource.dependencies = [urn for urn in resource.dependencies if urn in there]
        found = {
            key: [urn for urn in urns if urn in there] for key, urns in resource.property_dependencies.items()
        }
        resource.property_dependencies = {key: urns for key, urns in found.items() if urns}
        resource.deleted_with = resource.deleted_with if resource.deleted_with in there else ""
        if resource.parent not in all_urns:
            resource.parent = parents.get(resource.parent, "")
        parents[resource.urn] = resource.parent
        there.add(resource.urn)


def _needs(resource: Resource, earlier: Sequence[Resource]) -> set[Resource]:
    """The earlier resources that must outlive a resource; a component stands for its descendants too."""
    urns = resource.requirements() | {resource.parent}
    needed = {other for other in earlier if other.urn in urns}
    components = {other.urn for other in needed if not other.custom and other.urn != resource.parent}
    for other in earlier:
        if other.parent in components:
            needed.add(other)
            components.add(other.urn)
    return needed
