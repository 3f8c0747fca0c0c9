"""Documents against AWS's models: every kind of fault with its place, the seeds' warnings, the command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from provider.arazzo import DocumentFault, load, try_load
from provider.cli.validate import command
from provider.documents.validation import check_document
from provider.models import services as models
from tests.arazzo.document_cases import BASE, CASES, Case, cases, changed, shown

IMAGING, LAKE = sorted((CASES / "seeds").glob("*.yaml"))
OURS = sorted((Path(__file__).parents[1] / "provider" / "documents").glob("*.yaml"))


def validate(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(each) for each in arguments])


@pytest.mark.parametrize("case", cases("validation"), ids=str)
def test_each_fault_is_found_with_its_place(case: Case) -> None:
    document, faults = try_load(case.text)
    if document is not None:
        faults = (*faults, *check_document(document, models))
    assert [shown(fault) for fault in faults] == list(case.faults), "\n".join(map(str, faults))


def told(path: Path) -> list[tuple[str, int | None, str]]:
    return [(fault.severity, fault.place.line, fault.message) for fault in check_document(load(path), models)]


def test_the_first_seed_is_valid_and_warned_of_states_that_end_it_as_succeeded() -> None:
    assert told(IMAGING) == [
        (
            "warning",
            71,
            "no action of pollDatastore names DELETING, DELETED; the workflow ends as succeeded",
        ),
        ("warning", 71, "after CREATE_FAILED, DELETED the workflow ends as succeeded"),
        (
            "note",
            74,
            (
                "3 criteria of type jsonpath: a bare comparison"
                ' ($.datastoreProperties.datastoreStatus == "ACTIVE") is not part of a JSONPath standard'
            ),
        ),
    ]


def test_the_second_seed_is_valid_and_warned_of_the_states_that_start_or_end_an_export() -> None:
    assert told(LAKE) == [
        (
            "warning",
            103,
            (
                "no action of pollDatastore names DELETING, DELETED, CREATE_FAILED, UPDATING, UPDATE_FAILED;"
                " the workflow goes on with startExportJob"
            ),
        ),
        (
            "warning",
            103,
            "after DELETED, CREATE_FAILED, UPDATE_FAILED the workflow goes on with startExportJob",
        ),
        (
            "note",
            107,
            (
                "5 criteria of type jsonpath: a bare comparison"
                ' ($.DatastoreProperties.DatastoreStatus == "ACTIVE") is not part of a JSONPath standard'
            ),
        ),
        (
            "warning",
            163,
            (
                "no action of pollExportJob names QUEUED, COMPLETED_WITH_ERRORS, FAILED, CANCEL_SUBMITTED,"
                " CANCEL_IN_PROGRESS, CANCEL_COMPLETED, CANCEL_FAILED; the workflow ends as succeeded"
            ),
        ),
        (
            "warning",
            163,
            (
                "after COMPLETED_WITH_ERRORS, FAILED, CANCEL_COMPLETED, CANCEL_FAILED"
                " the workflow ends as succeeded"
            ),
        ),
    ]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_our_own_documents_have_no_errors(path: Path) -> None:
    document, faults = try_load(path)
    assert document is not None, "\n".join(map(str, faults))
    assert [fault for fault in check_document(document, models) if fault.severity == "error"] == []


@pytest.mark.parametrize(
    ("path", "state"),
    [
        (IMAGING, "ACTIVE"),
        (IMAGING, "CREATE_FAILED"),
        (LAKE, "ACTIVE"),
        (LAKE, "COMPLETED"),
        (LAKE, "SUBMITTED"),
    ],
)
def test_a_misspelt_state_of_a_seed_is_told_with_the_right_one(
    path: Path, state: str, tmp_path: Path
) -> None:
    file = tmp_path / path.name
    file.write_text(changed(path.read_text(), {f'"{state}"': f'"{state[:-2]}{state[-1]}"'}))
    wrong = [fault for fault in check_document(load(file), models) if fault.severity == "error"]
    assert [(fault.code, fault.hint) for fault in wrong] == [("unknown-state", f"did you mean {state}?")]


def test_documents_that_a_document_includes_are_checked_too(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(IMAGING.read_text().replace("GetDatastore", "GetDatastor"))
    outer = """\
arazzo: 1.0.1
info: {title: Outer, version: 1.0.0}
sourceDescriptions:
- {name: inner, type: arazzo, url: inner.yaml}
- {name: again, type: arazzo, url: inner.yaml}
workflows:
- workflowId: outer
  steps: [{stepId: run, workflowId: $sourceDescriptions.inner.provision-datastore}]
"""
    (tmp_path / "outer.yaml").write_text(outer)
    faults = check_document(load(tmp_path / "outer.yaml"), models)
    assert [(fault.code, fault.place.document) for fault in faults if fault.severity == "error"] == [
        ("unknown-operation", str(tmp_path / "inner.yaml")),
        ("unknown-operation", str(tmp_path / "inner.yaml")),
    ]


def test_a_document_with_very_many_faults_is_given_up() -> None:
    """Each step calls an operation that does not exist; no more than so many are told."""
    steps = "".join(f"  - {{stepId: s{n}, operationId: Nothing{n}}}\n" for n in range(300))
    workflow = "- workflowId: w{}\n  steps:\n"
    text = SERVICES[: SERVICES.index("- workflowId")].replace("SERVICE", "s3")
    faults = check_document(load(text + workflow.format(1) + steps + workflow.format(2) + steps), models)
    assert len(faults) == 501
    assert {fault.code for fault in faults} == {"unknown-operation", "limit"}


SERVICES = """\
arazzo: 1.0.1
info: {title: Other protocols, version: 1.0.0}
sourceDescriptions: [{name: api, url: a.yaml, x-aws-service: SERVICE}]
workflows:
- workflowId: main
  steps:
  - stepId: call
    operationId: OPERATION
