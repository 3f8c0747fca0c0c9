from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.aws import Sandbox

ROLE = "arn:aws:iam::123456789012:role/exporter"
OUTPUT = {"S3Configuration": {"S3Uri": "s3://bucket/x", "KmsKeyId": "alias/x"}}


def test_the_same_token_and_parameters_make_one_imaging_store(cloud: Sandbox, imaging: Any) -> None:
    first = imaging.create_datastore(datastoreName="a", clientToken="t.1_x")
    cloud.advance(130)
    again = imaging.create_datastore(datastoreName="a", clientToken="t.1_x")
    assert again == {**again, "datastoreId": first["datastoreId"], "datastoreStatus": "ACTIVE"}
    assert len(cloud.stores()) == 1


def test_the_same_token_with_other_parameters_is_a_conflict_in_healthimaging(
    cloud: Sandbox, imaging: Any, refused: Callable[..., Any]
) -> None:
    imaging.create_datastore(datastoreName="a", clientToken="t")
    cloud.advance(12)
    refusal = refused(imaging.create_datastore, datastoreName="b", clientToken="t")
    assert refusal == (409, "ConflictException")
    assert len(cloud.stores()) == 1


def test_the_same_token_and_parameters_make_one_lake_store(cloud: Sandbox, lake: Any) -> None:
    asked = {"DatastoreTypeVersion": "R4", "DatastoreName": "a", "ClientToken": "t-1"}
    first = lake.create_fhir_datastore(**asked)
    cloud.advance(60)
    assert lake.create_fhir_datastore(**asked)["DatastoreId"] == first["DatastoreId"]
    assert len(cloud.stores()) == 1


def test_the_same_token_with_other_parameters_is_invalid_in_healthlake(
    cloud: Sandbox, lake: Any, refused: Callable[..., Any]
) -> None:
    lake.create_fhir_datastore(DatastoreTypeVersion="R4", DatastoreName="a", ClientToken="t")
    cloud.advance(60)
    refusal = refused(
        lake.create_fhir_datastore, DatastoreTypeVersion="R4", DatastoreName="b", ClientToken="t"
    )
    assert refusal == (400, "ValidationException")


def test_a_token_of_a_deleted_store_returns_that_store_while_it_is_visible(cloud: Sandbox, lake: Any) -> None:
    asked = {"DatastoreTypeVersion": "R4", "ClientToken": "t-1"}
    first = lake.create_fhir_datastore(**asked)["DatastoreId"]
    cloud.advance(1300)
    lake.delete_fhir_datastore(DatastoreId=first)
    cloud.advance(400)
    again = lake.create_fhir_datastore(**asked)
    assert (again["DatastoreId"], again["DatastoreStatus"]) == (first, "DELETED")
    cloud.advance(8 * 24 * 3600)
    assert lake.create_fhir_datastore(**asked)["DatastoreId"] != first


def test_a_token_counts_for_its_operation_and_region_only(
    connect: Callable[..., Any], lake: Any, lake_store: str
) -> None:
    made = {
        connect("healthlake", region_name=region).create_fhir_datastore(
            DatastoreTypeVersion="R4", ClientToken="t"
        )["DatastoreId"]
        for region in ("us-east-1", "us-west-2")
    }
    assert len(made) == 2
    started = lake.start_fhir_export_job(
        DatastoreId=lake_store, DataAccessRoleArn=ROLE, OutputDataConfig=OUTPUT, ClientToken="t"
    )
    assert started["JobId"] not in made


def test_the_same_token_and_parameters_start_one_export(
    cloud: Sandbox, lake: Any, lake_store: str, refused: Callable[..., Any]
) -> None:
    asked = {
        "DatastoreId": lake_store,
        "DataAccessRoleArn": ROLE,
        "OutputDataConfig": OUTPUT,
        "ClientToken": "t",
    }
    first = lake.start_fhir_export_job(**asked)
    cloud.advance(100)
    again = lake.start_fhir_export_job(**asked)
    assert (again["JobId"], again["JobStatus"]) == (first["JobId"], "COMPLETED")
    cloud.advance(60)
    refusal = refused(lake.start_fhir_export_job, **{**asked, "JobName": "other"})
    assert refusal == (400, "ValidationException")


def test_a_refused_create_does_not_use_up_its_token(
    cloud: Sandbox, imaging: Any, refused: Callable[..., Any]
) -> None:
    cloud.settings(stores=0)
    assert refused(imaging.create_datastore, clientToken="t") == (402, "ServiceQuotaExceededException")
    cloud.settings(stores=1)
    cloud.advance(12)
    assert imaging.create_datastore(clientToken="t")["datastoreStatus"] == "CREATING"
