"""What a program adopts is nobody's to delete, whatever else the run does; both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provider.verbs.claims import KEY, Claim
from tests.e2e.harness import PulumiCli
from tests.e2e.test_nothing_destroyed import HEAD, IMAGES, active, adopted, notes, started, well

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine

pytestmark = pytest.mark.e2e

under_the_cli = pytest.mark.parametrize(
    "make_engine", [pytest.param(PulumiCli, id="pulumi", marks=pytest.mark.real)], indirect=True
)


def in_the_making(cloud: Sandbox, name: str) -> str:
    """A store that a killed run made for a resource of that name."""
    urn = f"urn:pulumi:dev::e2e::pulumi-python:dynamic/health:{IMAGES}::{name}"
    claim = Claim.of("organization", urn, "t")
    store = cloud.add_store(
        "medical-imaging", {"datastoreName": "lost", "clientToken": "t", "tags": claim.tags}
    )
    cloud.set_tags(store, claim.bound(store).tags)
    return store


def test_a_replacement_by_the_very_store_that_is_adopted_is_refused(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    store = adopted(cloud, IMAGES)
    options = 'opts=ResourceOptions(replace_on_changes=["tags"])'
    line = f'{IMAGES}("it", adopt="{store}", tags={{{{"team": "{{team}}"}}}}, {options})'
    cloud.set_tags(store, {"team": "a"})
    engine = started(make_engine, cloud, line.format(team="a"))
    well(engine.up())
    engine.write(HEAD + line.format(team="b"))
    for outcome in (engine.preview(), engine.up()):
        assert outcome.exit_code != 0
        assert f"names HealthImaging data store {store}, which this resource has already" in outcome.text
    assert active(cloud) == [store]
    engine.write(HEAD + line.format(team="a"))
    assert set(well(engine.up()).changes) == {"same"}


@under_the_cli
def test_a_replacement_that_the_user_orders_deletes_nothing(make_engine: MakeEngine, cloud: Sandbox) -> None:
    store = adopted(cloud, IMAGES)
    engine = started(make_engine, cloud, f'{IMAGES}("it", adopt="{store}")')
    well(engine.up())
    assert f"{store} is not deleted: it of this stack adopts it" in notes(
        well(engine.up("--replace", "**it"))
    )
    assert active(cloud) == [store]
    assert set(well(engine.up()).changes) == {"same"}


@pytest.mark.parametrize("order", ["", ", opts=ResourceOptions(depends_on=[images])"], ids=["any", "after"])
def test_a_store_in_the_making_that_is_adopted_is_taken_over_by_nobody_else(
    make_engine: MakeEngine, cloud: Sandbox, order: str
) -> None:
    lost = in_the_making(cloud, "images")
    program = f'images = {IMAGES}("images", datastore_name="new")\n{IMAGES}("kept", adopt="{lost}"{order})'
    engine = started(make_engine, cloud, program)
    well(engine.up())
    assert lost in active(cloud)
    assert KEY not in cloud.store(lost).tags
    assert len(active(cloud)) == 2
    assert set(well(engine.up()).changes) == {"same"}


def test_a_claim_that_cannot_be_taken_off_stops_the_adoption(make_engine: MakeEngine, cloud: Sandbox) -> None:
    lost = in_the_making(cloud, "images")
    cloud.fault("medical-imaging.UntagResource", "deny", calls=None)
    outcome = started(make_engine, cloud, f'{IMAGES}("kept", adopt="{lost}")').up()
    assert outcome.exit_code != 0
    assert f"HealthImaging data store {lost} cannot be adopted: it carries the tag {KEY}" in outcome.text


def test_stores_that_two_resources_swap_stay(make_engine: MakeEngine, cloud: Sandbox) -> None:
    one, two = (
        adopted(cloud, IMAGES),
        cloud.add_store("medical-imaging", {"datastoreName": "two", "clientToken": "u"}),
    )
    program = (
        f'a = {IMAGES}("a", adopt="{{a}}", opts=ResourceOptions(delete_before_replace=True))\n'
        f'{IMAGES}("b", adopt="{{b}}", opts=ResourceOptions(depends_on=[a]))'
    )
    engine = started(make_engine, cloud, program.format(a=one, b=two))
    well(engine.up())
    engine.write(HEAD + program.format(a=two, b=one))
    well(engine.up())
    assert sorted(active(cloud)) == sorted([one, two])
    assert set(well(engine.up()).changes) == {"same"}


@under_the_cli
def test_what_the_program_adopts_stays_also_where_it_is_no_target(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    store = adopted(cloud, IMAGES)
    engine = started(make_engine, cloud, f'{IMAGES}("old", adopt="{store}")')
    well(engine.up())
    engine.write(HEAD + f'{IMAGES}("new", adopt="{store}")')
    well(engine.up("--target", "**new"))
    assert f"{store} is not deleted: new of this stack adopts it" in notes(
        well(engine.up("--target", "**old"))
    )
    assert active(cloud) == [store]
    assert set(well(engine.up()).changes) == {"same"}


@under_the_cli
def test_a_destroy_that_runs_the_program_deletes_what_it_adopts(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    store = adopted(cloud, IMAGES)
    engine = started(make_engine, cloud, f'{IMAGES}("it", adopt="{store}")')
    well(engine.up())
    well(engine.destroy("--run-program"))
    assert active(cloud) == []
