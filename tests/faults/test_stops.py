"""Whatever stops a run at whatever request, the next one goes on: one store each, none lost, none twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from provider.verbs.claims import KEY
from sandbox.aws import LAKE
from tests.e2e.harness import PulumiCli, SandboxEngine
from tests.faults.scenes import ROWS
from tests.faults.stops import LONG, NAMES, STOPS, Catch, Moment, Stop, interrupt, stopped
from tests.faults.table import CELL

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine
    from tests.e2e.harness import Engine, Outcome

pytestmark = pytest.mark.e2e

EXPORT = """
    output_s3_uri="s3://exports/{}",
    output_kms_key_id="arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    data_access_role_arn="arn:aws:iam::123456789012:role/export",
"""
STORES = f"""
from provider import ExportArgs, HealthImagingDatastore, HealthLakeDatastore

for number in range(2):
    HealthImagingDatastore(f"images-{{{{number}}}}", tags={{tags}})
for number in range(4):
    HealthLakeDatastore(
        f"records-{{{{number}}}}",
        tags={{tags}},
        nlp_configuration={{{{"status": "{{nlp}}"}}}},
        export=ExportArgs({EXPORT.format("{nlp}")}),
    )
"""
PROGRAM = STORES.format(tags={"team": "a", "old": "1"}, nlp="DISABLED")
CHANGED = STORES.format(tags={"team": "b"}, nlp="ENABLED")
COUNT = 6

IMAGING_CREATE, LAKE_CREATE = "HealthImagingDatastore create", "HealthLakeDatastore create"
CREATE = (
    Catch(IMAGING_CREATE, "CreateDatastore", 2),
    Catch(IMAGING_CREATE, "GetDatastore"),
    Catch(LAKE_CREATE, "CreateFHIRDatastore", 4),
    Catch(LAKE_CREATE, "DescribeFHIRDatastore"),
    Catch(LAKE_CREATE, "StartFHIRExportJob", 2),
    Catch(LAKE_CREATE, "DescribeFHIRExportJob"),
)
UPDATE = (
    Catch("HealthImagingDatastore update tags", "TagResource"),
    Catch("HealthImagingDatastore update tags", "UntagResource"),
    Catch("HealthLakeDatastore update members", "DescribeFHIRDatastore"),
    Catch("HealthLakeDatastore update members", "UpdateFHIRDatastore"),
    Catch("HealthLakeDatastore export again", "StartFHIRExportJob", 2),
    Catch("HealthLakeDatastore export again", "DescribeFHIRExportJob"),
)
READ = (
    Catch("HealthImagingDatastore read", "GetDatastore"),
    Catch("HealthImagingDatastore read", "ListTagsForResource"),
    Catch("HealthLakeDatastore read", "DescribeFHIRDatastore"),
    Catch("HealthLakeDatastore read", "ListTagsForResource"),
)
DELETE = (
    Catch("HealthImagingDatastore delete", "GetDatastore"),
    Catch("HealthImagingDatastore delete", "DeleteDatastore"),
    Catch("HealthLakeDatastore delete", "DescribeFHIRDatastore"),
    Catch("HealthLakeDatastore delete", "ListFHIRExportJobs"),
    Catch("HealthLakeDatastore delete", "ListFHIRImportJobs"),
    Catch("HealthLakeDatastore delete", "DeleteFHIRDatastore"),
)
EXPORTS = (
    Catch("HealthLakeExport create", "StartFHIRExportJob", 2),
    Catch("HealthLakeExport create", "DescribeFHIRExportJob"),
)


def under_engines(*moments: Moment, real: Moment = "during") -> pytest.MarkDecorator:
    """Every stop at these moments under the sandbox's engine, at one of them under the pulumi CLI too.

    What takes a process's end at its word is tried at all moments without one, in ``test_matrix``.
    """
    cases = [
        pytest.param(SandboxEngine, stop, moment, id=f"sandbox-{stop.__name__}-{moment}")
        for stop in STOPS
        for moment in moments
        if moment == real or stop is interrupt
    ]
    cases += [
        pytest.param(PulumiCli, stop, real, id=f"pulumi-{stop.__name__}-{real}", marks=pytest.mark.real)
        for stop in STOPS
    ]
    return pytest.mark.parametrize(("make_engine", "stop", "moment"), cases, indirect=["make_engine"])


@dataclass
class Stage:
    """A stack whose runs are stopped in one way at one moment."""

    stack: Engine
    cloud: Sandbox
    stop: Stop
    moment: Moment
    record_property: Callable[[str, object], None]

    def stopped(self, command: str, caught: Sequence[Catch]) -> Outcome:
        """Run a command that is stopped at all of these requests; the table gets a cell for each."""
        outcome = stopped(self.stack, self.cloud, command, self.stop, caught=caught, moment=self.moment)
        assert outcome.exit_code != 0, outcome
        engine = "" if self.stack.name == "sandbox" else f"{self.stack.name}: "
        column = f"{engine}{NAMES[self.stop]} {self.moment}"
        place = 1000 * len(engine) + 10 * STOPS.index(self.stop) + (self.moment == "during")
        for catch in caught:
            row = (catch.scene, catch.operation)
            self.record_property(CELL, (ROWS.index(row), 100 + place, *row, column, 2))
        return outcome

    def agree(self, outcome: Outcome, tags: dict[str, str]) -> set[str]:
        """Return the ids of the stores: the state and the cloud hold the same, and no claim is left."""
        assert outcome.exit_code == 0, outcome
        assert len(outcome.names()) == COUNT, outcome
        held = {outcome.resource(name)["id"] for name in outcome.names()}
        stores = self.cloud.stores()
        assert {store.id for store in stores} == held, outcome
        assert [(store.status, store.tags) for store in stores] == [("ACTIVE", tags)] * COUNT, outcome
        return held

    def exported(self, outcome: Outcome, uri: str) -> None:
        """Each store of HealthLake was exported there once, as the state says."""
        found = {
            job.id
            for job in self.cloud.jobs()
            if job.config["OutputDataConfig"]["S3Configuration"]["S3Uri"].startswith(uri)
        }
        names = [name for name in outcome.names() if name.startswith("records")]
        assert {outcome.resource(name)["outputs"]["job_id"] for name in names} == found
        assert len(found) == len(names)


@pytest.fixture
def stage(
    make_engine: MakeEngine,
    cloud: Sandbox,
    stop: Stop,
    moment: Moment,
    record_property: Callable[[str, object], None],
) -> Stage:
    return Stage(
        connected(make_engine(PROGRAM, project="stops"), cloud), cloud, stop, moment, record_property
    )


def connected(engine: Engine, cloud: Sandbox) -> Engine:
    cloud.settings(throttled=False)  # so that each request is asked for once
    engine.environment |= {**cloud.env, "PULUMI_HEALTH_TIME_SCALE": "100"}
    engine.set_config("aws:region", "us-east-1")
    return engine


@under_engines("before", "during")
def test_stores_live_on_whatever_stops_whichever_of_their_runs(stage: Stage) -> None:
    stage.stopped("up", CREATE)
    up = stage.stack.up()
    made = stage.agree(up, {"team": "a", "old": "1"})
    stage.exported(up, "s3://exports/DISABLED")

    stage.stack.write(CHANGED)
    stage.stopped("up", UPDATE)
    up = stage.stack.up()
    assert stage.agree(up, {"team": "b"}) == made
    stage.exported(up, "s3://exports/ENABLED")
    assert len(stage.cloud.jobs()) == 2 * 4

    stage.stopped("refresh", READ)
    up = stage.stack.up()
    assert stage.agree(up, {"team": "b"}) == made
    assert up.changes == {"same": COUNT + 1}

    stage.stopped("destroy", DELETE)
    gone = stage.stack.destroy()
    assert (gone.exit_code, gone.names(), stage.cloud.stores()) == (0, [], []), gone


@under_engines("during")
def test_an_export_that_was_stopped_runs_again_only_where_it_has_ended(stage: Stage) -> None:
    store = stage.cloud.add_store(LAKE, {"DatastoreName": "others", "DatastoreTypeVersion": "R4"})
    export = EXPORT.format("{number}")
    stage.stack.write(f"""
