"""``python -m provider doctor``: whether an account is ready, without making anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from click.testing import CliRunner

from provider.cli.doctor import command
from provider.cli.doctor.permissions import Question, denied, questions, role_name, without_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.aws import Sandbox

READS = {
    "GetCallerIdentity",
    "ListDatastores",
    "ListFHIRDatastores",
    "SimulatePrincipalPolicy",
    "GetRole",
    "AssumeRole",
}


@pytest.fixture(autouse=True)
def account(cloud: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The environment leads to the emulated account; nothing of what is asked changes it."""
    for name, value in cloud.env.items():
        monkeypatch.setenv(name, value)
    yield
    assert {entry.operation for entry in cloud.journal()} - {None} <= READS


def doctor(*arguments: str) -> tuple[int, dict[str, dict[str, str]]]:
    """The exit code, and the findings by subject; the last one where there are several of a subject."""
    done = CliRunner().invoke(command, [*arguments, "--json"], standalone_mode=False)
    assert done.exception is None, done.exception
    return done.return_value, {each["subject"]: each for each in json.loads(done.stdout)}


def lines(*arguments: str) -> list[str]:
    done = CliRunner().invoke(command, [*arguments], standalone_mode=False)
    assert done.exception is None, done.exception
    return done.stdout.splitlines()


def test_an_account_that_is_ready_has_no_problem() -> None:
    code, found = doctor()
    assert code == 0
    assert found["caller"]["message"] == "arn:aws:iam::123456789012:user/sandbox, in the account 123456789012"
    assert {name: each["verdict"] for name, each in found.items() if name != "permissions"} == dict.fromkeys(
        [
            "caller",
            "region",
            "endpoint of medical-imaging",
            "quota of HealthImaging data stores",
            "endpoint of healthlake",
            "quota of HealthLake data stores",
        ],
        "ok",
    )


def test_every_finding_is_a_line() -> None:
    found = lines("--region", "eu-central-1")
    caller = "ok       caller: arn:aws:iam::123456789012:user/sandbox, in the account 123456789012"
    assert caller in found
    assert (
        "problem  region: HealthImaging data stores are not known to exist in eu-central-1; "
        "use one of ap-southeast-2, eu-west-1, eu-west-2, us-east-1, us-west-2"
    ) in found


def test_a_service_that_is_missing_in_the_region_is_a_problem() -> None:
    code, found = doctor("--region", "us-east-2")
    assert code == 1
    assert found["region"]["verdict"] == "ok"  # of HealthLake; that of HealthImaging came before
    missing = "HealthImaging data stores are not known to exist in us-east-2"
    assert any(missing in line for line in lines("--region", "us-east-2"))


def test_what_the_quota_leaves_is_counted_without_what_is_deleted(cloud: Sandbox) -> None:
    made = [cloud.add_store("medical-imaging", {"datastoreName": f"images-{n}"}) for n in range(9)]
    cloud.force_status(made[0], "DELETED")
    cloud.force_status(made[1], "CREATE_FAILED")
    _, found = doctor()
    quota = found["quota of HealthImaging data stores"]
    assert (quota["verdict"], quota["message"]) == ("ok", "7 exist, the default quota of 10 leaves 3")


def test_a_quota_that_is_used_up_is_a_problem(cloud: Sandbox) -> None:
    for number in range(10):
        cloud.add_store("healthlake", {"DatastoreTypeVersion": "R4", "DatastoreName": f"records-{number}"})
    code, found = doctor()
    quota = found["quota of HealthLake data stores"]
    assert (code, quota["verdict"]) == (1, "problem")
    assert "ask for a higher quota" in quota["advice"]


def test_without_credentials_nothing_else_is_asked(cloud: Sandbox) -> None:
    cloud.fault("*", "expire", calls=None)
    code, found = doctor()
    assert (code, [*found]) == (1, ["region", "caller"])
    assert "renew them" in found["caller"]["message"]


