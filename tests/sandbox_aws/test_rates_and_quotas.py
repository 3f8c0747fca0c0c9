from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.aws import Sandbox
from sandbox.aws.limits import Bucket, Rate

ROLE = "arn:aws:iam::123456789012:role/exporter"
OUTPUT = {"S3Configuration": {"S3Uri": "s3://bucket/x", "KmsKeyId": "alias/x"}}
IMAGING = (429, "ThrottlingException")
LAKE = (400, "ThrottlingException")


def test_imaging_creates_come_one_in_twelve_seconds(
    cloud: Sandbox, imaging: Any, refused: Callable[..., Any]
) -> None:
    imaging.create_datastore(datastoreName="a")
    cloud.advance(11)
    assert refused(imaging.create_datastore, datastoreName="b") == IMAGING
    cloud.advance(1)
    assert imaging.create_datastore(datastoreName="b")["datastoreStatus"] == "CREATING"


def test_imaging_deletes_come_one_in_twelve_seconds(
    cloud: Sandbox, imaging: Any, refused: Callable[..., Any]
) -> None:
    first, second = (cloud.add_store("medical-imaging", {"datastoreName": n}) for n in "ab")
    imaging.delete_datastore(datastoreId=first)
    assert refused(imaging.delete_datastore, datastoreId=second) == IMAGING
    cloud.advance(12)
    imaging.delete_datastore(datastoreId=second)


def test_lake_creates_deletes_and_exports_come_one_a_minute_each(
    cloud: Sandbox, lake: Any, lake_store: str, refused: Callable[..., Any]
) -> None:
    export = {"DatastoreId": lake_store, "DataAccessRoleArn": ROLE, "OutputDataConfig": OUTPUT}
    lake.create_fhir_datastore(DatastoreTypeVersion="R4")
    lake.start_fhir_export_job(**export)
    cloud.advance(59)
    assert refused(lake.create_fhir_datastore, DatastoreTypeVersion="R4") == LAKE
    assert refused(lake.start_fhir_export_job, **export) == LAKE
    cloud.advance(100)
    other = cloud.add_store("healthlake", {"DatastoreTypeVersion": "R4"})
    lake.delete_fhir_datastore(DatastoreId=lake_store)
    assert refused(lake.delete_fhir_datastore, DatastoreId=other) == LAKE


def let_through(operation: Any, attempts: int, **parameters: Any) -> int:
    passed = 0
    for _ in range(attempts):
        try:
            operation(**parameters)
            passed += 1
        except operation.__self__.exceptions.ThrottlingException:
            continue
    return passed


def test_reads_come_in_bursts_and_at_a_rate(
    cloud: Sandbox, imaging: Any, lake: Any, imaging_store: str, lake_store: str
) -> None:
    assert let_through(imaging.get_datastore, 25, datastoreId=imaging_store) == 20
    assert let_through(imaging.list_datastores, 15) == 10
    assert let_through(lake.describe_fhir_datastore, 15, DatastoreId=lake_store) == 10
    cloud.advance(0.5)
    assert let_through(imaging.get_datastore, 25, datastoreId=imaging_store) == 5
    assert let_through(lake.describe_fhir_datastore, 15, DatastoreId=lake_store) == 5
    cloud.advance(3600)
    assert let_through(imaging.get_datastore, 25, datastoreId=imaging_store) == 20


def test_each_region_has_its_own_rate(connect: Callable[..., Any]) -> None:
    for region in ("us-east-1", "us-west-2"):
        connect("medical-imaging", region_name=region).create_datastore(datastoreName="a")


def test_speed_scales_rates_and_durations_alike(cloud: Sandbox, imaging: Any) -> None:
    cloud.set_speed(120)
    made = imaging.create_datastore(datastoreName="a")
    cloud.advance(12.1)
    imaging.create_datastore(datastoreName="b")
    cloud.advance(109)
    shown = imaging.get_datastore(datastoreId=made["datastoreId"])["datastoreProperties"]
    assert shown["datastoreStatus"] == "ACTIVE"
    assert abs((shown["updatedAt"] - shown["createdAt"]).total_seconds() - 1) < 0.01


def test_rates_can_be_switched_off(cloud: Sandbox, imaging: Any) -> None:
    cloud.settings(throttled=False)
    for name in "abc":
        imaging.create_datastore(datastoreName=name)


def test_the_eleventh_active_imaging_store_of_a_region_is_refused(
    cloud: Sandbox, imaging: Any, connect: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    made = [cloud.add_store("medical-imaging", {"datastoreName": f"s{n}"}) for n in range(10)]
    refusal = refused(imaging.create_datastore, datastoreName="eleventh")
    assert refusal == (402, "ServiceQuotaExceededException")
    connect("medical-imaging", region_name="eu-west-1").create_datastore(datastoreName="elsewhere")
    cloud.force_status(made[0], "CREATE_FAILED")
    cloud.advance(12)
    assert imaging.create_datastore(datastoreName="eleventh")["datastoreStatus"] == "CREATING"


def test_the_eleventh_active_lake_store_of_a_region_is_refused(
    cloud: Sandbox, lake: Any, connect: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    made = [cloud.add_store("healthlake", {"DatastoreTypeVersion": "R4"}) for _ in range(10)]
    connect("healthlake", region_name="us-west-2").create_fhir_datastore(DatastoreTypeVersion="R4")
    assert refused(lake.create_fhir_datastore, DatastoreTypeVersion="R4") == (400, "ValidationException")
    cloud.force_status(made[0], "DELETING")
    cloud.advance(60)
    assert refused(lake.create_fhir_datastore, DatastoreTypeVersion="R4") == (400, "ValidationException")
    cloud.force_status(made[0], "DELETED")
    cloud.advance(60)
    assert lake.create_fhir_datastore(DatastoreTypeVersion="R4")["DatastoreStatus"] == "CREATING"


def test_the_quota_is_adjustable(cloud: Sandbox, imaging: Any) -> None:
    cloud.settings(stores=11)
    for number in range(10):
        cloud.add_store("medical-imaging", {"datastoreName": f"s{number}"})
    imaging.create_datastore(datastoreName="eleventh")


@given(
    per_second=st.floats(0.01, 100),
    burst=st.integers(1, 50),
    waits=st.lists(st.floats(0, 10), max_size=200),
)
def test_a_bucket_never_lets_more_through_than_its_burst_and_rate(
    per_second: float, burst: int, waits: list[float]
) -> None:
    bucket, rate, now, passed = Bucket(burst, 0.0), Rate(per_second, burst), 0.0, 0
    for wait in waits:
        now += wait
        passed += bucket.take(now, rate)
        assert passed <= burst + now * per_second + 1e-6


@pytest.mark.parametrize("service", ["healthlake", "medical-imaging"])
def test_a_request_that_is_refused_as_invalid_has_used_up_its_turn(
    connect: Callable[..., Any], refused: Callable[..., Any], service: str
) -> None:
    client = connect(service)
    operation = client.create_datastore if service == "medical-imaging" else client.create_fhir_datastore
    bad = {"datastoreName": "a b"} if service == "medical-imaging" else {"DatastoreTypeVersion": "R5"}
    assert refused(operation, **bad) == (400, "ValidationException")
    assert refused(operation, **bad)[1] == "ThrottlingException"
