"""The order of deletions, for any graph of resources."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.engine.graph import deletion_waves, dependents, prune, requirements
from sandbox.engine.state import Resource


@st.composite
def stacks(draw: st.DrawFn) -> list[Resource]:
    """Resources in order, each with dependencies and a parent among those before it."""
    resources: list[Resource] = []
    for number in range(draw(st.integers(0, 8))):
        earlier = [resource.urn for resource in resources]
        some = st.lists(st.sampled_from(earlier), max_size=3, unique=True) if earlier else st.just([])
        resource = Resource(urn=f"urn:pulumi:s::p::t::{number}", custom=draw(st.booleans()))
        resource.dependencies = draw(some)
        resource.property_dependencies = {"x": draw(some)}
        resource.parent = draw(st.sampled_from(["", *earlier]))
        resources.append(resource)
    return resources


@settings(deadline=None)
@given(stacks(), st.data())
def test_what_depends_on_a_resource_is_deleted_in_an_earlier_wave(
    resources: list[Resource], data: st.DataObject
) -> None:
    condemned = [resource for resource in resources if data.draw(st.booleans())]
    waves = deletion_waves(condemned, resources)
    place = {resource.urn: number for number, wave in enumerate(waves) for resource in wave}
    assert sorted(place) == sorted(resource.urn for resource in condemned)
    for resource in condemned:
        for urn in {*resource.requirements(), resource.parent} & set(place):
            assert place[resource.urn] < place[urn]


@settings(deadline=None)
@given(stacks())
def test_dependents_and_requirements_are_two_sides_of_one_relation(resources: list[Resource]) -> None:
    for resource in resources:
        resource.parent = ""
    for root in resources:
        found = {resource.urn for resource in dependents(root, resources, set())}
        assert found == {other.urn for other in resources if root.urn in requirements(other, resources)}


@settings(deadline=None)
@given(stacks(), st.data())
def test_pruning_leaves_no_reference_to_what_is_gone(resources: list[Resource], data: st.DataObject) -> None:
    kept = [resource for resource in resources if data.draw(st.booleans())]
    prune(kept)
    there: set[str] = set()
    for resource in kept:
        assert resource.requirements() <= there
        assert resource.parent in there | {""}
        there.add(resource.urn)
