"""Permissions: decided as IAM decides, told as AWS tells it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

from sandbox.aws import LAKE, Role, Sandbox, serve
from sandbox.aws.permissions.decision import Need, decide
from sandbox.aws.permissions.policy import statements
from sandbox.errors import CommandError, PolicyError

CASES = yaml.safe_load((Path(__file__).parent / "decisions.yaml").read_text())
STORES = "arn:aws:healthlake:us-east-1:123456789012:datastore/fhir/"
ROLE = "arn:aws:iam::123456789012:role/export"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TARGET = {"S3Configuration": {"S3Uri": "s3://exports/out", "KmsKeyId": KEY}}
GLUE = (
    "glue:CreateDatabase",
    "glue:DeleteDatabase",
    "ram:GetResourceShareInvitations",
    "ram:AcceptResourceShareInvitation",
)


def allowing(*actions: str, on: str = "*", **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": on}
    return {
        "Version": "2012-10-17",
        "Statement": [statement | ({"Condition": condition} if condition else {})],
    }


def denial(call: Callable[..., Any], **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    return str(caught.value.response["Error"]["Message"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_decision_is_iams(case: dict[str, Any]) -> None:
    context = {key.lower(): tuple(values) for key, values in case.get("context", {}).items()}
    need = Need(case["action"], case.get("resource", "*"), context)
    assert decide(statements({"Statement": case["statements"]}), need) == case["decision"]


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"Statement": {"Effect": "Maybe", "Action": "*", "Resource": "*"}},
        {"Statement": {"Effect": "Allow", "Resource": "*"}},
        {"Statement": {"Effect": "Allow", "Action": "*", "Ressource": "*"}},
        {"Statement": {"Effect": "Allow", "Action": "*", "Condition": {"StringAlmost": {"a": "b"}}}},
        {"Statement": {"Effect": "Allow", "Action": [1]}},
    ],
)
def test_what_is_no_policy_is_refused_when_it_is_given(document: Any) -> None:
    with pytest.raises(PolicyError):
        statements(document)


def test_a_policy_that_cannot_be_decided_on_is_refused_by_the_running_sandbox(cloud: Sandbox) -> None:
    with pytest.raises(CommandError, match="StringAlmost"):
        cloud.allow(allowing("*", StringAlmost={"a": "b"}))


def test_a_denial_reads_as_awss(cloud: Sandbox, lake: Any, lake_store: str) -> None:
    cloud.allow(allowing("healthlake:List*"))
    lake.list_fhir_datastores()
    assert denial(lake.describe_fhir_datastore, DatastoreId=lake_store) == (
        "User: arn:aws:iam::123456789012:user/sandbox is not authorized to perform: "
        f"healthlake:DescribeFHIRDatastore on resource: {STORES}{lake_store} "
        "because no identity-based policy allows the healthlake:DescribeFHIRDatastore action"
    )


def test_an_explicit_deny_says_so_and_wins(cloud: Sandbox, lake: Any, lake_store: str) -> None:
    policy = allowing("*")
    policy["Statement"].append({"Effect": "Deny", "NotAction": "healthlake:List*", "Resource": "*"})
    cloud.allow(policy)
    lake.list_fhir_datastores()
    told = denial(lake.describe_fhir_datastore, DatastoreId=lake_store)
    assert told.endswith("with an explicit deny in an identity-based policy")


@pytest.mark.parametrize(
    "missing", ["healthlake:TagResource", *(each for each in GLUE if "Delete" not in each)]
)
def test_a_tagged_lake_store_needs_more_than_its_own_action(cloud: Sandbox, lake: Any, missing: str) -> None:
    needed = {"healthlake:CreateFHIRDatastore", "healthlake:TagResource", *GLUE}
    wanted = {"DatastoreTypeVersion": "R4", "Tags": [{"Key": "team", "Value": "a"}]}
    cloud.allow(allowing(*needed - {missing}))
    assert f"to perform: {missing} on resource: * " in denial(lake.create_fhir_datastore, **wanted)
    assert cloud.stores() == []
    cloud.allow(allowing(*needed))
    cloud.advance(60)
    lake.create_fhir_datastore(**wanted)


def test_an_imaging_store_with_tags_needs_to_tag(cloud: Sandbox, imaging: Any) -> None:
    cloud.allow(allowing("medical-imaging:CreateDatastore"))
    imaging.create_datastore(datastoreName="plain")
    cloud.advance(12)
    told = denial(imaging.create_datastore, datastoreName="tagged", tags={"team": "a"})
    assert "medical-imaging:TagResource on resource: *" in told


def test_tags_of_requests_and_resources_can_be_asked_for(cloud: Sandbox, imaging: Any) -> None:
    mine = cloud.add_store("medical-imaging", {"tags": {"team": "a"}})
    other = cloud.add_store("medical-imaging", {"tags": {"team": "b"}})
    of_team = {"aws:ResourceTag/team": "a"}
    cloud.allow(allowing("medical-imaging:*", StringEquals=of_team))
    imaging.get_datastore(datastoreId=mine)
    denial(imaging.get_datastore, datastoreId=other)
    cloud.allow(allowing("medical-imaging:*", StringEquals={"aws:RequestTag/team": "a"}))
    imaging.create_datastore(tags={"team": "a"})
    cloud.advance(12)
    denial(imaging.create_datastore, tags={"team": "b"})


def test_an_image_set_is_checked_on_itself_and_on_its_store(cloud: Sandbox, imaging: Any) -> None:
    store = cloud.add_store("medical-imaging", {})
    (image_set,) = cloud.add_image_sets(store, 1)
    arn = f"arn:aws:medical-imaging:us-east-1:123456789012:datastore/{store}"
    cloud.allow(allowing("medical-imaging:GetImageSet", on=arn))
    told = denial(imaging.get_image_set, datastoreId=store, imageSetId=image_set)
    assert f"{arn}/imageset/{image_set}" in told
    cloud.allow(allowing("medical-imaging:GetImageSet", on=f"{arn}*"))
    imaging.get_image_set(datastoreId=store, imageSetId=image_set)


def test_a_role_is_passed_to_the_service_that_the_policy_names(
    cloud: Sandbox, lake: Any, lake_store: str
) -> None:
    job = {"DatastoreId": lake_store, "OutputDataConfig": TARGET, "DataAccessRoleArn": ROLE}
    policy = allowing("healthlake:*")
    cloud.allow(policy)
    assert f"iam:PassRole on resource: {ROLE}" in denial(lake.start_fhir_export_job, **job)
    for service, passes in (("medical-imaging", False), ("healthlake", True)):
        to = {"iam:PassedToService": f"{service}.amazonaws.com"}
        cloud.allow(
            {"Statement": [*policy["Statement"], *allowing("iam:PassRole", StringEquals=to)["Statement"]]}
        )
        cloud.advance(60)
        if passes:
            lake.start_fhir_export_job(**job)
        else:
            denial(lake.start_fhir_export_job, **job)


def test_a_deletion_without_glue_comes_to_nothing_and_says_why(
    cloud: Sandbox, lake: Any, lake_store: str
) -> None:
    cloud.allow(allowing("healthlake:*"))
    assert lake.delete_fhir_datastore(DatastoreId=lake_store)["DatastoreStatus"] == "DELETING"
    cloud.advance(301)
    shown = lake.describe_fhir_datastore(DatastoreId=lake_store)["DatastoreProperties"]
    assert shown["DatastoreStatus"] == "ACTIVE"
    assert "glue:DeleteDatabase" in shown["ErrorCause"]["ErrorMessage"]


@pytest.mark.parametrize("by", ["identity", "key"])
def test_a_key_that_may_not_be_used_fails_the_creation(cloud: Sandbox, lake: Any, by: str) -> None:
    sse = {"KmsEncryptionConfig": {"CmkType": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": KEY}}
    own = {"identity": ("healthlake:*", *GLUE), "key": ("*",)}[by]
    of_nobody = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:DescribeKey"}]}
    cloud.allow(allowing(*own), keys={KEY: of_nobody} if by == "key" else {})
    made = lake.create_fhir_datastore(DatastoreTypeVersion="R4", SseConfiguration=sse)["DatastoreId"]
    cloud.advance(1201)
    shown = lake.describe_fhir_datastore(DatastoreId=made)["DatastoreProperties"]
    assert shown["DatastoreStatus"] == "CREATE_FAILED"
    assert KEY in shown["ErrorCause"]["ErrorMessage"]


TRUST = {
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "healthlake.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"ArnLike": {"aws:SourceArn": f"{STORES}*"}},
        }
    ]
}
WRITES = allowing(
    "s3:ListBucket",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetEncryptionConfiguration",
    "s3:PutObject",
    "kms:DescribeKey",
    "kms:GenerateDataKey*",
)


def without(policy: dict[str, Any], action: str) -> dict[str, Any]:
    (statement,) = policy["Statement"]
    return {"Statement": [statement | {"Action": [each for each in statement["Action"] if each != action]}]}


def pinned(arn: str) -> dict[str, Any]:
    changed: dict[str, Any] = json.loads(json.dumps(TRUST))
    changed["Statement"][0]["Condition"] = {"ArnEquals": {"aws:SourceArn": arn}}
    return changed


@pytest.mark.parametrize(
    "case",
    [
        (Role(TRUST, WRITES), "COMPLETED", ""),
        (Role(pinned(f"{STORES}{'0' * 32}"), WRITES), "FAILED", "to perform: sts:AssumeRole"),
        *(
            (Role(TRUST, without(WRITES, action)), "FAILED", action.rstrip("*"))
            for action in WRITES["Statement"][0]["Action"]
        ),
    ],
    ids=str,
)
def test_an_export_writes_where_its_role_may(
    cloud: Sandbox, lake: Any, lake_store: str, case: tuple[Role, str, str]
) -> None:
    role, status, says = case
    cloud.allow(roles={ROLE: role})
    job = lake.start_fhir_export_job(DatastoreId=lake_store, OutputDataConfig=TARGET, DataAccessRoleArn=ROLE)[
        "JobId"
    ]
    cloud.advance(300)
    shown = lake.describe_fhir_export_job(DatastoreId=lake_store, JobId=job)["ExportJobProperties"]
    assert (shown["JobStatus"], says in shown.get("Message", "")) == (status, True)


def test_who_calls_is_never_refused_to_know_it(cloud: Sandbox, connect: Callable[..., Any]) -> None:
    cloud.allow({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})
    assert connect("sts").get_caller_identity()["Account"] == "123456789012"


def test_who_takes_on_a_role_may_do_what_the_role_may(cloud: Sandbox, connect: Callable[..., Any]) -> None:
    arn = "arn:aws:iam::123456789012:role/reader"
    cloud.allow(allowing("sts:AssumeRole"), roles={arn: Role(TRUST, allowing("healthlake:List*"))})
    given = connect("sts").assume_role(RoleArn=arn, RoleSessionName="me")["Credentials"]
    lake = connect(
        LAKE,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    lake.list_fhir_datastores()
    told = denial(lake.create_fhir_datastore, DatastoreTypeVersion="R4")
    assert told.startswith("User: arn:aws:sts::123456789012:assumed-role/reader/me is not authorized")


def test_a_policy_can_be_given_from_the_start() -> None:
    with serve(policy=allowing("healthlake:List*")) as cloud:
        assert cloud.stores() == []
        with pytest.raises(CommandError), serve(policy={"Statement": [{}]}):
            pass


def test_a_policy_can_speak_of_the_callers_name(cloud: Sandbox, imaging: Any) -> None:
    mine = cloud.add_store("medical-imaging", {"tags": {"owner": "sandbox"}})
    other = cloud.add_store("medical-imaging", {"tags": {"owner": "ann"}})
    cloud.allow(allowing("medical-imaging:*", StringEquals={"aws:ResourceTag/owner": "${aws:username}"}))
    imaging.get_datastore(datastoreId=mine)
    denial(imaging.get_datastore, datastoreId=other)


def test_who_may_not_is_told_so_before_anything_else_and_spends_no_rate(cloud: Sandbox, imaging: Any) -> None:
    cloud.allow(allowing("medical-imaging:List*"))
    for _ in range(3):  # the rate is one
        denial(imaging.create_datastore, datastoreName="no;name")
    cloud.allow(None)
    imaging.create_datastore(datastoreName="name")
