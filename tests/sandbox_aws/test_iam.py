"""IAM's policy simulator, which decides by the policies that the sandbox was given."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.aws import Role, Sandbox
from tests.sandbox_aws.conftest import Connect

USER = "arn:aws:iam::123456789012:user/sandbox"
ROLE = "arn:aws:iam::123456789012:role/deployers/health"
STORE = "arn:aws:healthlake:us-east-1:123456789012:datastore/fhir/0123"
READ, DELETE = "healthlake:DescribeFHIRDatastore", "healthlake:DeleteFHIRDatastore"


def policy(*actions: str, **more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": [*actions], "Resource": "*", **more}]}


@pytest.fixture
def iam(connect: Connect) -> Any:
    return connect("iam")


def decisions(iam: Any, *actions: str, principal: str = USER, **more: Any) -> dict[str, str]:
    found = iam.simulate_principal_policy(PolicySourceArn=principal, ActionNames=[*actions], **more)
    return {each["EvalActionName"]: each["EvalDecision"] for each in found["EvaluationResults"]}


def test_where_nothing_is_said_everything_is_allowed(iam: Any) -> None:
    assert decisions(iam, READ, DELETE) == {READ: "allowed", DELETE: "allowed"}


def test_a_user_is_judged_by_the_callers_policy(cloud: Sandbox, iam: Any) -> None:
    cloud.allow(policy("iam:Simulate*", "healthlake:Describe*"))
    assert decisions(iam, READ, DELETE, ResourceArns=[STORE]) == {READ: "allowed", DELETE: "implicitDeny"}


def test_the_permission_to_ask_may_be_on_oneself_alone(cloud: Sandbox, iam: Any) -> None:
    cloud.allow(policy("iam:SimulatePrincipalPolicy", "iam:GetRole", Resource=[USER, ROLE]))
    assert decisions(iam, READ) == {READ: "implicitDeny"}
    with pytest.raises(iam.exceptions.ClientError, match="AccessDenied"):
        decisions(iam, READ, principal=f"{USER}s")
    with pytest.raises(iam.exceptions.ClientError, match="AccessDenied"):
        iam.get_role(RoleName="others")


def test_a_role_is_judged_by_its_own(cloud: Sandbox, iam: Any) -> None:
    cloud.allow(None, roles={ROLE: Role(trust=policy("sts:AssumeRole"), permissions=policy(READ))})
    assert decisions(iam, READ, DELETE, principal=ROLE) == {READ: "allowed", DELETE: "implicitDeny"}
    assert decisions(iam, DELETE) == {DELETE: "allowed"}


@pytest.mark.parametrize(
    ("service", "decision"), [("healthlake.amazonaws.com", "allowed"), ("ec2.amazonaws.com", "implicitDeny")]
)
def test_conditions_are_decided_by_the_context_that_is_given(
    cloud: Sandbox, iam: Any, service: str, decision: str
) -> None:
    to_lake = {"StringEquals": {"iam:PassedToService": "healthlake.amazonaws.com"}}
    allowed = policy("iam:PassRole", Condition=to_lake)["Statement"]
    cloud.allow({"Statement": [*allowed, *policy("iam:SimulatePrincipalPolicy")["Statement"]]})
    entry = {
        "ContextKeyName": "iam:PassedToService",
        "ContextKeyValues": [service],
        "ContextKeyType": "string",
    }
    assert decisions(iam, "iam:PassRole", ContextEntries=[entry]) == {"iam:PassRole": decision}


def test_who_may_not_ask_is_refused(cloud: Sandbox, iam: Any, refused: Any) -> None:
    cloud.allow(policy("healthlake:*"))
    given = {"PolicySourceArn": USER, "ActionNames": [READ]}
    assert refused(iam.simulate_principal_policy, **given) == (403, "AccessDenied")


def test_a_role_is_shown_with_its_path(connect: Connect, iam: Any, refused: Any) -> None:
    assert refused(iam.get_role, RoleName="health") == (404, "NoSuchEntity")
    connect("sts").assume_role(RoleArn=ROLE, RoleSessionName="me")
    assert iam.get_role(RoleName="health")["Role"]["Arn"] == ROLE
