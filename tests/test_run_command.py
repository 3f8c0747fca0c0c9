"""``python -m provider run``: the seeds, its exit codes, and every way to use it wrongly."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from provider.cli.main import main
from sandbox.aws import Sandbox, environment, serve
from tests.conftest import QUICK

SEEDS = Path(__file__).parent / "cases" / "seeds"
IMAGING = str(SEEDS / "healthimaging-provision-datastore.arazzo.yaml")
LAKE = str(SEEDS / "healthlake-provision-datastore-and-export.arazzo.yaml")
SCANS = ["--input", "datastoreName=scans", "--input", "clientToken=token-1"]
RECORDS = {
    "DatastoreName": "records",
    "DatastoreTypeVersion": "R4",
    "OutputS3Uri": "s3://health-exports/records",
    "OutputKmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/0b1c2d3e-0000-4000-8000-000000000000",
    "DataAccessRoleArn": "arn:aws:iam::123456789012:role/export",
    "ExportClientToken": "token-2",
}


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def outputs(self) -> dict[str, Any]:
        outputs: dict[str, Any] = json.loads(self.out)
        return outputs

    @property
    def lines(self) -> list[str]:
        return self.err.splitlines()


@pytest.fixture(scope="module")
def account() -> Iterator[Sandbox]:
    """One account for all tests here: boto3's clients, which are shared, take long to make."""
    with serve(speed=QUICK) as sandbox:
        yield sandbox


@pytest.fixture
def cloud(account: Sandbox) -> Sandbox:
    """The account, empty."""
    account.reset()
    account.clear_orders()
    return account


@pytest.fixture
def unhurried(cloud: Sandbox) -> Iterator[None]:
    """Let stores be made slowly enough to be seen being made, however busy the machine is."""
    cloud.set_speed(100.0)
    yield
    cloud.set_speed(QUICK)