def test_a_region_that_does_not_exist_is_named_before_anything_is_asked_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
    code, found = doctor("--region", "us-esat-1")
    assert (code, [*found]) == (1, ["region", "caller"])
    assert "are not known to exist in us-esat-1" in found["region"]["message"]
    assert found["caller"]["message"].startswith("no answer to GetCallerIdentity from http://127.0.0.1:1: ")
    assert found["caller"]["advice"] == "check the region, the endpoint and the network"


def test_without_a_region_it_is_said_where_to_set_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_REGION", "")
    code, found = doctor()
    assert code == 1
    assert any("region" in each["subject"] or "region" in each["message"] for each in found.values())


def test_an_endpoint_that_does_not_answer_is_a_problem(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_HEALTHLAKE", "http://127.0.0.1:1")
    code, found = doctor()
    assert code == 1
    assert "nothing listens there" in found["endpoint of healthlake"]["message"]
    assert found["endpoint of medical-imaging"]["verdict"] == "ok"


def test_who_may_not_list_stores_learns_it(cloud: Sandbox) -> None:
    cloud.fault("ListDatastores", "deny", calls=None)
    _, found = doctor()
    assert found["endpoint of medical-imaging"]["verdict"] == "ok"
    quota = found["quota of HealthImaging data stores"]
    assert quota["verdict"] == "problem"
    assert "is not authorized to perform: medical-imaging:ListDatastores" in quota["message"]
    assert "python -m provider policy" in quota["advice"]


LACKING = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["iam:SimulatePrincipalPolicy", "iam:GetRole"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["healthlake:*", "medical-imaging:*"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["glue:*", "kms:*", "lambda:*", "ram:*", "tag:*"], "Resource": "*"},
        {"Effect": "Deny", "Action": "healthlake:Delete*", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": "arn:aws:iam::123456789012:role/export",
            "Condition": {"StringEquals": {"iam:PassedToService": "healthlake.amazonaws.com"}},
        },
    ],
}
EXPORT_ROLE = "arn:aws:iam::123456789012:role/export"


def permissions(*arguments: str) -> list[str]:
    return [line for line in lines(*arguments) if " permissions: " in line]


def test_who_has_all_that_is_needed_is_told_so() -> None:
    (line,) = permissions("--export-role", EXPORT_ROLE)
    assert line.startswith("ok       permissions: the caller has the ")


@pytest.mark.cloud(policy=LACKING)
def test_each_action_that_is_lacking_is_named_with_what_to_do() -> None:
    store = "arn:aws:healthlake:us-east-1:123456789012:datastore/fhir/*"
    (line,) = permissions("--export-role", EXPORT_ROLE)
    assert line == (
        "problem  permissions: the caller lacks healthlake:DeleteFHIRDatastore on "
        f"{store}: a policy denies it; attach what `python -m provider policy` prints to the caller"
    )
    code, _ = doctor("--export-role", EXPORT_ROLE)
    assert code == 1


@pytest.mark.cloud(
    policy={"Statement": [{"Effect": "Allow", "NotAction": ["kms:*", "lambda:*"], "Resource": "*"}]}
)
def test_what_only_some_stores_need_is_no_problem() -> None:
    code, _ = doctor("--export-role", EXPORT_ROLE)
    assert code == 0
    found = permissions("--export-role", EXPORT_ROLE)
    assert all(line.startswith("unknown  ") for line in found)
    assert any("kms:ReEncryptFrom" in line and "only with a key of your own" in line for line in found)


@pytest.mark.cloud(policy=LACKING)
def test_the_role_of_exports_is_checked_where_it_is_given() -> None:
    assert any("iam:PassRole is not checked; give --export-role" in line for line in permissions())
    other = permissions("--export-role", EXPORT_ROLE.replace("export", "other"))
    assert any("the caller lacks iam:PassRole on " in line for line in other)


@pytest.mark.cloud(
    policy={"Statement": [{"Effect": "Allow", "Action": "iam:SimulatePrincipalPolicy", "Resource": "*"}]}
)
def test_actions_that_are_lacking_together_are_one_line() -> None:
    code, _ = doctor()
    found = permissions()
    assert code == 1
    assert sum(line.startswith("problem") for line in found) == 3  # on everything, on each service's stores
    assert sum("it saves calls in an account of more than ten stores" in line for line in found) == 1
    assert any(
        "lacks glue:CreateDatabase, glue:DeleteDatabase, healthlake:CreateFHIRDatastore, " in line
        for line in found
    )


