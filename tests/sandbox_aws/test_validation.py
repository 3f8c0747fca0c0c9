from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config

from sandbox.aws import Sandbox

UNCHECKED = Config(retries={"total_max_attempts": 1}, parameter_validation=False, inject_host_prefix=False)
ROLE = "arn:aws:iam::123456789012:role/exporter"
S3 = {"S3Uri": "s3://bucket/x", "KmsKeyId": "alias/x"}
EXPORT = {
    "DatastoreId": "0" * 32,
    "DataAccessRoleArn": ROLE,
    "OutputDataConfig": {"S3Configuration": S3},
}
R4 = {"DatastoreTypeVersion": "R4"}
LAKE_ARN = f"arn:aws:healthlake:us-east-1:123456789012:datastore/fhir/{'0' * 32}"
IMAGING_ARN = f"arn:aws:medical-imaging:us-east-1:123456789012:datastore/{'0' * 32}"

INVALID = [
    # a pattern, a length, an enum and a range per kind of member: what boto3 lets through
    ("create_datastore", {"datastoreName": "a b"}, "pattern"),
    ("create_datastore", {"datastoreName": "x" * 257}, "less than or equal to 256"),
    ("create_datastore", {"clientToken": "a b"}, "pattern"),
    ("create_datastore", {"clientToken": "x" * 65}, "less than or equal to 64"),
    ("create_datastore", {"kmsKeyArn": "alias/x"}, "pattern"),
    ("create_datastore", {"lambdaAuthorizerArn": "arn:aws:lambda:x"}, "pattern"),
    ("create_datastore", {"losslessStorageFormat": "PNG"}, "enum value set: [HTJ2K, JPEG_2000_LOSSLESS]"),
    ("create_datastore", {"tags": {"a b": "1"}}, "pattern"),
    ("create_datastore", {"tags": {"aws:a": "1"}}, "pattern"),
    ("create_datastore", {"tags": {"a": "x" * 257}}, "less than or equal to 256"),
    ("get_datastore", {"datastoreId": "short"}, "pattern"),
    ("list_datastores", {"maxResults": 51}, "less than or equal to 50"),
    ("list_datastores", {"datastoreStatus": "GONE"}, "enum value set"),
    ("tag_resource", {"resourceArn": "arn:aws:s3:::b", "tags": {}}, "pattern"),
    ("create_fhir_datastore", {"DatastoreTypeVersion": "R5"}, "enum value set: [R4]"),
    ("create_fhir_datastore", R4 | {"DatastoreName": "a;b"}, "pattern"),
    ("create_fhir_datastore", R4 | {"DatastoreName": "x" * 257}, "less than or equal to 256"),
    ("create_fhir_datastore", R4 | {"ClientToken": "a_b"}, "pattern"),
    ("create_fhir_datastore", R4 | {"Tags": [{"Key": "a;", "Value": "1"}]}, "'tags.1.member.key'"),
    ("create_fhir_datastore", R4 | {"Tags": [{"Key": "a", "Value": "1;"}]}, "'tags.1.member.value'"),
    (
        "create_fhir_datastore",
        R4 | {"SseConfiguration": {"KmsEncryptionConfig": {"CmkType": "MINE"}}},
        "'sseConfiguration.kmsEncryptionConfig.cmkType'",
    ),
    ("create_fhir_datastore", R4 | {"PreloadDataConfig": {"PreloadDataType": "X"}}, "enum value set"),
    ("create_fhir_datastore", R4 | {"BackupConfiguration": {"RetentionPeriodInDays": 31}}, "equal to 30"),
    ("create_fhir_datastore", R4 | {"BackupConfiguration": {"RetentionPeriodInDays": 0}}, "equal to 1"),
    ("list_fhir_datastores", {"MaxResults": 501}, "less than or equal to 500"),
    ("start_fhir_export_job", EXPORT | {"JobName": "x" * 65}, "less than or equal to 64"),
    ("start_fhir_export_job", EXPORT | {"DataAccessRoleArn": "arn:aws:iam::1:role/x"}, "pattern"),
    (
        "start_fhir_export_job",
        EXPORT | {"OutputDataConfig": {"S3Configuration": S3 | {"S3Uri": "https://b"}}},
        "pattern",
    ),
    ("list_tags_for_resource", {"ResourceARN": IMAGING_ARN}, "pattern"),
    # what boto3 would have held back
    ("create_fhir_datastore", {}, "Value null at 'datastoreTypeVersion'"),
    ("create_fhir_datastore", R4 | {"DatastoreName": ""}, "greater than or equal to 1"),
    ("create_fhir_datastore", R4 | {"Tags": [{"Key": "a"}]}, "Value null at 'tags.1.member.value'"),
    ("create_datastore", {"clientToken": ""}, "greater than or equal to 1"),
]