@pytest.fixture(autouse=True)
def surroundings(cloud: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(cloud.url).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def records(tmp_path: Path) -> list[str]:
    """The lake's inputs as a file."""
    file = tmp_path / "inputs.json"
    file.write_text(json.dumps(RECORDS))
    return ["--inputs", str(file)]


class Command:
    """Runs commands in this process: importing everything anew for each would only take time."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Outcome:
        self._capsys.readouterr()
        code = main(["run", *arguments])
        return Outcome(code, *self._capsys.readouterr())


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


def terminal(cloud: Sandbox) -> dict[str, str]:
    return {**os.environ, **environment(cloud.url), "TERM": "xterm", "COLUMNS": "100"}


# Success


@pytest.mark.usefixtures("unhurried")
def test_a_seed_runs_to_its_end_with_a_line_per_step_and_poll(run: Command, cloud: Sandbox) -> None:
    ended = run(IMAGING, *SCANS)
    [store] = cloud.stores()
    assert ended.code == 0
    assert ended.outputs == {
        "datastoreId": store.id,
        "datastoreStatus": "ACTIVE",
        "datastoreArn": store.arn,
    }
    polls = len(cloud.journal("GetDatastore"))
    assert len(ended.lines) == 1 + polls + 1
    assert ended.lines[0].startswith("createDatastore: CreateDatastore 200, datastoreId")
    assert all(line.startswith("pollDatastore: GetDatastore 200") for line in ended.lines[1:-1])
    assert "CREATING after" in ended.lines[1]
    assert "next poll in" in ended.lines[1]
    assert ended.lines[-1].startswith("succeeded in")


def test_inputs_come_from_a_file_and_single_ones_go_before_it(
    run: Command, cloud: Sandbox, records: list[str]
) -> None:
    ended = run(LAKE, *records, "--input", "DatastoreName=other")
    assert ended.code == 0
    assert ended.outputs["jobStatus"] == "COMPLETED"
    assert cloud.stores()[0].name == "other"


@pytest.mark.usefixtures("unhurried")
def test_the_progress_can_be_had_as_json(run: Command) -> None:
    ended = run(IMAGING, *SCANS, "--json")
    events = [json.loads(line) for line in ended.lines]
    assert events[0] == {
        "event": "calling",
        "workflow": "provision-datastore",
        "step": "createDatastore",
        "operation": "CreateDatastore",
        "seconds": 0.0,
        "waited": 0.0,
        "count": 0,
    }
    assert {event["event"] for event in events} == {"calling", "answered", "waiting", "finished"}
    assert len(ended.out.splitlines()) == 1
    assert ended.outputs["datastoreStatus"] == "ACTIVE"


def test_a_dry_run_over_aws_tells_the_requests_and_sends_none(run: Command, cloud: Sandbox) -> None:
    ended = run(IMAGING, *SCANS, "--dry-run")
    create, poll, *_ = json.loads(ended.out)
    assert (create["operation"], create["method"]) == ("CreateDatastore", "POST")
    assert create["url"] == "medical-imaging:/datastore"
    assert create["body"] == {"datastoreName": "scans", "clientToken": "token-1"}
    assert poll["path"] == {"datastoreId": "$steps.createDatastore.outputs.datastoreId"}
    assert (ended.code, ended.err, cloud.journal()) == (0, "", [])


def test_a_trace_over_aws_has_every_request_answer_and_criterion(
    run: Command, cloud: Sandbox, records: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "trace.jsonl"
    assert run(LAKE, *records, "--trace", str(file)).code == 0
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    sent = [line["operation"] for line in lines if line["event"] == "request"]
    assert sent == [call.operation for call in cloud.journal()]
    assert [line["status"] for line in lines if line["event"] == "answer"] == [200] * len(sent)
    told = {
        (line["step"], line["condition"]): line["holds"] for line in lines if line["event"] == "criterion"
    }
    assert told["pollDatastore", '$.DatastoreProperties.DatastoreStatus == "ACTIVE"']
    assert lines[-1]["event"] == "finished"


def test_region_and_endpoint_can_be_given(
    run: Command, cloud: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name)
    ended = run(IMAGING, *SCANS, "--region", "eu-west-1", "--endpoint-url", cloud.url)
    assert ended.code == 0
    assert {entry.region for entry in cloud.journal()} == {"eu-west-1"}


# Failure


def test_a_failed_store_is_a_failure_that_names_the_step_the_status_and_the_reason(
    run: Command, cloud: Sandbox, records: list[str]
) -> None:
    cloud.fail_next_create(message="the key is disabled")
    ended = run(LAKE, *records)
    assert ended.code == 1
    assert ended.outputs["datastoreId"] == cloud.stores()[0].id
    assert ended.lines[-1].startswith("failed at step pollDatastore")
    assert "CREATE_FAILED" in ended.lines[-1]
    assert "the key is disabled (NON_RETRYABLE_ERROR)" in ended.lines[-1]


def test_a_store_that_failed_is_a_failure_although_the_document_ends_well(
    run: Command, cloud: Sandbox
) -> None:
    cloud.fail_next_create()
    ended = run(IMAGING, *SCANS)
    assert ended.code == 1
    assert "datastoreStatus is CREATE_FAILED" in ended.lines[-1]


@pytest.mark.parametrize("status", ["FAILED", "COMPLETED_WITH_ERRORS", "CANCEL_COMPLETED"])
def test_an_export_that_ends_otherwise_is_a_failure(
    run: Command, cloud: Sandbox, records: list[str], status: str
) -> None:
    cloud.end_next_export(status)
    ended = run(LAKE, *records)
    assert ended.code == 1
    assert status in ended.lines[-1]
    assert ended.outputs["jobId"] == cloud.jobs()[0].id


def test_a_refusal_names_the_criterion_and_awss_words(run: Command, cloud: Sandbox) -> None:
    cloud.fault("CreateDatastore", "deny")
    ended = run(IMAGING, *SCANS)
    assert ended.code == 1
    assert "$statusCode == 200: it is 403 (AccessDeniedException: User:" in ended.lines[-1]


def test_trouble_that_passes_is_told_and_overcome(run: Command, cloud: Sandbox) -> None:
    cloud.fault("GetDatastore", "error")
    ended = run(IMAGING, *SCANS)
    assert ended.code == 0
    assert any("GetDatastore: unavailable, next try in" in line for line in ended.lines)


def test_a_request_is_sent_again_as_often_as_was_asked_for(run: Command, cloud: Sandbox) -> None:
    cloud.fault("CreateDatastore", "throttle", calls=None)
    ended = run(IMAGING, *SCANS, "--resends", "1")
    assert ended.code == 1
    assert len(cloud.journal("CreateDatastore")) == 2
    assert "ThrottlingException" in ended.lines[-1]


def test_a_terminal_shows_what_the_run_does_at_the_moment(cloud: Sandbox) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "provider", "run", IMAGING, *SCANS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=terminal(cloud)) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # Linux says so when the other side is closed
                break
            if not part:
                break
            shown += part
        out, _ = process.communicate()
    os.close(ours)
    assert process.returncode == 0, shown
    assert json.loads(out)["datastoreStatus"] == "ACTIVE"
    assert b"createDatastore: CreateDatastore 200" in shown  # the lines stay
    assert b"pollDatastore: GetDatastore" in shown
    assert b"\x1b[2K" in shown  # the live line is taken away again


def test_a_passed_timeout_is_a_failure_that_names_the_status(run: Command, cloud: Sandbox) -> None:
    cloud.stick_next_create()
    ended = run(IMAGING, *SCANS, "--timeout", "0.6")
    assert ended.code == 1
    assert "the deadline passed" in ended.lines[-1]
    assert "CREATING" in ended.lines[-1]


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("AWS_ACCESS_KEY_ID", None, "credentials"),
        ("AWS_ACCESS_KEY_ID", "EXPIRED-KEY", "AWS refuses the credentials"),
        ("AWS_REGION", None, "no AWS region is set"),
    ],
)
def test_what_is_missing_around_it_is_one_line_with_what_to_do(
    run: Command, monkeypatch: pytest.MonkeyPatch, variable: str, value: str | None, message: str
) -> None:
    if value is None:
        monkeypatch.delenv(variable)
        monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    else:
        monkeypatch.setenv(variable, value)
    ended = run(IMAGING, *SCANS)
    assert (ended.code, len(ended.lines)) == (1, 1)
    assert message in ended.lines[0]


# Bad documents and inputs: nothing is called


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([IMAGING], "datastoreName is missing; clientToken is missing"),
        ([IMAGING, "--input", "datastoreNam=x"], "no input datastoreNam.*did you mean datastoreName"),
        ([IMAGING, "--input", "datastoreName"], "has no value.*--input name=value"),
        (
            [IMAGING, *SCANS, "--workflow", "provision"],
            "no workflow provision.*mean provision-datastore",
        ),
        ([LAKE, "--input", "DatastoreTypeVersion=R5"], r"DatastoreTypeVersion: 'R5' is not one of \['R4'\]"),
        (["nowhere.arazzo.yaml"], "nowhere.arazzo.yaml"),
    ],
)
def test_bad_inputs_exit_2_before_any_call(
    run: Command, cloud: Sandbox, arguments: list[str], message: str
) -> None:
    ended = run(*arguments)
    assert ended.code == 2
    assert ended.out == ""
    assert cloud.journal() == []
    _assert_tells(ended, message)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "inputs.json is not JSON"),
        ("[1]", "inputs.json is not a JSON object"),
        ('{"nobody": 1}', "no input nobody"),
        ('{"datastoreName": 5, "clientToken": "x"}', "datastoreName: 5 is not of type 'string'"),
    ],
)
def test_a_bad_file_of_inputs_exits_2(run: Command, tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "inputs.json"
    file.write_text(content)
    ended = run(IMAGING, "--inputs", str(file))
    assert ended.code == 2
    _assert_tells(ended, message)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("operationId: GetDatastore", "operationId: GetDatastor"), "did you mean GetDatastore"),
        (("datastoreName: $inputs.datastoreName", "datastorName: $inputs.datastoreName"), "datastorName"),
        (("stepId: provisioningFailed\n      criteria", "stepId: nowhere\n      criteria"), "nowhere"),
        (('== "ACTIVE"', '== "ACTVE"'), "ACTVE"),
        (("arazzo: 1.0.1", "arazzo: [1"), "error"),
        (("workflows:", "workflow:"), "did you mean .?workflows"),
    ],
)
def test_a_bad_document_exits_2_before_any_call(
    run: Command, cloud: Sandbox, tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    text = Path(IMAGING).read_text()
    assert change[0] in text
    document = tmp_path / "changed.arazzo.yaml"
    document.write_text(text.replace(change[0], change[1]))
    ended = run(str(document), *SCANS)
    assert ended.code == 2
    assert cloud.journal() == []
    _assert_tells(ended, message)


TYPED = """
arazzo: 1.0.1
info: {title: Typed, version: "1"}
sourceDescriptions: [{name: healthImagingApi, url: x.yaml, type: openapi}]
workflows:
- workflowId: list
  inputs:
    type: object
    properties:
      count: {type: integer}
      flags: {type: object}
      either: {type: [string, integer]}
      free: {}
  steps:
  - stepId: list
    operationId: ListDatastores
    parameters: [{name: maxResults, in: query, value: $inputs.count}]
  outputs: {count: $inputs.count, flags: $inputs.flags, either: $inputs.either, free: $inputs.free}
"""


def test_values_are_json_where_the_schema_wants_something_else_than_text(
    run: Command, tmp_path: Path
) -> None:
    document = tmp_path / "typed.arazzo.yaml"
    document.write_text(TYPED)
    given = ["count=5", 'flags={"a": true}', "either=7", "free=true", "free=a=b"]
    ended = run(str(document), *(part for each in given for part in ("--input", each)))
    assert ended.outputs == {"count": 5, "flags": {"a": True}, "either": "7", "free": "a=b"}
    ended = run(str(document), "--input", "count=many")
    assert ended.code == 2
    _assert_tells(ended, "the input count must be JSON of type integer")
    assert "quote it" not in ended.err
    ended = run(str(document), "--input", "flags={a: 1}")
    assert ended.code == 2
    _assert_tells(ended, "the input flags must be JSON of type object.*quote it for the shell")


def test_a_wrong_option_exits_2(run: Command) -> None:
    assert run(IMAGING, "--colour").code == 2
    assert run(IMAGING, *SCANS, "--timeout", "-5").code == 2
    assert run(IMAGING, "--inputs", "nowhere.json").code == 2


# As a process


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "provider", "run", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
        cwd=Path(__file__).parents[1],
    )


def test_the_command_is_a_process_with_an_exit_code() -> None:
    process = start(IMAGING, *SCANS)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert json.loads(out)["datastoreStatus"] == "ACTIVE"


def test_ctrl_c_ends_it_with_one_line_and_130(cloud: Sandbox) -> None:
    cloud.stick_next_create()
    process = start(IMAGING, *SCANS)
    while not cloud.journal("GetDatastore"):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert err.splitlines()[-1].startswith("interrupted at step pollDatastore")
    assert "Traceback" not in err


def test_help_names_the_commands_and_an_unknown_one_is_refused() -> None:
    assert main(["--help"]) == 0
    assert main(["runn"]) == 2


def _assert_tells(ended: Outcome, message: str) -> None:
    assert re.search(message, ended.err), ended.err