def test_the_role_of_exports_is_given_by_its_arn() -> None:
    done = CliRunner().invoke(command, ["--export-role", "export"])
    assert done.exit_code == 2
    assert "export is not the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME)" in done.stderr


@pytest.mark.cloud(policy={"Version": "2012-10-17", "Statement": []})
def test_who_may_not_ask_iam_is_told_so_and_nothing_is_guessed() -> None:
    code, _ = doctor()
    assert code == 1  # the stores cannot be listed
    (line,) = permissions()
    assert line.startswith(
        "unknown  permissions: IAM does not say what arn:aws:iam::123456789012:user/sandbox"
    )
    assert "is not authorized to perform: iam:SimulatePrincipalPolicy" in line
    assert "allow iam:SimulatePrincipalPolicy and iam:GetRole on the caller" in line


@pytest.mark.cloud(speed=1.0)  # a session holds for an hour of the sandbox
def test_the_session_of_a_role_is_judged_by_its_role(cloud: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    role = "arn:aws:iam::123456789012:role/deployers/health"
    sts = boto3.client("sts")
    given = sts.assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", given["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", given["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", given["SessionToken"])
    assert permissions("--export-role", EXPORT_ROLE)[0].startswith("ok ")
    asked = cloud.journal("SimulatePrincipalPolicy")
    assert {entry.parameters["PolicySourceArn"] for entry in asked} == {role}


POLICY: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["healthlake:CreateFHIRDatastore"], "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": ["healthlake:DeleteFHIRDatastore"],
            "Resource": "arn:aws:healthlake:*:*:datastore/fhir/*",
        },
        {
            "Effect": "Allow",
            "Action": ["iam:PassRole"],
            "Resource": "*",
            "Condition": {"StringEquals": {"iam:PassedToService": "healthlake.amazonaws.com"}},
        },
    ],
}


@pytest.mark.parametrize("role", [None, "arn:aws:iam::123456789012:role/export"])
def test_a_policy_is_asked_for_statement_by_statement(role: str | None) -> None:
    here = {"aws:RequestedRegion": "eu-west-1"}
    passing = Question(
        ("iam:PassRole",), str(role), {"iam:PassedToService": "healthlake.amazonaws.com", **here}
    )
    store = f"arn:aws:healthlake:eu-west-1:123456789012:datastore/fhir/{'0' * 32}"
    assert [*questions(POLICY, region="eu-west-1", account="123456789012", role=role)] == [
        Question(("healthlake:CreateFHIRDatastore",), "*", here),
        Question(("healthlake:DeleteFHIRDatastore",), store, here),
        *([passing] if role else []),
    ]


def test_what_is_not_allowed_comes_with_why() -> None:
    decisions = [
        {"EvalActionName": "a:Read", "EvalDecision": "allowed"},
        {"EvalActionName": "a:Write", "EvalDecision": "implicitDeny"},
        {"EvalActionName": "a:Delete", "EvalDecision": "explicitDeny"},
    ]
    assert denied(decisions) == {"a:Write": "no policy allows it", "a:Delete": "a policy denies it"}


@pytest.mark.parametrize(
    ("caller", "name", "principal"),
    [
        ("arn:aws:iam::123456789012:user/team/ada", None, "arn:aws:iam::123456789012:user/team/ada"),
        (
            "arn:aws:sts::123456789012:assumed-role/deploy/ada@example.com",
            "deploy",
            "arn:aws:iam::123456789012:role/deploy",
        ),
        (
            "arn:aws-us-gov:sts::123456789012:assumed-role/deploy/ci",
            "deploy",
            "arn:aws-us-gov:iam::123456789012:role/deploy",
        ),
    ],
)
def test_the_policies_of_a_session_are_those_of_its_role(
    caller: str, name: str | None, principal: str
) -> None:
    assert role_name(caller) == name
    assert without_path(caller) == principal
