"""ARNs of another partition, account or region are no good, as in AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws import Sandbox

KEY = "arn:aws:kms:{}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ELSEWHERE = KEY.format("us-west-2")
CHINA = KEY.replace("arn:aws:", "arn:aws-cn:").format("cn-north-1")
FUNCTION = "arn:aws-cn:lambda:cn-north-1:123456789012:function:tokens"


def encrypted(key: str) -> dict[str, Any]:
    config = {"CmkType": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": key}
    return {"DatastoreTypeVersion": "R4", "SseConfiguration": {"KmsEncryptionConfig": config}}


def export(store: str, *, key: str = "alias/exports", account: str = "123456789012") -> dict[str, Any]:
    target = {"S3Configuration": {"S3Uri": "s3://exports/out", "KmsKeyId": key}}
    role = f"arn:aws:iam::{account}:role/export"
    return {"DatastoreId": store, "DataAccessRoleArn": role, "OutputDataConfig": target}


def test_what_is_of_another_partition_is_refused(
    cloud: Sandbox, lake: Any, imaging: Any, refused: Callable[..., tuple[int, str]]
) -> None:
    invalid = (400, "ValidationException")
    assert refused(lake.create_fhir_datastore, **encrypted(CHINA)) == invalid
    assert refused(imaging.create_datastore, kmsKeyArn=CHINA) == invalid
    cloud.advance(60)
    assert refused(imaging.create_datastore, lambdaAuthorizerArn=FUNCTION) == invalid


def test_a_store_with_a_key_of_another_region_fails(cloud: Sandbox, lake: Any, imaging: Any) -> None:
    records = lake.create_fhir_datastore(**encrypted(ELSEWHERE))["DatastoreId"]
    images = imaging.create_datastore(kmsKeyArn=ELSEWHERE)["datastoreId"]
    cloud.advance(3600)
    shown = lake.describe_fhir_datastore(DatastoreId=records)["DatastoreProperties"]
    assert (shown["DatastoreStatus"], shown["ErrorCause"]["ErrorMessage"]) == (
        "CREATE_FAILED",
        "Invalid arn us-west-2",
    )
    assert cloud.store(images).status == "CREATE_FAILED"


def test_an_export_with_a_key_of_another_region_fails(cloud: Sandbox, lake: Any, lake_store: str) -> None:
    job = lake.start_fhir_export_job(**export(lake_store, key=ELSEWHERE))["JobId"]
    cloud.advance(3600)
    shown = lake.describe_fhir_export_job(DatastoreId=lake_store, JobId=job)["ExportJobProperties"]
    assert (shown["JobStatus"], shown["Message"]) == ("FAILED", "Invalid arn us-west-2")


@pytest.mark.parametrize(
    ("account", "answer"), [("999999999999", (400, "AccessDeniedException")), ("123456789012", None)]
)
def test_a_role_is_passed_within_its_account_only(
    lake: Any,
    lake_store: str,
    refused: Callable[..., tuple[int, str]],
    account: str,
    answer: tuple[int, str] | None,
) -> None:
    asked = export(lake_store, account=account)
    if answer is None:
        assert lake.start_fhir_export_job(**asked)["JobStatus"] == "SUBMITTED"
    else:
        assert refused(lake.start_fhir_export_job, **asked) == answer
