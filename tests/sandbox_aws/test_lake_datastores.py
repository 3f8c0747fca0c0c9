from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import regex

from sandbox.aws import Sandbox

SMART = {
    "authorization_endpoint": "https://id.example.org/authorize",
    "token_endpoint": "https://id.example.org/token",
    "capabilities": ["launch-ehr"],
    "grant_types_supported": ["authorization_code"],
    "code_challenge_methods_supported": ["S256"],
}
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:decode-tokens"


def describe(lake: Any, datastore_id: str) -> dict[str, Any]:
    return dict(lake.describe_fhir_datastore(DatastoreId=datastore_id)["DatastoreProperties"])


def identity(**changes: object) -> dict[str, object]:
    return {
        "AuthorizationStrategy": "SMART_ON_FHIR",
        "FineGrainedAuthorizationEnabled": True,
        "IdpLambdaArn": LAMBDA,
        "Metadata": json.dumps(SMART | changes),
    }


def test_a_new_store_is_creating_until_twenty_minutes_have_passed(cloud: Sandbox, lake: Any) -> None:
    made = lake.create_fhir_datastore(DatastoreTypeVersion="R4", DatastoreName="a")
    assert made["DatastoreStatus"] == "CREATING"
    cloud.advance(1199)
    assert describe(lake, made["DatastoreId"])["DatastoreStatus"] == "CREATING"
    cloud.advance(2)
    assert describe(lake, made["DatastoreId"])["DatastoreStatus"] == "ACTIVE"


def test_what_was_asked_for_comes_back(lake: Any) -> None:
    asked = {
        "DatastoreName": "Größe 1",
        "PreloadDataConfig": {"PreloadDataType": "SYNTHEA"},
        "IdentityProviderConfiguration": identity(),
        "AnalyticsConfiguration": {"Status": "ENABLED"},
        "NlpConfiguration": {"Status": "ENABLED"},
        "ProfileConfiguration": {"DefaultProfiles": ["http://hl7.org/fhir/us/core"]},
    }
    backup = {"Status": "ENABLED", "BackupType": "CONTINUOUS", "RetentionPeriodInDays": 7}
    made = lake.create_fhir_datastore(DatastoreTypeVersion="R4", BackupConfiguration=backup, **asked)
    shown = describe(lake, made["DatastoreId"])
    assert {name: shown[name] for name in asked} == asked
    assert shown["BackupStatusInfo"]["Configuration"] == backup


def test_the_service_fills_in_the_key_and_the_identity_provider_but_no_preload(
    lake: Any, lake_store: str
) -> None:
    shown = describe(lake, lake_store)
    assert shown["SseConfiguration"] == {"KmsEncryptionConfig": {"CmkType": "AWS_OWNED_KMS_KEY"}}
    assert shown["IdentityProviderConfiguration"]["AuthorizationStrategy"] == "AWS_AUTH"
    assert "PreloadDataConfig" not in shown
    assert "ErrorCause" not in shown


@pytest.mark.parametrize(
    ("given", "echoed"),
    [
        ("1234abcd-0000", "arn:aws:kms:us-east-1:123456789012:key/1234abcd-0000"),
        ("key/1234abcd-0000", "arn:aws:kms:us-east-1:123456789012:key/1234abcd-0000"),
        ("alias/mine", "arn:aws:kms:us-east-1:123456789012:alias/mine"),
        ("arn:aws:kms:us-east-1:123456789012:key/k", "arn:aws:kms:us-east-1:123456789012:key/k"),
    ],
)
def test_a_key_comes_back_by_its_arn(lake: Any, given: str, echoed: str) -> None:
    key = {"CmkType": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": given}
    made = lake.create_fhir_datastore(
        DatastoreTypeVersion="R4", SseConfiguration={"KmsEncryptionConfig": key}
    )
    shown = describe(lake, made["DatastoreId"])["SseConfiguration"]["KmsEncryptionConfig"]
    assert shown == {**key, "KmsKeyId": echoed}


def test_ids_arns_and_endpoints_have_the_form_that_the_model_asks_for(lake: Any, lake_store: str) -> None:
    shown, model = describe(lake, lake_store), lake.meta.service_model
    for member, shape in (
        ("DatastoreId", "DatastoreId"),
        ("DatastoreArn", "DatastoreArn"),
        ("DatastoreArn", "AmazonResourceName"),
        ("DatastoreEndpoint", "BoundedLengthString"),
    ):
        assert regex.fullmatch(model.shape_for(shape).metadata["pattern"], shown[member]), shape


@pytest.mark.parametrize(
    "parameters",
    [
        {"SseConfiguration": {"KmsEncryptionConfig": {"CmkType": "CUSTOMER_MANAGED_KMS_KEY"}}},
        {"SseConfiguration": {"KmsEncryptionConfig": {"CmkType": "AWS_OWNED_KMS_KEY", "KmsKeyId": "k"}}},
        {"AnalyticsConfiguration": {"Status": "ENABLING"}},
        {"NlpConfiguration": {"Status": "DISABLING"}},
        {"IdentityProviderConfiguration": {"AuthorizationStrategy": "SMART_ON_FHIR"}},
        {"IdentityProviderConfiguration": {**identity(), "Metadata": "{"}},
        {"IdentityProviderConfiguration": {**identity(), "Metadata": "[]"}},
        {"IdentityProviderConfiguration": identity(token_endpoint="")},
        {"IdentityProviderConfiguration": identity(code_challenge_methods_supported=["plain"])},
        {"IdentityProviderConfiguration": identity(grant_types_supported=["password"])},
        {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]},
        {"Tags": [{"Key": "aws:a", "Value": "1"}]},
    ],
    ids=str,
)
def test_a_configuration_that_makes_no_sense_is_refused(
    cloud: Sandbox, lake: Any, refused: Callable[..., Any], parameters: dict[str, Any]
) -> None:
    refusal = refused(lake.create_fhir_datastore, DatastoreTypeVersion="R4", **parameters)
    assert refusal == (400, "ValidationException")
    assert cloud.stores() == []


