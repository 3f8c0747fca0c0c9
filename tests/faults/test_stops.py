"""Whatever stops a run at whatever moment, the next one goes on: one store each, none lost, none twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provider.claims import KEY
from tests.e2e.harness import PulumiCli, SandboxEngine
from tests.faults.stops import STOPS, Caught, Moment, Stop, stopped

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine
    from tests.e2e.harness import Engine, Outcome

pytestmark = pytest.mark.e2e

PROGRAM = """
from provider import ExportArgs, HealthImagingDatastore, HealthLakeDatastore

HealthImagingDatastore("images", tags={"team": "a"})
HealthLakeDatastore(
    "records",
    tags={"team": "a"},
    nlp_configuration={"status": "DISABLED"},
    export=ExportArgs(
        output_s3_uri="s3://exports/out",
        output_kms_key_id="arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        data_access_role_arn="arn:aws:iam::123456789012:role/export",
    ),
)
"""
CHANGED = PROGRAM.replace('"a"', '"b"').replace("DISABLED", "ENABLED")

CREATES = ("medical-imaging.CreateDatastore", "healthlake.CreateFHIRDatastore")
DELETES = ("medical-imaging.DeleteDatastore", "healthlake.DeleteFHIRDatastore")
UPDATES = ("medical-imaging.TagResource", "healthlake.UpdateFHIRDatastore")


def under_engines(*moments: Moment, real: Moment | None = None) -> pytest.MarkDecorator:
    """Every stop at these moments under the sandbox's engine, at one of them under the pulumi CLI too."""
    cases = [
        pytest.param(SandboxEngine, stop, moment, id=f"sandbox-{stop.__name__}-{moment}")
        for stop in STOPS
        for moment in moments
    ]
    cases += [
        pytest.param(PulumiCli, stop, real, id=f"pulumi-{stop.__name__}-{real}", marks=pytest.mark.real)
        for stop in STOPS
        if real
    ]
    return pytest.mark.parametrize(("make_engine", "stop", "moment"), cases, indirect=["make_engine"])


@pytest.fixture
def stack(make_engine: MakeEngine, cloud: Sandbox) -> Engine:
    engine = make_engine(PROGRAM, project="stops")
    engine.environment |= {**cloud.env, "PULUMI_HEALTH_TIME_SCALE": "100"}
    engine.set_config("aws:region", "us-east-1")
    return engine


def agree(outcome: Outcome, cloud: Sandbox, *, claims: bool = False) -> None:
    """The state and the cloud hold the same two stores, and no claim is left."""
    assert outcome.exit_code == 0, outcome
    assert sorted(outcome.names()) == ["images", "records"], outcome
    held = {outcome.resource(name)["id"] for name in outcome.names()}
    assert {store.id for store in cloud.stores()} == held, outcome
    assert {store.status for store in cloud.stores()} == {"ACTIVE"}
    assert claims or all(KEY not in store.tags for store in cloud.stores()), outcome


def destroyed(stack: Engine, cloud: Sandbox) -> None:
    """A destroy leaves nothing."""
    gone = stack.destroy()
    assert gone.exit_code == 0, gone
    assert (gone.names(), cloud.stores()) == ([], [])


@under_engines("before", "during", "after", real="during")
def test_a_creation_that_was_stopped_ends_in_one_store(
    stack: Engine, cloud: Sandbox, stop: Stop, moment: Moment
) -> None:
    outcome = stopped(stack, cloud, "up", stop, Caught(CREATES, moment))
    assert outcome.exit_code != 0, outcome
    agree(stack.up(), cloud)
    assert len(cloud.jobs()) == 1
    if moment == "during":
        destroyed(stack, cloud)


@under_engines("during", real="during")
def test_an_export_that_was_stopped_is_one_export(
    stack: Engine, cloud: Sandbox, stop: Stop, moment: Moment
) -> None:
    caught = Caught(("healthlake.StartFHIRExportJob",), moment, speed=2000)
    outcome = stopped(stack, cloud, "up", stop, caught)
    assert outcome.exit_code != 0, outcome
    up = stack.up()
    agree(up, cloud, claims=True)
    assert [job.id for job in cloud.jobs()] == [up.resource("records")["outputs"]["job_id"]]


@under_engines("during")
def test_an_update_that_was_stopped_goes_on(
    stack: Engine, cloud: Sandbox, stop: Stop, moment: Moment
) -> None:
    assert stack.up().exit_code == 0
    before = {store.id for store in cloud.stores()}
    stack.write(CHANGED)
    outcome = stopped(stack, cloud, "up", stop, Caught(UPDATES, moment, speed=2000))
    assert outcome.exit_code != 0, outcome
    agree(stack.up(), cloud)
    assert {store.id for store in cloud.stores()} == before
    assert [store.tags for store in cloud.stores()] == [{"team": "b"}] * 2
    assert stack.up().changes == {"same": 3}
    assert len(cloud.jobs()) == 1


@under_engines("during")
def test_a_deletion_that_was_stopped_goes_on(
    stack: Engine, cloud: Sandbox, stop: Stop, moment: Moment
) -> None:
    assert stack.up().exit_code == 0
    outcome = stopped(stack, cloud, "destroy", stop, Caught(DELETES, moment, speed=2000))
    assert outcome.exit_code != 0, outcome
    destroyed(stack, cloud)


def test_a_claim_that_a_kill_left_comes_off_with_the_next_refresh(stack: Engine, cloud: Sandbox) -> None:
    cloud.set_speed(200)
    running = stack.start("up")
    running.wait_for_step("images", "done")
    running.kill()
    up = stack.up()
    agree(up, cloud, claims=True)
    assert up.steps("images") == ["same"]
    assert [store.service for store in cloud.stores() if KEY in store.tags] == ["medical-imaging"]
    agree(stack.refresh(), cloud)
    assert stack.up().changes == {"same": 3}