from provider import HealthLakeExport

for number in range(2):
    HealthLakeExport(f"export-{{number}}", datastore_id="{store}", {export.replace('"s3', 'f"s3')})
""")
    stage.stopped("up", EXPORTS)
    up = stage.stack.up()
    assert up.exit_code == 0, up
    held = {up.resource(name)["id"] for name in up.names()}
    jobs = {job.id: job.status for job in stage.cloud.jobs()}
    assert held <= jobs.keys()
    assert {jobs[lost] for lost in jobs.keys() - held} <= {"COMPLETED"}  # what still ran was gone on with
    assert (len(up.names()), stage.stack.up().changes) == (2, {"same": 3})
    assert len(stage.cloud.jobs()) == len(jobs) <= 2 * len(held)


def test_a_claim_that_a_kill_left_comes_off_with_the_next_up(make_engine: MakeEngine, cloud: Sandbox) -> None:
    stack = connected(make_engine(CLAIMED, project="stops"), cloud)
    cloud.fault("medical-imaging.UntagResource", "hang", seconds=LONG)
    running = stack.start("up")
    running.wait_until(lambda: cloud.journal("UntagResource"), "the claim's removal")
    running.kill()
    cloud.clear_faults()
    assert [KEY in store.tags for store in cloud.stores()] == [True]
    preview = stack.preview("--expect-no-changes") if stack.name == "pulumi" else stack.preview()
    assert (preview.exit_code, preview.changes) == (0, {"same": 2}), preview
    assert [KEY in store.tags for store in cloud.stores()] == [True]  # a preview writes nothing
    up = stack.up()
    assert (up.exit_code, up.steps("images")) == (0, ["same"]), up
    assert [store.tags for store in cloud.stores()] == [{}], up


def test_a_claim_that_was_left_comes_off_a_renamed_store_with_the_next_up(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    stack = connected(make_engine(CLAIMED, project="stops"), cloud)
    cloud.fault("medical-imaging.UntagResource", "deny", calls=(1,))
    up = stack.up()
    assert up.exit_code == 0, up
    assert "the tag pulumi-health:claim stays" in up.text
    (images,) = cloud.stores()
    renamed = CLAIMED.replace('"images"', '"archive", opts=ResourceOptions(aliases=[Alias(name="images")])')
    stack.write(renamed)
    assert stack.up().steps("archive") == ["same"]
    assert [store.tags for store in cloud.stores()] == [{}]
    stack.write(renamed + "HealthImagingDatastore('images')")
    both = stack.up()
    assert both.exit_code == 0, both
    assert both.resource("archive")["id"] == images.id != both.resource("images")["id"]


CLAIMED = """
from pulumi import Alias, ResourceOptions
from provider import HealthImagingDatastore

HealthImagingDatastore("images")
"""