MISTYPED = [
    ("CreateFHIRDatastore", R4 | {"DatastoreName": 5}),
    ("CreateFHIRDatastore", R4 | {"Tags": {"a": "1"}}),
    ("CreateFHIRDatastore", R4 | {"Tags": [None]}),
    ("CreateFHIRDatastore", R4 | {"SseConfiguration": []}),
    ("CreateFHIRDatastore", R4 | {"BackupConfiguration": {"RetentionPeriodInDays": "7"}}),
    ("CreateFHIRDatastore", R4 | {"BackupConfiguration": {"RetentionPeriodInDays": True}}),
    ("CreateFHIRDatastore", R4 | {"BackupConfiguration": {"BackupTagsEnabled": "true"}}),
    ("ListFHIRDatastores", {"Filter": {"CreatedBefore": "yesterday"}}),
    ("CreateFHIRDatastore", "[]"),
    ("CreateFHIRDatastore", "{"),
    ("StartFHIRImportJob", {"InputDataConfig": {}}),
    ("StartFHIRImportJob", {"InputDataConfig": {"S3Uri": "s3://bucket/x", "Other": "x"}}),
]


@pytest.mark.parametrize(("operation", "parameters", "words"), INVALID, ids=str)
def test_what_the_model_forbids_is_a_validation_exception(
    cloud: Sandbox, connect: Callable[..., Any], operation: str, parameters: dict[str, Any], words: str
) -> None:
    service = "healthlake" if operation.startswith(("create_f", "list_f", "start_f")) else "medical-imaging"
    client = connect("healthlake" if "ResourceARN" in parameters else service, UNCHECKED)
    with pytest.raises(client.exceptions.ValidationException, match="validation error") as caught:
        getattr(client, operation)(**parameters)
    assert words in str(caught.value)
    assert cloud.stores() == []


@pytest.mark.parametrize(("operation", "body"), MISTYPED, ids=str)
def test_a_wrong_type_is_a_serialization_exception(
    cloud: Sandbox, send_lake: Callable[..., Any], operation: str, body: Any
) -> None:
    answer = send_lake(operation, body)
    assert (answer.status, answer.body["__type"].rpartition("#")[2]) == (400, "SerializationException")
    assert cloud.stores() == []


def test_wrong_types_are_refused_over_rest_too(send: Callable[..., Any]) -> None:
    answer = send("POST", "/datastore", '{"clientToken": "t", "datastoreName": 5}')
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "SerializationException")
    answer = send("GET", "/datastore?maxResults=ten")
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "SerializationException")


def test_the_client_token_is_required_on_the_wire_of_healthimaging(send: Callable[..., Any]) -> None:
    answer = send("POST", "/datastore", '{"datastoreName": "a"}')
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert "clientToken" in answer.body["message"]


def test_every_fault_is_reported_at_once(send_lake: Callable[..., Any]) -> None:
    answer = send_lake("CreateFHIRDatastore", {"DatastoreName": "a;", "ClientToken": "_"})
    assert answer.body["Message"].startswith("3 validation errors detected: ")


def test_null_is_the_same_as_left_out(cloud: Sandbox, send_lake: Callable[..., Any]) -> None:
    body: dict[str, Any] = R4 | {"DatastoreName": None, "Tags": None, "SseConfiguration": None}
    assert send_lake("CreateFHIRDatastore", body).status == 200
    assert cloud.stores()[0].tags == {}


def test_members_that_the_model_does_not_know_are_ignored(
    cloud: Sandbox, send_lake: Callable[..., Any]
) -> None:
    assert send_lake("CreateFHIRDatastore", R4 | {"Surprise": {"a": 1}}).status == 200
    assert "Surprise" not in cloud.stores()[0].config


def test_letters_of_every_script_are_letters(cloud: Sandbox, lake: Any) -> None:
    lake.create_fhir_datastore(
        DatastoreTypeVersion="R4",
        DatastoreName="Größe 診療所",
        Tags=[{"Key": "équipe", "Value": "Ω @+-=./:_"}],
    )
    assert cloud.stores()[0].tags == {"équipe": "Ω @+-=./:_"}


def test_sensitive_values_are_not_repeated(connect: Callable[..., Any], imaging_store: str) -> None:
    imaging = connect("medical-imaging", UNCHECKED)
    filters = [{"operator": "EQUAL", "values": [{"DICOMStudyInstanceUID": "secret!"}]}]
    with pytest.raises(imaging.exceptions.ValidationException) as caught:
        imaging.search_image_sets(datastoreId=imaging_store, searchCriteria={"filters": filters})
    assert "secret" not in str(caught.value)