def test_a_deleted_store_is_deleting_then_visible_as_deleted_then_gone(
    cloud: Sandbox, lake: Any, lake_store: str, refused: Callable[..., Any]
) -> None:
    assert lake.delete_fhir_datastore(DatastoreId=lake_store)["DatastoreStatus"] == "DELETING"
    cloud.advance(299)
    assert describe(lake, lake_store)["DatastoreStatus"] == "DELETING"
    cloud.advance(2)
    assert describe(lake, lake_store)["DatastoreStatus"] == "DELETED"
    cloud.advance(7 * 24 * 3600)
    assert refused(describe, lake=lake, datastore_id=lake_store) == (400, "ResourceNotFoundException")


@pytest.mark.parametrize(
    "case",
    [
        ("CREATING", "ConflictException"),
        ("UPDATING", "ConflictException"),
        ("DELETING", "ConflictException"),
        ("DELETED", "ResourceNotFoundException"),
    ],
)
def test_a_store_in_that_state_cannot_be_deleted(
    cloud: Sandbox, lake: Any, lake_store: str, refused: Callable[..., Any], case: tuple[str, str]
) -> None:
    state, code = case
    cloud.force_status(lake_store, state)
    assert refused(lake.delete_fhir_datastore, DatastoreId=lake_store) == (400, code)


@pytest.mark.parametrize("state", ["ACTIVE", "CREATE_FAILED", "UPDATE_FAILED"])
def test_a_store_in_that_state_can_be_deleted(cloud: Sandbox, lake: Any, lake_store: str, state: str) -> None:
    cloud.force_status(lake_store, state)
    assert lake.delete_fhir_datastore(DatastoreId=lake_store)["DatastoreStatus"] == "DELETING"


@pytest.mark.parametrize("operation", ["describe_fhir_datastore", "delete_fhir_datastore"])
def test_an_unknown_store_is_not_found(lake: Any, refused: Callable[..., Any], operation: str) -> None:
    assert refused(getattr(lake, operation), DatastoreId="0" * 32) == (400, "ResourceNotFoundException")


def test_a_failed_create_tells_its_cause(cloud: Sandbox, lake: Any) -> None:
    cloud.fail_next_create(name="doomed", message="The key is disabled", category="RETRYABLE_ERROR")
    spared = lake.create_fhir_datastore(DatastoreTypeVersion="R4", DatastoreName="spared")
    cloud.advance(60)
    doomed = lake.create_fhir_datastore(DatastoreTypeVersion="R4", DatastoreName="doomed")
    cloud.advance(1201)
    assert describe(lake, spared["DatastoreId"])["DatastoreStatus"] == "ACTIVE"
    shown = describe(lake, doomed["DatastoreId"])
    assert shown["DatastoreStatus"] == "CREATE_FAILED"
    assert shown["ErrorCause"] == {"ErrorMessage": "The key is disabled", "ErrorCategory": "RETRYABLE_ERROR"}


def test_a_list_can_be_filtered_and_is_paged(cloud: Sandbox, lake: Any) -> None:
    made = []
    for number in range(4):
        made.append(
            cloud.add_store("healthlake", {"DatastoreTypeVersion": "R4", "DatastoreName": f"s{number}"})
        )
        cloud.advance(60)
    cloud.force_status(made[3], "DELETED")

    def found(**wanted: object) -> list[int]:
        page = lake.list_fhir_datastores(Filter=wanted)
        return [made.index(store["DatastoreId"]) for store in page["DatastorePropertiesList"]]

    second = describe(lake, made[1])["CreatedAt"]
    assert found() == [0, 1, 2, 3]
    assert found(DatastoreName="s2") == [2]
    assert found(DatastoreStatus="DELETED") == [3]
    assert found(CreatedBefore=second) == [0]
    assert found(CreatedAfter=second) == [2, 3]
    first = lake.list_fhir_datastores(MaxResults=3)
    rest = lake.list_fhir_datastores(MaxResults=3, NextToken=first["NextToken"])
    assert [len(page["DatastorePropertiesList"]) for page in (first, rest)] == [3, 1]
    assert "NextToken" not in rest


def test_creation_is_stamped_with_the_time_of_the_clock(cloud: Sandbox, lake: Any, lake_store: str) -> None:
    now = datetime.fromtimestamp(cloud.health().clock, UTC)
    assert abs(describe(lake, lake_store)["CreatedAt"] - now) < timedelta(seconds=1)


def test_a_deletion_can_fail_and_says_why(cloud: Sandbox, lake: Any, lake_store: str) -> None:
    other = cloud.add_store("healthlake", {"DatastoreTypeVersion": "R4", "DatastoreName": "other"})
    cloud.fail_next_delete(name="records", message="Glue would not let go")
    for each in (other, lake_store):
        lake.delete_fhir_datastore(DatastoreId=each)
        cloud.advance(301)
    shown = lake.describe_fhir_datastore(DatastoreId=lake_store)["DatastoreProperties"]
    assert shown["DatastoreStatus"] == "ACTIVE"
    assert shown["ErrorCause"]["ErrorMessage"] == "Glue would not let go"
    assert cloud.store(other).status == "DELETED"
    lake.delete_fhir_datastore(DatastoreId=lake_store)
    cloud.advance(301)
    assert cloud.store(lake_store).status == "DELETED"
