"""The least IAM policy of documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from provider.arazzo import DocumentError, load
from provider.cli.policy import command
from provider.documents.policy import policy
from provider.models import services as models
from tests.arazzo.document_cases import CASES, SEEDS, changed

IMAGING, LAKE = SEEDS
STORE = "arn:aws:healthlake:*:*:datastore/fhir/*"


def statements(*sources: str | Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = policy([load(source) for source in sources], models)["Statement"]
    return found


def granted(*sources: str | Path) -> set[tuple[str, str]]:
    return {(action, each["Resource"]) for each in statements(*sources) for action in each["Action"]}


def test_the_second_seed_needs_its_four_operations_and_to_pass_a_role() -> None:
    assert policy([load(LAKE)], models) == {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["healthlake:CreateFHIRDatastore"], "Resource": "*"},
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
    assert ("healthlake:TagResource", STORE) not in granted(LAKE)
    text = lake(**{"        ClientToken: $inputs.CreateClientToken": "        Tags: [{Key: a, Value: b}]"})
    assert ("healthlake:TagResource", STORE) in granted(text)


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
    assert json.loads(result.output) == policy([load(IMAGING), load(LAKE)], models)


def test_our_own_documents_need_nothing_but_the_two_services_a_role_and_who_asks() -> None:
    ours = sorted((CASES.parents[1] / "provider" / "documents").glob("*.yaml"))
    services = {action.partition(":")[0] for action, _ in granted(*ours)}
    assert services <= {"healthlake", "medical-imaging", "iam", "sts"}
