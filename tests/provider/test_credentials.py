"""Who calls AWS: the account guard, roles, and temporary credentials that are renewed."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

import pytest

from provider.aws.clients import make_client
from provider.aws.settings import Settings
from provider.dynamic.host import HostCall
from provider.errors import ConfigurationError
from provider.verbs.create import create
from provider.verbs.outcome import UnfinishedError
from provider.verbs.process import Process
from sandbox.aws import Sandbox
from tests.provider.connecting import LAKE, ROLE, VALUES, look, process

pytestmark = pytest.mark.usefixtures("only_the_sandbox")


# The account guard


def test_the_guard_asks_once_for_each_way_to_reach_aws(cloud: Sandbox) -> None:
    ours = process(allowedAccountIds='["123456789012"]')
    threads = [
        threading.Thread(target=ours.session, args=(HostCall(), LAKE, {"region": region}, None))
        for region in ("us-east-1", "eu-west-1") * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cloud.counts() == {"GetCallerIdentity": 2}


def test_an_unguarded_stack_asks_nothing(cloud: Sandbox) -> None:
    process().session(HostCall(), LAKE, {"region": "us-east-1"}, None)
    assert cloud.counts() == {}


def test_the_guard_judges_the_account_of_the_role(cloud: Sandbox) -> None:
    ours = process(assumeRole=json.dumps({"roleArn": ROLE}), allowedAccountIds='["123456789012"]')
    with pytest.raises(ConfigurationError) as raised:
        ours.session(HostCall(), LAKE, {"region": "us-east-1"}, None)
    assert str(raised.value).startswith(
        "the credentials are those of the AWS account 999999999999, "
        "which aws:allowedAccountIds does not allow (it allows 123456789012); "
    )
    assert set(cloud.counts()) == {"AssumeRole", "GetCallerIdentity"}


# Roles


def test_a_chain_of_roles_ends_in_the_last_ones_account(cloud: Sandbox) -> None:
    last = "arn:aws:iam::888888888888:role/last"
    chain = json.dumps([{"roleArn": ROLE, "tags": {"team": "a"}}, {"roleArn": last}])
    ours = process(assumeRoles=chain, allowedAccountIds='["888888888888"]')
    ours.session(HostCall(), LAKE, {"region": "us-east-1"}, None)
    taken = [entry.parameters for entry in cloud.journal("AssumeRole")]
    assert [each["RoleArn"] for each in taken] == [ROLE, last]
    assert taken[0]["Tags.member.1.Key"] == "team"
    assert {each["RoleSessionName"] for each in taken} == {"pulumi-aws-health-datastores"}


def test_a_web_identity_needs_no_aws_credentials_and_its_file_is_read_anew(
    cloud: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    token = tmp_path / "token"
    web = {"roleArn": ROLE, "webIdentityTokenFile": str(token), "sessionName": "ci"}
    ours = process(assumeRoleWithWebIdentity=web)
    with pytest.raises(ConfigurationError, match=r"cannot be read from .*: No such file"):
        look(ours.settings({"region": "us-east-1"}))
    token.write_text("from the identity provider\n")
    assert look(ours.settings({"region": "us-east-1"})) == 200
    (taken,) = cloud.journal("AssumeRoleWithWebIdentity")
    assert (taken.parameters["RoleArn"], taken.parameters["RoleSessionName"]) == (ROLE, "ci")
    assert "identity provider" not in str(taken)


# Credentials that expire while a store is made: 20 minutes, of which 15 pass with one set of credentials


def made(ours: Process, monkeypatch: pytest.MonkeyPatch, cloud: Sandbox) -> str:
    monkeypatch.setenv("PULUMI_HEALTH_TIME_SCALE", str(cloud.health().speed))
    store = create(LAKE, VALUES, ours.session(HostCall(), LAKE, VALUES, 1e6), None)
    return str(store.outputs["datastore_status"])


def test_a_roles_credentials_are_renewed_during_a_long_wait(
    cloud: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = json.dumps({"roleArn": ROLE, "duration": "15m"})
    assert made(process(assumeRole=role), monkeypatch, cloud) == "ACTIVE"
    assert cloud.counts()["AssumeRole"] > 1
    assert {entry.code for entry in cloud.journal()} == {None}


PROFILES = {
    "role": """
[profile health]
role_arn = {role}
source_profile = base
duration_seconds = 900
[profile base]
aws_access_key_id = {key}
aws_secret_access_key = {secret}
""",
    "process": """
[profile health]
credential_process = "{python}" "{helper}" {url}
""",
}

HELPER = """
import json, sys, boto3
sts = boto3.client("sts", endpoint_url=sys.argv[1], region_name="us-east-1",
                   aws_access_key_id="{key}", aws_secret_access_key="{secret}")
given = sts.assume_role(RoleArn="{role}", RoleSessionName="helper", DurationSeconds=43200)["Credentials"]
given["Expiration"] = given["Expiration"].isoformat()
print(json.dumps({{"Version": 1, **given}}))
"""


@pytest.mark.parametrize("kind", PROFILES)
def test_a_profiles_temporary_credentials_are_renewed_during_a_long_wait(
    cloud: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    helper = tmp_path / "helper.py"
    config = tmp_path / "config"
    known = {"key": cloud.env["AWS_ACCESS_KEY_ID"], "secret": cloud.env["AWS_SECRET_ACCESS_KEY"]}
    helper.write_text(HELPER.format(role=ROLE, **known))
    paths = {"python": sys.executable, "helper": helper, "url": cloud.url}
    config.write_text(PROFILES[kind].format(role=ROLE, **known, **paths))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert made(process(profile="health"), monkeypatch, cloud) == "ACTIVE"
    assert cloud.counts()["AssumeRole"] > 1


def test_static_credentials_that_expire_end_in_a_clear_error_and_the_store_is_kept(
    cloud: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = make_client("sts", Settings(region="us-east-1")).assume_role(
        RoleArn=ROLE, RoleSessionName="me", DurationSeconds=3600
    )["Credentials"]
    ours = process(
        accessKey=given["AccessKeyId"], secretKey=given["SecretAccessKey"], token=given["SessionToken"]
    )
    cloud.settings(lake_create=5400.0)
    with pytest.raises(UnfinishedError) as raised:
        made(ours, monkeypatch, cloud)
    (store,) = cloud.stores()
    assert raised.value.made.id == store.id
    assert "AWS refuses the credentials" in str(raised.value)
    assert "ExpiredTokenException" in str(raised.value)
    assert "the next `pulumi up` goes on from there" in str(raised.value)
    assert given["SecretAccessKey"] not in str(raised.value)
