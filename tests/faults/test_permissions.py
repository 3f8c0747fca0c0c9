"""The policy that ``python -m provider policy`` prints is enough for all resources, and none is too much."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from provider.arazzo import load
from provider.documents.policy import policy
from provider.kinds import export_role
from provider.kinds.table import ACCESS, HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE, HEALTHLAKE_EXPORT
from provider.models import services
from sandbox.aws import IMAGING, LAKE, ManualClock, Role, Sandbox, serve
from tests.faults.scenes import EXPORT
from tests.faults.stack import FailedError, Stack

DOCUMENTS = sorted((Path(__file__).parents[2] / "provider" / "documents").glob("*.yaml"))
NEEDED: dict[str, Any] = policy([load(path) for path in DOCUMENTS], services, ACCESS)


def actions_of(document: dict[str, Any]) -> list[str]:
    return sorted(action for statement in document["Statement"] for action in statement["Action"])


ACTIONS = actions_of(NEEDED)

KEY = EXPORT["output_kms_key_id"]
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:tokens"
ROLE = Role(export_role.trust("us-east-1", "123456789012"), export_role.permissions("exports", KEY))
OTHERS = {"DatastoreTypeVersion": "R4", "DatastoreName": "others"}
SMART = {
    "authorization_endpoint": "https://id.example.org/authorize",
    "token_endpoint": "https://id.example.org/token",
    "capabilities": ["launch-ehr"],
    "grant_types_supported": ["authorization_code"],
    "code_challenge_methods_supported": ["S256"],
}
IMAGES: dict[str, Any] = {
    "datastore_name": "images",
    "kms_key_arn": KEY,
    "lambda_authorizer_arn": FUNCTION,
    "tags": {"team": "a", "old": "1"},
    "force_destroy": True,
}
RECORDS: dict[str, Any] = {
    "datastore_name": "records",
    "datastore_type_version": "R4",
    "sse_configuration": {
        "kms_encryption_config": {"cmk_type": "CUSTOMER_MANAGED_KMS_KEY", "kms_key_id": KEY}
    },
    "identity_provider_configuration": {
        "authorization_strategy": "SMART_ON_FHIR",
        "metadata": json.dumps(SMART),
        "idp_lambda_arn": FUNCTION,
    },
    "tags": {"team": "a", "old": "1"},
    "export": EXPORT,
}


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="module")
def account(clock: ManualClock) -> Iterator[Sandbox]:
    with serve(clock=clock) as cloud, pytest.MonkeyPatch.context() as patch:
        for name, value in cloud.env.items():
            patch.setenv(name, value)
        yield cloud


@pytest.fixture
def cloud(account: Sandbox) -> Sandbox:
    account.reset()
    account.add_store(LAKE, OTHERS | {"Tags": [{"Key": "owner", "Value": "others"}]})
    account.add_store(IMAGING, {"datastoreName": "others", "tags": {"owner": "others"}})
    return account


def without(action: str, document: dict[str, Any] = NEEDED) -> dict[str, Any]:
    """A policy without one of its actions; the caller's by default."""
    less = copy.deepcopy(document)
    for statement in less["Statement"]:
        statement["Action"] = [each for each in statement["Action"] if each != action]
    return less


def live(cloud: Sandbox, clock: ManualClock) -> list[str]:
    """Do everything that can be done with each resource; return what was said on the way."""
    images = Stack(HEALTH_IMAGING_DATASTORE, clock, name="images")
    records = Stack(HEALTHLAKE_DATASTORE, clock, name="records")
    export = Stack(HEALTHLAKE_EXPORT, clock, name="export")
    said: list[str] = []

    def done(stack: Stack) -> None:
        said.extend(stack.said)

    for stack, props in ((records, RECORDS), (images, IMAGES)):
        stack.up(props)
        done(stack)
        stack.refresh()
        done(stack)
        stack.up(props | {"tags": {"team": "b"}})
        done(stack)
    records.up(RECORDS | {"tags": {"team": "b"}, "datastore_name": "renamed"})
    done(records)
    assert records.held is not None
    assert images.held is not None
    export.up({**EXPORT, "datastore_id": records.held.id})
    export.refresh()
    export.destroy()
    cloud.add_image_sets(images.held.id, 2)
    for stack in (images, records):
        stack.destroy()
        done(stack)
    return said


def start_job(cloud: Sandbox, kind: str, datastore_id: str) -> None:
    """Start a job that never ends, as somebody else does."""
    lake = boto3.client(LAKE, "us-east-1", endpoint_url=cloud.url)
    target = {"S3Configuration": {"S3Uri": EXPORT["output_s3_uri"], "KmsKeyId": KEY}}
    role = EXPORT["data_access_role_arn"]
    if kind == "export":
        cloud.end_next_export("IN_PROGRESS")
        lake.start_fhir_export_job(DatastoreId=datastore_id, OutputDataConfig=target, DataAccessRoleArn=role)
    else:
        cloud.end_next_import("IN_PROGRESS")
        lake.start_fhir_import_job(
            DatastoreId=datastore_id,
            InputDataConfig={"S3Uri": "s3://imports/in"},
            JobOutputDataConfig=target,
            DataAccessRoleArn=role,
        )


