"""The whole life of the stores: changed in place, refreshed, adopted, read, emptied and destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from sandbox.conformance.account import Export
    from tests.e2e.fixtures import MakeEngine
    from tests.e2e.harness import Engine
    from tests.real_aws.account import Account

pytestmark = pytest.mark.e2e

IMAGES = """
import pulumi
from provider import HealthImagingDatastore
images = HealthImagingDatastore("images", {arguments})
pulumi.export("id", images.datastore_id)
pulumi.export("name", images.datastore_name)
pulumi.export("tags", images.tags)
"""

RECORDS = """
import pulumi
from provider import ExportArgs, HealthLakeDatastore
records = HealthLakeDatastore("records", {arguments})
pulumi.export("id", records.datastore_id)
pulumi.export("name", records.datastore_name)
pulumi.export("job", records.job_id)
"""


def exporting(export: Export, prefix: str) -> str:
    """An export below a prefix, as an argument."""
    return f'export=ExportArgs("{export.s3_uri}/{prefix}", "{export.key_id}", "{export.role_arn}"), '


class Stack:
    """A stack of one resource whose arguments a test changes."""

    def __init__(self, engine: Engine, template: str, account: Account) -> None:
        self.engine = engine
        self.account = account
        self._template = template
        engine.environment |= account.env

    def up(self, arguments: str = "", *options: str) -> dict[str, object]:
        """Bring the stack up with those arguments; return the number of resources by what was done."""
        self.engine.write(self._template.format(arguments=arguments))
        outcome = self.engine.up(*options)
        assert outcome.exit_code == 0, str(outcome)
        return dict(outcome.changes)

    def output(self, name: str) -> object:
        """An output of the stack."""
        return self.engine.deployment() and _outputs(self.engine)[name]


def _outputs(engine: Engine) -> dict[str, object]:
    (stack,) = [each for each in engine.deployment()["resources"] if each["type"] == "pulumi:pulumi:Stack"]
    return dict(stack["outputs"])


def _inputs(engine: Engine) -> dict[str, object]:
    (resource,) = [each for each in engine.deployment()["resources"] if "Datastore" in each["type"]]
    return dict(resource["inputs"])


@pytest.fixture
def images(make_engine: MakeEngine, account: Account) -> Stack:
    return Stack(make_engine(IMAGES.format(arguments="")), IMAGES, account)


@pytest.fixture
def records(make_engine: MakeEngine, account: Account) -> Stack:
    return Stack(make_engine(RECORDS.format(arguments="")), RECORDS, account)


@pytest.mark.live(lake=1)
def test_what_healthlake_can_change_is_changed_in_place(records: Stack) -> None:
    records.up('datastore_name="one", tags={"a": "1", "b": "2"}')
    made = records.output("id")
    changed = records.up(
        'datastore_name="two", tags={"a": "1", "c": "3"}, nlp_configuration={"status": "ENABLED"}'
    )
    assert changed["update"] == 1
    store = records.account.store(str(made))
    assert (records.output("id"), store.name, store.tags) == (made, "two", {"a": "1", "c": "3"})
    assert set(
        records.up('datastore_name="two", tags={"a": "1", "c": "3"}, nlp_configuration={"status": "ENABLED"}')
    ) == {"same"}
    assert records.engine.destroy().exit_code == 0


@pytest.mark.live(images=2)
def test_what_only_a_new_store_can_have_replaces_and_the_preview_says_what_is_lost(images: Stack) -> None:
    images.up('datastore_name="one"')
    made = images.output("id")
    images.engine.write(IMAGES.format(arguments='datastore_name="two"'))
    preview = images.engine.preview()
    assert "datastore_name cannot be changed in place" in preview.text
    assert "the data in it destroyed" in preview.text
    assert images.up('datastore_name="two"')["replace"] == 1
    (store,) = images.account.stores()
    assert (store.id, store.name) == (images.output("id"), "two")
    assert store.id != made


@pytest.mark.live(lake=1)
def test_what_was_changed_outside_is_shown_by_a_refresh_and_put_back_by_the_next_up(records: Stack) -> None:
    arguments = 'datastore_name="one", tags={"a": "1"}, analytics_configuration={"status": "ENABLED"}'
    records.up(arguments)
    made = str(records.output("id"))
    records.account.rename(made, "elsewhere")
    records.account.set_tags(made, {"a": "2", "b": "3"})
    assert records.engine.refresh().resource("records")["outputs"]["datastore_name"] == "elsewhere"
    assert records.up(arguments)["update"] == 1
    store = records.account.store(made)
    assert (store.name, store.tags) == ("one", {"a": "1"})


@pytest.mark.live(images=2)
def test_a_store_that_was_deleted_outside_is_made_again(images: Stack) -> None:
    images.up()
    images.account.remove_store(str(images.output("id")))
    assert images.engine.refresh().names() == []
    assert images.up()["create"] == 1
    assert len(images.account.stores()) == 1


@pytest.mark.live(lake=1, export=True)
def test_a_changed_export_runs_alone_and_a_removed_one_touches_nothing(
    records: Stack, export: Export
) -> None:
    records.up(exporting(export, "one"))
    first, made = records.output("job"), records.output("id")
    assert records.up(exporting(export, "two"))["update"] == 1
    jobs = {first, records.output("job")}
    assert records.up() == {"same": 1, "update": 1}
    assert {job.id for job in records.account.jobs()} == jobs
    assert len(jobs) == 2
    assert [store.id for store in records.account.stores()] == [made]


@pytest.mark.live(lake=1)
def test_an_existing_store_is_adopted_without_being_touched(records: Stack) -> None:
    existing = records.account.add_store(
        "healthlake", {"DatastoreName": "legacy", "DatastoreTypeVersion": "R4"}
    )
    arguments = f'adopt="{existing}", datastore_name="renamed", tags={{"team": "a"}}'
    records.engine.write(RECORDS.format(arguments=arguments))
    preview = records.engine.preview()
    assert "the next update would change datastore_name, tags" in preview.text, str(preview)
    assert records.up(arguments)["create"] == 2
    assert (records.output("id"), records.account.store(existing).name) == (existing, "legacy")
    assert records.up(arguments)["update"] == 1
    assert (records.account.store(existing).name, records.account.store(existing).tags) == (
        "renamed",
        {"team": "a"},
    )
    assert [store.id for store in records.account.stores()] == [existing]


@pytest.mark.live(lake=1)
def test_a_refresh_of_an_adopted_store_shows_what_was_changed_outside_and_no_more(records: Stack) -> None:
    existing = records.account.add_store(
        "healthlake", {"DatastoreName": "legacy", "DatastoreTypeVersion": "R4"}
    )
    arguments = f'adopt="{existing}", tags={{"team": "a"}}'
    records.up(arguments)
    records.account.set_tags(existing, {"team": "outside"})
    before = _inputs(records.engine)
    assert records.engine.refresh().exit_code == 0
    after = _inputs(records.engine)
    assert {name for name in before | after if before.get(name) != after.get(name)} == {"tags"}, after
    assert records.up(arguments)["update"] == 1
    assert set(records.up(arguments)) == {"same"}


@pytest.mark.live(images=1)
def test_a_store_that_differs_in_what_cannot_change_is_not_adopted(images: Stack) -> None:
    existing = images.account.add_store("medical-imaging", {"datastoreName": "legacy"})
    images.engine.write(IMAGES.format(arguments=f'adopt="{existing}", datastore_name="other"'))
    preview = images.engine.preview()
    assert preview.exit_code != 0
    assert "cannot be changed" in preview.text
    assert "legacy" in preview.text


SIBLINGS = """
import pulumi
from provider import HealthImagingDatastore, HealthLakeExport
images = HealthImagingDatastore.get("images", "{images}")
export = HealthLakeExport.get("export", "{job}", "{records}")
pulumi.export("images", [images.datastore_name, images.datastore_status, images.tags])
pulumi.export("export", [export.job_status, export.job["data_access_role_arn"], export.datastore_id])
"""


def test_an_imaging_store_and_an_export_can_be_read_too(make_engine: MakeEngine, cloud: Sandbox) -> None:
    images = cloud.add_store("medical-imaging", {"datastoreName": "legacy", "tags": {"team": "a"}})
    records = cloud.add_store("healthlake", {"DatastoreTypeVersion": "R4"})
    job = start_export(cloud, records)
    engine = make_engine(SIBLINGS.format(images=images, records=records, job=job))
    engine.environment |= cloud.env
    outcome = engine.up()
    assert outcome.exit_code == 0, str(outcome)
    assert outcome.outputs["images"] == ["legacy", "ACTIVE", {"team": "a"}]
    assert outcome.outputs["export"] == ["COMPLETED", "arn:aws:iam::123456789012:role/export", records]
    assert engine.destroy().exit_code == 0
    assert {store.id for store in cloud.stores()} == {images, records}


def start_export(cloud: Sandbox, datastore_id: str) -> str:
    """Start an export as somebody else does, and let it end."""
    import boto3  # noqa: PLC0415 - takes long to import, for one test

    lake = boto3.client(
        "healthlake",
        "us-east-1",
        endpoint_url=cloud.url,
        aws_access_key_id=cloud.env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=cloud.env["AWS_SECRET_ACCESS_KEY"],
    )
    config = {"S3Configuration": {"S3Uri": "s3://exports/out", "KmsKeyId": "alias/exports"}}
    role = "arn:aws:iam::123456789012:role/export"
    job = lake.start_fhir_export_job(
        DatastoreId=datastore_id, OutputDataConfig=config, DataAccessRoleArn=role
    )["JobId"]
    cloud.force_job_status(job, "COMPLETED")
    return str(job)


@pytest.mark.live(lake=1)
def test_a_store_can_be_read_without_being_managed(make_engine: MakeEngine, account: Account) -> None:
    existing = account.add_store("healthlake", {"DatastoreName": "legacy", "DatastoreTypeVersion": "R4"})
    program = RECORDS.replace(
        'HealthLakeDatastore("records", {arguments})', f'HealthLakeDatastore.get("records", "{existing}")'
    )
    engine = make_engine(program)
    engine.environment |= account.env
    outcome = engine.up()
    assert outcome.exit_code == 0, str(outcome)
    assert (outcome.outputs["id"], outcome.outputs["name"]) == (existing, "legacy")
    assert engine.destroy().exit_code == 0
    assert [store.id for store in account.stores()] == [existing]


def test_a_store_that_is_not_empty_is_deleted_only_by_force(images: Stack, cloud: Sandbox) -> None:
    images.up()
    made = str(images.output("id"))
    cloud.add_image_sets(made, 3)
    refused = images.engine.destroy()
    assert refused.exit_code != 0
    assert "still holds 3 image sets" in refused.text
    assert "force_destroy" in refused.text
    images.up("force_destroy=True")
    destroyed = images.engine.destroy()
    assert destroyed.exit_code == 0, str(destroyed)
    assert images.account.stores() == []
