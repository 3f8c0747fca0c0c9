"""STS: who calls, and credentials that hold for a while."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.aws import Role, Sandbox, serve
from tests.sandbox_aws.conftest import Connect

ROLE = "arn:aws:iam::999999999999:role/deployers/health"


@pytest.fixture
def sts(connect: Connect) -> Any:
    return connect("sts")


def assumed(sts: Any, **parameters: Any) -> dict[str, str]:
    given = sts.assume_role(RoleArn=ROLE, RoleSessionName="me", **parameters)["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def test_a_caller_is_told_its_account(sts: Any) -> None:
    identity = sts.get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (
        "123456789012",
        "arn:aws:iam::123456789012:user/sandbox",
    )


def test_whoever_takes_on_a_role_is_in_the_roles_account(connect: Connect, sts: Any) -> None:
    identity = connect("sts", **assumed(sts)).get_caller_identity()
    assert identity["Account"] == "999999999999"
    assert identity["Arn"] == "arn:aws:sts::999999999999:assumed-role/health/me"


def test_a_web_identity_takes_on_a_role_without_a_signature_and_its_token_is_not_kept(
    cloud: Sandbox, connect: Connect
) -> None:
    sts = connect("sts", config=Config(signature_version=UNSIGNED))
    given = sts.assume_role_with_web_identity(
        RoleArn=ROLE, RoleSessionName="ci", WebIdentityToken="the-token"
    )
    assert given["AssumedRoleUser"]["Arn"] == "arn:aws:sts::999999999999:assumed-role/health/ci"
    (entry,) = cloud.journal()
    assert "the-token" not in str(entry)
    with pytest.raises(sts.exceptions.ClientError, match="MissingAuthenticationToken"):
        sts.get_caller_identity()


def test_temporary_credentials_hold_until_they_expire(
    cloud: Sandbox, connect: Connect, sts: Any, refused: Callable[..., tuple[int, str]]
) -> None:
    keys = assumed(sts, DurationSeconds=900)
    lake = connect("healthlake", **keys)
    cloud.advance(899)
    assert lake.list_fhir_datastores()["DatastorePropertiesList"] == []
    cloud.advance(1)
    assert refused(lake.list_fhir_datastores) == (400, "ExpiredTokenException")
    assert refused(connect("sts", **keys).get_caller_identity) == (403, "ExpiredToken")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"aws_session_token": "another"}, "UnrecognizedClientException"),
        ({"aws_secret_access_key": "another"}, "InvalidSignatureException"),
    ],
)
def test_temporary_credentials_are_checked(
    connect: Connect, sts: Any, refused: Callable[..., tuple[int, str]], change: dict[str, str], code: str
) -> None:
    images = connect("medical-imaging", **{**assumed(sts), **change})
    assert refused(images.list_datastores) == (403, code)


@pytest.mark.parametrize(
    "parameters", [{"DurationSeconds": 43201}, {"RoleArn": "arn:aws:iam::1:user/somebody"}]
)
def test_what_is_no_role_or_no_duration_is_refused(
    sts: Any, refused: Callable[..., tuple[int, str]], parameters: dict[str, Any]
) -> None:
    given = {"RoleArn": ROLE, "RoleSessionName": "me", **parameters}
    assert refused(sts.assume_role, **given) == (400, "ValidationError")


def test_the_journal_shows_who_was_to_be_and_no_credentials(cloud: Sandbox, sts: Any) -> None:
    keys = assumed(sts, ExternalId="agreed")
    (entry,) = cloud.journal("AssumeRole")
    assert entry.parameters == {"RoleArn": ROLE, "RoleSessionName": "me", "ExternalId": "agreed"}
    assert not any(value in str(entry) for value in keys.values())


def test_role_sessions_outlive_the_sandbox_in_its_state_file(tmp_path: Any, session: Any) -> None:
    def client(cloud: Sandbox, service: str, **keys: str) -> Any:
        given = keys or {
            "aws_access_key_id": cloud.env["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": cloud.env["AWS_SECRET_ACCESS_KEY"],
        }
        return session.client(service, endpoint_url=cloud.url, region_name="us-east-1", **given)

    with serve(state_file=tmp_path / "state.json") as cloud:
        keys = assumed(client(cloud, "sts"))
    with serve(state_file=tmp_path / "state.json") as cloud:
        assert client(cloud, "sts", **keys).get_caller_identity()["Account"] == "999999999999"


def denial(call: Callable[..., Any], **parameters: Any) -> str:
    with pytest.raises(ClientError) as refusal:
        call(**parameters)
    assert refusal.value.response["Error"]["Code"] == "AccessDeniedException"
    return str(refusal.value.response["Error"]["Message"])


def test_a_session_policy_allows_no_more_than_it_says_and_no_more_than_the_role_may(
    cloud: Sandbox, connect: Connect, sts: Any
) -> None:
    may_list = {"Effect": "Allow", "Action": "healthlake:List*", "Resource": "*"}
    narrowed = assumed(sts, Policy=json.dumps({"Version": "2012-10-17", "Statement": [may_list]}))
    lake = connect("healthlake", **narrowed)
    assert lake.list_fhir_datastores()["DatastorePropertiesList"] == []
    assert denial(lake.describe_fhir_datastore, DatastoreId="0" * 32).startswith(
        "User: arn:aws:sts::999999999999:assumed-role/health/me is not authorized to perform: "
        "healthlake:DescribeFHIRDatastore on resource: "
    )
    assert denial(lake.describe_fhir_datastore, DatastoreId="0" * 32).endswith(
        "because no session policy allows the healthlake:DescribeFHIRDatastore action"
    )
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    nothing = Role({"Statement": trust}, {"Statement": []})
    cloud.allow(None, roles={ROLE: nothing})
    assert "no identity-based policy allows" in denial(lake.list_fhir_datastores)


def test_what_a_session_policy_denies_is_refused_in_other_words(connect: Connect, sts: Any) -> None:
    statements = [{"Effect": effect, "Action": "*", "Resource": "*"} for effect in ("Allow", "Deny")]
    lake = connect("healthlake", **assumed(sts, Policy=json.dumps({"Statement": statements})))
    assert denial(lake.list_fhir_datastores).endswith("with an explicit deny in a session policy")


@pytest.mark.parametrize("policy", ["{", '{"Statement": {"Effect": "Maybe"}}'])
def test_a_session_policy_has_to_be_a_policy(sts: Any, policy: str) -> None:
    with pytest.raises(ClientError, match="MalformedPolicyDocument"):
        assumed(sts, Policy=policy)