def test_with_the_policy_every_resource_lives_and_dies(cloud: Sandbox, clock: ManualClock) -> None:
    cloud.allow(NEEDED, roles={EXPORT["data_access_role_arn"]: ROLE})
    assert not [each for each in live(cloud, clock) if "AccessDenied" in each]
    assert {store.name for store in cloud.stores()} == {"others"}
    assert {job.status for job in cloud.jobs()} == {"COMPLETED"}


SILENT = {"kms:ReEncrypt*": "CREATE_FAILED", "kms:RetireGrant": "CREATE_FAILED"}
"""What fails without a word of the reason: HealthImaging has no ErrorCause."""

LOOKS = frozenset({"healthlake:ListFHIRExportJobs", "healthlake:ListFHIRImportJobs"})
"""What a deletion does without: it waits for the store's running jobs where it may look for them."""
FALLEN_BACK = frozenset({"tag:GetResources"})
"""Without these, more calls do the same; see the next test."""


@pytest.mark.parametrize("action", sorted(LOOKS))
def test_without_a_look_at_jobs_a_deletion_waits_for_the_running_one_in_vain(
    cloud: Sandbox, clock: ManualClock, action: str
) -> None:
    kind = action.removeprefix("healthlake:ListFHIR").removesuffix("Jobs").lower()
    plain = {name: value for name, value in RECORDS.items() if name != "export"}
    stack = Stack(HEALTHLAKE_DATASTORE, clock)
    cloud.allow(None)
    stack.up(plain)
    assert stack.held is not None
    start_job(cloud, kind, stack.held.id)
    cloud.allow(without(action))
    with pytest.raises(FailedError, match="the deadline passed while waiting for DeleteFHIRDatastore"):
        stack.destroy()
    assert cloud.store(stack.held.id).status == "ACTIVE"


@pytest.mark.parametrize("action", sorted(set(ACTIONS) - LOOKS - FALLEN_BACK))
def test_without_one_of_its_actions_something_fails_and_names_it(
    cloud: Sandbox, clock: ManualClock, action: str
) -> None:
    cloud.allow(without(action), roles={EXPORT["data_access_role_arn"]: ROLE})
    try:
        told = "\n".join(live(cloud, clock))
    except FailedError as error:
        told = str(error)
    assert SILENT.get(action, action.rstrip("*")) in told


def test_without_the_tagging_api_every_store_is_asked_for_its_tags(
    cloud: Sandbox, clock: ManualClock
) -> None:
    cloud.settings(stores=20)
    for number in range(11):
        cloud.add_store(IMAGING, {"datastoreName": f"others-{number}"})
    cloud.advance(3601)
    asked = []
    for policy_document in (NEEDED, without("tag:GetResources")):
        cloud.allow(policy_document)
        cloud.clear_journal()
        stack = Stack(HEALTH_IMAGING_DATASTORE, clock)
        stack.up({"datastore_name": "images"})
        stack.destroy()
        asked.append(cloud.counts()["ListTagsForResource"])
    cloud.settings(stores=10)
    assert asked[0] < 11 <= asked[1]


@pytest.mark.parametrize("action", actions_of(ROLE.permissions))
def test_without_an_action_of_its_roles_policy_an_export_fails_and_names_it(
    cloud: Sandbox, clock: ManualClock, action: str
) -> None:
    cloud.allow(
        NEEDED,
        roles={EXPORT["data_access_role_arn"]: replace(ROLE, permissions=without(action, ROLE.permissions))},
    )
    with pytest.raises(FailedError, match=f"is not authorized to perform: {action.rstrip('*')}"):
        live(cloud, clock)


def test_without_the_trust_of_its_role_an_export_fails(cloud: Sandbox, clock: ManualClock) -> None:
    elsewhere = replace(ROLE, trust=export_role.trust("us-west-2", "123456789012"))
    cloud.allow(NEEDED, roles={EXPORT["data_access_role_arn"]: elsewhere})
    with pytest.raises(FailedError, match="is not authorized to perform: sts:AssumeRole"):
        live(cloud, clock)


def test_a_key_that_names_the_role_alone_is_enough_for_an_export(cloud: Sandbox, clock: ManualClock) -> None:
    role_arn = EXPORT["data_access_role_arn"]
    own = {**RECORDS, "sse_configuration": {"kms_encryption_config": {"cmk_type": "AWS_OWNED_KMS_KEY"}}}
    statement = export_role.key_policy(role_arn)
    cloud.allow(NEEDED, roles={role_arn: ROLE}, keys={KEY: statement})
    stack = Stack(HEALTHLAKE_DATASTORE, clock)
    stack.up(own)
    assert {job.status for job in cloud.jobs()} == {"COMPLETED"}
    for action in actions_of(statement):
        cloud.allow(NEEDED, roles={role_arn: ROLE}, keys={KEY: without(action, statement)})
        stack = Stack(HEALTHLAKE_DATASTORE, clock, name=action)
        with pytest.raises(FailedError, match=f"is not authorized to perform: {action.rstrip('*')}"):
            stack.up(own)
