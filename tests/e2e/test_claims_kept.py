"""A store whose claim stays is never taken over on a guess: kept, renamed and unsaved stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provider.verbs.claims import KEY
from tests.e2e.harness import PulumiCli

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine
    from tests.e2e.harness import Engine

pytestmark = pytest.mark.e2e

HEAD = "from provider import *\nfrom pulumi import ResourceOptions\n"
IMAGES = 'HealthImagingDatastore("images")'
under_the_cli = pytest.mark.parametrize(
    "make_engine", [pytest.param(PulumiCli, id="pulumi", marks=pytest.mark.real)], indirect=True
)


def started(make_engine: MakeEngine, cloud: Sandbox, program: str) -> Engine:
    engine = make_engine(HEAD + program)
    engine.environment |= cloud.env | {"PULUMI_HEALTH_TIME_SCALE": "20"}
    cloud.settings(throttled=False)
    return engine


def active(cloud: Sandbox) -> list[str]:
    return [store.id for store in cloud.stores() if store.status == "ACTIVE"]


def test_a_kept_store_whose_name_comes_back_is_left_alone(make_engine: MakeEngine, cloud: Sandbox) -> None:
    cloud.fault("medical-imaging.UntagResource", "deny", calls=None)  # so that its claim stays, too
    kept = 'HealthImagingDatastore("images", opts=ResourceOptions(retain_on_delete=True))'
    engine = started(make_engine, cloud, kept)
    assert engine.up().exit_code == 0
    (first,) = active(cloud)
    engine.write(HEAD)
    assert engine.up().exit_code == 0
    engine.write(HEAD + IMAGES)
    again = engine.up()
    assert again.exit_code != 0
    assert f'adopt="{first}"' in again.text, again
    cloud.clear_faults()
    cloud.set_tags(first, {})
    assert engine.up().exit_code == 0
    assert len(active(cloud)) == 2
    engine.write(HEAD)
    assert engine.up().exit_code == 0
    assert active(cloud) == [first]


@under_the_cli
def test_a_renamed_stack_keeps_its_store_from_a_new_one_of_the_old_name(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    cloud.fault("medical-imaging.UntagResource", "deny", calls=None)
    engine = started(make_engine, cloud, IMAGES)
    assert isinstance(engine, PulumiCli)
    assert engine.up().exit_code == 0
    (first,) = active(cloud)
    engine.command("stack", "rename", "renamed", "--stack", "dev")
    engine.command("stack", "init", "dev")
    new = engine.up()
    assert new.exit_code != 0
    assert f'adopt="{first}"' in new.text, new
    assert active(cloud) == [first]
    cloud.clear_faults()
    engine.stack = "renamed"
    assert engine.up().exit_code == 0
    assert KEY not in cloud.store(first).tags
    engine.stack = "dev"
    assert engine.up().exit_code == 0
    assert engine.destroy().exit_code == 0
    assert active(cloud) == [first]


@under_the_cli
def test_an_answer_that_no_checkpoint_holds_leads_to_no_second_store(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    cloud.fault("healthlake.DescribeFHIRDatastore", "hang", seconds=300)
    engine = started(make_engine, cloud, f'{IMAGES}\nHealthLakeDatastore("records")')
    engine.environment |= {"PULUMI_SKIP_CHECKPOINTS": "1"}
    running = engine.start("up")
    running.wait_until(
        lambda: any("answered" in store.tags.get(KEY, "") for store in cloud.stores()), "the answer"
    )
    running.wait_until(lambda: cloud.counts().get("DescribeFHIRDatastore"), "a poll")
    running.kill()
    engine.unlock()
    cloud.clear_faults()
    (images,) = (store.id for store in cloud.stores() if store.service == "medical-imaging")
    again = engine.up()
    assert again.exit_code != 0
    assert f'adopt="{images}"' in again.text, again
    assert [store.id for store in cloud.stores() if store.service == "medical-imaging"] == [images]
    assert len(cloud.stores()) == 2