"""


def faults_of(service: str, operation: str, step: str) -> list[str]:
    text = SERVICES.replace("SERVICE", service).replace("OPERATION", operation) + step
    return [f"{fault.code} {fault.message}" for fault in check_document(load(text), models)]


def test_the_query_protocols_action_and_version_are_no_parameters() -> None:
    parameters = (
        "[{name: Action, in: query, value: ListUsers}, {name: Version, in: query, value: '2010-05-08'}]"
    )
    assert faults_of("iam", "ListUsers", f"    parameters: {parameters}\n") == []


def test_headers_with_a_members_prefix_belong_to_it() -> None:
    parameters = (
        "[{name: Bucket, in: path, value: b}, {name: Key, in: path, value: k},"
        " {name: x-amz-meta-team, in: header, value: a}, {name: X-Amz-Metaphor, in: header, value: b}]"
    )
    assert faults_of("s3", "PutObject", f"    parameters: {parameters}\n") == [
        "unknown-parameter PutObject has no parameter 'X-Amz-Metaphor'"
    ]


def test_a_body_that_is_one_member_is_checked_as_that_member() -> None:
    parameters = "[{name: Bucket, in: path, value: b}]"
    body = "{LocationConstraint: eu-west-1, Locaton: {}}"
    step = f"    parameters: {parameters}\n    requestBody: {{payload: {body}}}\n"
    assert faults_of("s3", "CreateBucket", step) == [
        "unknown-member CreateBucketConfiguration of CreateBucket has no 'Locaton'"
    ]


def test_an_answer_that_is_one_member_is_read_as_that_member() -> None:
    step = (
        "    parameters: [{name: restapi_id, in: path, value: a}, {name: stage_name, in: path, value: b},"
        " {name: export_type, in: path, value: oas30}]\n    outputs: {type: $response.body#/contentType}\n"
    )
    assert faults_of("apigateway", "GetExport", step) == [
        "unknown-member '$response.body#/contentType': Blob (blob) of GetExport has no 'contentType'"
    ]


def test_an_answer_without_members_has_none() -> None:
    step = "    parameters: [{name: QueueUrl, in: path, value: q}]\n    outputs: {id: $response.body#/id}\n"
    assert faults_of("sqs", "PurgeQueue", step) == [
        "wrong-place 'QueueUrl' of PurgeQueue belongs in the payload",
        "unknown-member '$response.body#/id': an empty body of PurgeQueue has no 'id'",
    ]


def test_an_operation_without_input_takes_no_payload() -> None:
    found = faults_of("organizations", "LeaveOrganization", "    requestBody: {payload: {a: 1}}\n")
    assert found == ["unknown-member LeaveOrganization takes no payload"]


def test_a_free_document_may_hold_anything() -> None:
    step = """\
    parameters: [{name: modelId, in: path, value: m}]
    requestBody: {payload: {additionalModelRequestFields: {any: {thing: 1}}}}
    outputs: {x: $response.body#/additionalModelResponseFields/any/thing}
"""
    assert faults_of("bedrock-runtime", "Converse", step) == []


def test_the_command_tells_each_document_and_exits_with_0_for_warnings() -> None:
    result = validate(IMAGING, LAKE)
    lines = result.output.splitlines()
    assert result.exit_code == 0
    assert lines[0].startswith(f"{IMAGING}:71:5: warning: no action of pollDatastore names")
    assert lines[3] == f"{IMAGING}: valid, 2 warnings, 1 note"
    assert lines[-1] == f"{LAKE}: valid, 4 warnings, 1 note"


def test_the_command_exits_with_1_for_errors(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(changed(BASE, {"operationId: Create": "operationid: Create"}))
    result = validate(IMAGING, file, tmp_path / "none.yaml")
    assert result.exit_code == 1
    assert f"{file}: invalid, 2 errors" in result.output
    assert f"{tmp_path / 'none.yaml'}: invalid, 1 error" in result.output


def test_the_command_tells_the_faults_as_json() -> None:
    result = validate("--json", LAKE)
    (document,) = json.loads(result.output)
    assert (document["document"], document["valid"], len(document["faults"])) == (str(LAKE), True, 5)
    assert document["faults"][0] == {
        "severity": "warning",
        "code": "unnamed-states",
        "message": "no action of pollDatastore names DELETING, DELETED, CREATE_FAILED, UPDATING,"
        " UPDATE_FAILED; the workflow goes on with startExportJob",
        "hint": "add an action for each",
        "document": str(LAKE),
        "line": 103,
        "column": 5,
        "path": "/workflows/0/steps/1/onSuccess",
        "workflow": "provision-datastore-and-export",
        "step": "pollDatastore",
    }


def test_the_command_runs_as_a_process_without_any_aws_configuration() -> None:
    arguments = [sys.executable, "-m", "provider", "validate", str(IMAGING)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS")}
    run = subprocess.run(arguments, capture_output=True, text=True, check=False, env=environment)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines()[-1] == f"{IMAGING}: valid, 2 warnings, 1 note"


def test_a_fault_without_a_place_is_still_one_line() -> None:
    fault: Any = DocumentFault("error", "code", "something is wrong")
    assert str(fault) == "<text>: error: something is wrong [code]"
