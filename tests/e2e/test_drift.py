"""Drift and options, with the whole engine: what settles, what shows, what is left alone; both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine
    from tests.e2e.harness import Engine
    from tests.e2e.outcome import Outcome

pytestmark = pytest.mark.e2e

HEAD = """
import json, pulumi
from provider import *
from pulumi import ResourceOptions
SMART = json.dumps({
    "authorization_endpoint": "https://a", "token_endpoint": "https://b", "capabilities": ["c"],
    "grant_types_supported": ["authorization_code"], "code_challenge_methods_supported": ["S256"]}, indent=1)
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::123456789012:role/export"
"""

FEW = (
    HEAD
    + """
HealthImagingDatastore("plain-images")
HealthImagingDatastore("images", kms_key_arn=KEY,
    lossless_storage_format="JPEG_2000_LOSSLESS", tags={"a": "1"})
HealthLakeDatastore("plain-records")
records = HealthLakeDatastore("records", preload_data_type="SYNTHEA", tags={"a": "1"},
    sse_configuration={"kms_encryption_config": {
        "cmk_type": "CUSTOMER_MANAGED_KMS_KEY", "kms_key_id": "alias/records"}},
    identity_provider_configuration={"authorization_strategy": "SMART_ON_FHIR", "metadata": SMART,
        "idp_lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:idp"},
    analytics_configuration={"status": "ENABLED"}, nlp_configuration={"status": "DISABLED"},
    profile_configuration={"default_profiles": ["http://one"]},
    backup_configuration={"status": "ENABLED", "retention_period_in_days": 7})
