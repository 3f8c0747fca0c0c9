"""The check of all answers finds what it is there for."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.model import OperationModel

from sandbox.aws import Sandbox
from sandbox.aws.medical_imaging import metadata
from sandbox.aws.operations import PACKAGES, emulated
from tests.sandbox_aws.answers import ERROR, check_answer
from tests.sandbox_aws.conftest import Connect

STORE = {
    "datastoreId": "0" * 32,
    "datastoreName": "images",
    "datastoreStatus": "ACTIVE",
    "createdAt": 1.5,
}


@dataclass
class Raw:
    status_code: int
    content: bytes


def check(body: dict[str, Any], status: int = 200) -> None:
    model = boto3.client("medical-imaging", "us-east-1").meta.service_model.operation_model("GetDatastore")
    parsed = body if status == 200 else {"Error": body}
    check_answer(Raw(status, json.dumps(body).encode()), parsed, model)


def test_an_answer_as_the_model_has_it_passes() -> None:
    check({"datastoreProperties": STORE})
    check({"Code": "ResourceNotFoundException", "Message": "gone"}, 404)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"datastoreName": None}, "null at '/datastoreProperties/datastoreName'"),
        ({"datastoreId": "0"}, "regular expression"),
        ({"datastoreStatus": "READY"}, "enum value set"),
        ({"createdAt": "yesterday"}, "expected timestamp"),
        ({"colour": "red"}, "unknown member '/datastoreProperties/colour'"),
    ],
)
def test_another_one_does_not(change: dict[str, Any], told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        check({"datastoreProperties": {**STORE, **change}})


def test_neither_does_one_without_a_required_member() -> None:
    with pytest.raises(AssertionError, match="must not be null"):
        check({})


def test_an_error_has_to_be_one_of_the_operations() -> None:
    with pytest.raises(AssertionError, match="no error ConflictException"):
        check({"Code": "ConflictException", "Message": "no"}, 409)


def test_the_clients_of_the_tests_check(cloud: Sandbox, imaging: Any, imaging_store: str) -> None:
    cloud.force_status(imaging_store, "READY")
    with pytest.raises(AssertionError, match="enum value set"):
        imaging.get_datastore(datastoreId=imaging_store)


ALL = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


@pytest.mark.parametrize("policy", [None, ALL], ids=["no policy", "a policy"])
def test_every_emulated_operation_answers_as_its_model_says(
    cloud: Sandbox, connect: Connect, session: boto3.Session, policy: dict[str, Any] | None
) -> None:
    cloud.allow(policy)
    answered: dict[str, set[str]] = {name: set() for name in PACKAGES}

    def note(http_response: Any, model: OperationModel, **_event: Any) -> None:
        if http_response.status_code < ERROR:
            answered[model.service_model.service_name].add(model.name)

    session.events.register("after-call", note)
    try:
        others(connect)
        lake(cloud, connect("healthlake"))
        imaging(cloud, connect("medical-imaging"))
    finally:
        session.events.unregister("after-call", note)
    for service, package in PACKAGES.items():
        names = list(connect(service).meta.service_model.operation_names)
        assert answered[service] == emulated(package, names).keys()


ROLE = "arn:aws:iam::123456789012:role/export"
TARGET = {"S3Configuration": {"S3Uri": "s3://exports/out", "KmsKeyId": "alias/exports"}}


def others(connect: Connect) -> None:
    """Every emulated operation of the services that are not of data stores."""
    connect("sts").get_caller_identity()
    connect("sts").assume_role(RoleArn=ROLE, RoleSessionName="me")
    connect("sts", config=Config(signature_version=UNSIGNED)).assume_role_with_web_identity(
        RoleArn=ROLE, RoleSessionName="me", WebIdentityToken="token"
    )
    connect("iam").get_role(RoleName="export")
    connect("iam").simulate_principal_policy(PolicySourceArn=ROLE, ActionNames=["healthlake:TagResource"])
    connect("resourcegroupstaggingapi").get_resources()


def lake(cloud: Sandbox, client: Any) -> None:
    """Every emulated operation of HealthLake."""
    store = client.create_fhir_datastore(DatastoreTypeVersion="R4", DatastoreName="records")
    one = {"DatastoreId": store["DatastoreId"]}
    cloud.advance(3600)
    client.update_fhir_datastore(**one, BackupConfiguration={"Status": "ENABLED"})
    cloud.advance(3600)
    client.restore_fhir_datastore(
        SourceDatastoreId=one["DatastoreId"],
        DatastoreName="again",
        RestoreConfiguration={"ContinuousBackupRestoreConfiguration": {}},
    )
    client.tag_resource(ResourceARN=store["DatastoreArn"], Tags=[{"Key": "team", "Value": "a"}])
    client.list_tags_for_resource(ResourceARN=store["DatastoreArn"])
    client.untag_resource(ResourceARN=store["DatastoreArn"], TagKeys=["team"])
    export = client.start_fhir_export_job(**one, DataAccessRoleArn=ROLE, OutputDataConfig=TARGET)
    work = {"DataAccessRoleArn": ROLE, "JobOutputDataConfig": TARGET}
    imported = client.start_fhir_import_job(**one, **work, InputDataConfig={"S3Uri": "s3://imports/in"})
    cloud.advance(3600)
    client.describe_fhir_export_job(**one, JobId=export["JobId"])
    client.describe_fhir_import_job(**one, JobId=imported["JobId"])
    client.list_fhir_export_jobs(**one)
    client.list_fhir_import_jobs(**one)
    client.describe_fhir_datastore(**one)
    client.list_fhir_datastores()
    client.delete_fhir_datastore(**one)


def imaging(cloud: Sandbox, client: Any) -> None:
    """Every emulated operation of HealthImaging."""
    store = client.create_datastore(datastoreName="images")["datastoreId"]
    cloud.advance(3600)
    one = {"datastoreId": store}
    places = {"inputS3Uri": "s3://images/in/", "outputS3Uri": "s3://images/out/"}
    job = client.start_dicom_import_job(**one, dataAccessRoleArn=ROLE, **places)["jobId"]
    cloud.advance(3600)
    client.get_dicom_import_job(**one, jobId=job)
    client.list_dicom_import_jobs(**one)
    image_set, *_ = client.search_image_sets(**one)["imageSetsMetadataSummaries"]
    named = {**one, "imageSetId": image_set["imageSetId"]}
    arn = client.get_image_set(**named)["imageSetArn"]
    client.tag_resource(resourceArn=arn, tags={"team": "a"})
    client.list_tags_for_resource(resourceArn=arn)
    client.untag_resource(resourceArn=arn, tagKeys=["team"])
    client.list_image_set_versions(**named)
    tree = json.loads(gzip.decompress(client.get_image_set_metadata(**named)["imageSetMetadataBlob"].read()))
    (frame, *_) = metadata.frames(tree)
    client.get_image_frame(**named, imageFrameInformation={"imageFrameId": frame})
    name = {"SchemaVersion": "1.1", "Patient": {"DICOM": {"PatientName": "Doe^Jane"}}}
    updates = {"DICOMUpdates": {"updatableAttributes": json.dumps(name).encode()}}
    client.update_image_set_metadata(**named, latestVersionId="1", updateImageSetMetadataUpdates=updates)
    cloud.advance(60)
    source = {"sourceImageSet": {"latestVersionId": "2"}}
    client.copy_image_set(**one, sourceImageSetId=named["imageSetId"], copyImageSetInformation=source)
    cloud.advance(60)
    for each in cloud.image_sets(store):
        client.delete_image_set(**one, imageSetId=each)
        cloud.advance(60)
    client.get_datastore(**one)
    client.list_datastores()
    client.delete_datastore(**one)