HealthLakeExport("export", records.datastore_id, "s3://exports/out", KEY, ROLE, triggers={"run": 1})
"""
)


def started(make_engine: MakeEngine, cloud: Sandbox, program: str, stack: str = "dev") -> Engine:
    engine = make_engine(program, stack=stack)
    engine.environment |= cloud.env | {"PULUMI_HEALTH_TIME_SCALE": "20"}
    return engine


def well(outcome: Outcome) -> Outcome:
    assert outcome.exit_code == 0, outcome
    return outcome


def test_what_was_made_is_settled(make_engine: MakeEngine, cloud: Sandbox) -> None:
    cloud.settings(throttled=False)
    engine = started(make_engine, cloud, FEW)
    made = well(engine.up())
    assert set(well(engine.up()).changes) == {"same"}
    refreshed = well(engine.refresh())
    assert set(well(engine.up()).changes) == {"same"}
    for name in made.names():
        outputs = made.resource(name)["outputs"]
        outputs.pop("__claimed", None)  # the refresh has seen that no claim is left
        assert refreshed.resource(name)["outputs"] == outputs
        assert refreshed.resource(name)["inputs"] == made.resource(name)["inputs"]


def test_a_job_that_aws_has_forgotten_is_no_drift(make_engine: MakeEngine, cloud: Sandbox) -> None:
    store = cloud.add_store("healthlake", {"DatastoreTypeVersion": "R4"})
    engine = started(
        make_engine, cloud, HEAD + f'HealthLakeExport("export", "{store}", "s3://exports/out", KEY, ROLE)'
    )
    made = well(engine.up())
    cloud.remove_job(cloud.jobs()[0].id)
    assert well(engine.refresh()).resource("export")["outputs"] == made.resource("export")["outputs"]
    assert set(well(engine.up()).changes) == {"same"}
    well(engine.destroy())


def test_a_store_that_is_being_deleted_outside_is_replaced_and_waited_out(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    engine = started(make_engine, cloud, HEAD + 'HealthImagingDatastore("images", datastore_name="images")')
    well(engine.up())
    old = cloud.stores()[0].id
    cloud.settings(imaging_delete=1e7)
    delete(cloud, old)
    refreshed = well(engine.refresh())
    assert refreshed.resource("images")["outputs"]["datastore_status"] == "DELETING"
    running = engine.start("up")
    running.wait_for_step("images", "done")
    cloud.advance(1e7)
    up = well(running.finish())
    assert up.steps("images") == ["create-replacement", "replace", "delete-replaced"]
    assert cloud.store(old).status == "DELETED"
    assert [store.status for store in cloud.stores()] == ["ACTIVE"]
    assert cloud.counts()["DeleteDatastore"] == 1


def delete(cloud: Sandbox, store: str) -> None:
    """Delete a HealthImaging store as somebody else does."""
    import boto3  # noqa: PLC0415 - takes long to import, for one test

    images = boto3.client(
        "medical-imaging",
        "us-east-1",
        endpoint_url=cloud.url,
        aws_access_key_id=cloud.env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=cloud.env["AWS_SECRET_ACCESS_KEY"],
    )
    images.delete_datastore(datastoreId=store)


# Options


def resource(arguments: str = "", options: str = "") -> str:
    return HEAD + f'HealthLakeDatastore("records", opts=ResourceOptions({options}), {arguments})'


def test_ignored_changes_are_left_alone(make_engine: MakeEngine, cloud: Sandbox) -> None:
    ignore = 'ignore_changes=["datastore_name", "tags.a"]'
    engine = started(make_engine, cloud, resource('datastore_name="one", tags={"a": "1", "b": "1"}', ignore))
    well(engine.up())
    engine.write(resource('datastore_name="two", tags={"a": "2", "b": "1"}', ignore))
    assert set(well(engine.up()).changes) == {"same"}
    engine.write(resource('datastore_name="two", tags={"a": "2", "b": "2"}', ignore))
    assert well(engine.up()).changes["update"] == 1
    (store,) = cloud.stores()
    assert (store.name, store.tags) == ("one", {"a": "1", "b": "2"})


def test_a_change_that_is_to_replace_does(make_engine: MakeEngine, cloud: Sandbox) -> None:
    replace = 'replace_on_changes=["datastore_name"]'
    engine = started(make_engine, cloud, resource('datastore_name="one"', replace))
    well(engine.up())
    old = cloud.stores()[0].id
    engine.write(resource('datastore_name="one", tags={"a": "1"}', replace))
    assert well(engine.up()).steps("records") == ["update"]
    engine.write(resource('datastore_name="two", tags={"a": "1"}', replace))
    assert well(engine.up()).steps("records") == ["create-replacement", "replace", "delete-replaced"]
    assert [(store.name, store.id == old) for store in cloud.stores()] == [("two", False)]


def test_a_protected_store_is_neither_replaced_nor_deleted(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, resource('datastore_name="one"', "protect=True"))
    well(engine.up())
    engine.write(resource('preload_data_type="SYNTHEA"', "protect=True"))
    assert "protect" in engine.up().text
    assert "protect" in engine.destroy().text
    assert [store.status for store in cloud.stores()] == ["ACTIVE"]


def test_a_retained_store_outlives_the_stack(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, resource("", "retain_on_delete=True"))
    well(engine.up())
    well(engine.destroy())
    assert [store.status for store in cloud.stores()] == ["ACTIVE"]


def test_the_old_store_goes_first_where_asked_for(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, resource("", "delete_before_replace=True"))
    well(engine.up())
    engine.write(resource('preload_data_type="SYNTHEA"', "delete_before_replace=True"))
    up = well(engine.up())
    assert up.steps("records") == ["delete-replaced", "replace", "create-replacement"]
    assert len(cloud.stores()) == 1


def test_a_renamed_resource_keeps_its_store(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, resource())
    well(engine.up())
    renamed = resource("", 'aliases=[pulumi.Alias(name="records")]').replace('"records",', '"patients",', 1)
    engine.write(renamed)
    assert set(well(engine.up()).changes) == {"same"}
    assert set(well(engine.up()).changes) == {"same"}
    assert cloud.counts()["CreateFHIRDatastore"] == 1


# Warnings


def test_synthetic_data_in_production_is_warned_of(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, resource('preload_data_type="SYNTHEA"'), stack="production")
    preview = well(engine.preview())
    assert "synthetic patients" in preview.text
    assert cloud.counts() == {}
    engine.write(resource())
    assert "synthetic patients" not in well(engine.preview()).text


def test_more_stores_than_the_default_quota_are_warned_of(make_engine: MakeEngine, cloud: Sandbox) -> None:
    program = 'for number in range({}): HealthImagingDatastore(f"images{{number}}")'
    engine = started(make_engine, cloud, HEAD + program.format(10))
    assert "allows 10" not in well(engine.preview()).text
    engine.write(HEAD + program.format(11))
    preview = well(engine.preview())
    assert preview.text.count("number 11 of this program, and AWS allows 10") >= 1
    assert "number 12" not in preview.text
    assert cloud.counts() == {}
