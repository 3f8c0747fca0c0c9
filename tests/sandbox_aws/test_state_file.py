from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from sandbox.aws import ManualClock, Sandbox, serve
from sandbox.errors import StateFileError

OUTPUT = {"S3Configuration": {"S3Uri": "s3://bucket/x", "KmsKeyId": "alias/x"}}
ROLE = "arn:aws:iam::123456789012:role/exporter"


def connect(sandbox: Sandbox, service: str, attempts: int = 5) -> Any:
    return boto3.client(
        service,
        config=Config(retries={"total_max_attempts": attempts}),
        endpoint_url=sandbox.url,
        region_name="us-east-1",
        aws_access_key_id=sandbox.env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=sandbox.env["AWS_SECRET_ACCESS_KEY"],
    )


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    clock, state_file = ManualClock(), tmp_path / "state.json"
    asked = {"DatastoreTypeVersion": "R4", "DatastoreName": "a", "ClientToken": "t"}
    with serve(clock=clock, state_file=state_file) as sandbox:
        lake = connect(sandbox, "healthlake")
        imaging_store = sandbox.add_store("medical-imaging", {"datastoreName": "i", "tags": {"a": "1"}})
        sandbox.add_image_sets(imaging_store, 3, locked=1, locked_seconds=float("inf"))
        lake_store = sandbox.add_store("healthlake", {"DatastoreTypeVersion": "R4"})
        made = lake.create_fhir_datastore(**asked)["DatastoreId"]
        job = lake.start_fhir_export_job(
            DatastoreId=lake_store, DataAccessRoleArn=ROLE, OutputDataConfig=OUTPUT
        )["JobId"]
        sandbox.fault("ListFHIRDatastores", "deny", calls=[2])
        sandbox.fail_next_create()
        sandbox.settings(stores=5)
        before = (sandbox.stores(), sandbox.jobs(), sandbox.image_sets(imaging_store), sandbox.faults())
    with serve(clock=clock, state_file=state_file) as sandbox:
        lake = connect(sandbox, "healthlake")
        after = (sandbox.stores(), sandbox.jobs(), sandbox.image_sets(imaging_store), sandbox.faults())
        assert after == before
        assert sandbox.settings()["stores"] == 5
        with pytest.raises(lake.exceptions.ThrottlingException):
            connect(sandbox, "healthlake", 1).create_fhir_datastore(**asked)
        sandbox.advance(1201)
        assert lake.create_fhir_datastore(**asked)["DatastoreId"] == made
        assert {job.id: job.status for job in sandbox.jobs()} == {job: "COMPLETED"}
        assert sandbox.store(made).status == "ACTIVE"


def test_time_goes_on_while_the_sandbox_is_down(tmp_path: Path) -> None:
    clock, state_file = ManualClock(), tmp_path / "state.json"
    with serve(clock=clock, state_file=state_file) as sandbox:
        made = connect(sandbox, "medical-imaging").create_datastore(datastoreName="a")["datastoreId"]
    clock.advance(121)
    with serve(clock=clock, state_file=state_file, speed=10) as sandbox:
        assert sandbox.store(made).status == "ACTIVE"
        assert sandbox.health().speed == 10


def test_reads_do_not_write_the_file(tmp_path: Path) -> None:
    state_file = tmp_path / "state.json"
    with serve(state_file=state_file) as sandbox:
        before = state_file.stat().st_ino
        connect(sandbox, "medical-imaging").list_datastores()
        assert state_file.stat().st_ino == before
        sandbox.add_store("healthlake", {"DatastoreTypeVersion": "R4"})
        assert state_file.stat().st_ino != before


def test_a_file_that_cannot_be_written_is_one_clear_error_at_the_start(tmp_path: Path) -> None:
    state_file = tmp_path / "missing" / "state.json"
    with pytest.raises(StateFileError, match="cannot write the state file") as caught:
        serve(state_file=state_file).__enter__()
    assert "\n" not in str(caught.value)


def test_a_write_leaves_nothing_else_behind(tmp_path: Path) -> None:
    state_file = tmp_path / "state.json"
    with serve(state_file=state_file) as sandbox:
        sandbox.add_store("healthlake", {"DatastoreTypeVersion": "R4"})
        assert json.loads(state_file.read_text())["stores"]
        assert list(tmp_path.iterdir()) == [state_file]


@pytest.mark.parametrize("content", ["{", "[]", '{"stores": {}}', '{"timeline": {"segments": 5}}'])
def test_a_file_that_is_no_state_is_one_clear_error(tmp_path: Path, content: str) -> None:
    state_file = tmp_path / "state.json"
    state_file.write_text(content)
    with pytest.raises(StateFileError, match=r"is not a state file of this sandbox.*move it away") as caught:
        serve(state_file=state_file).__enter__()
    assert "\n" not in str(caught.value)
    assert state_file.read_text() == content


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    state_file = tmp_path / "state.json"
    with serve(clock=ManualClock(), state_file=state_file) as sandbox:
        sandbox.add_store("medical-imaging", {"datastoreName": "i"})
    assert state_file.stat().st_mode & 0o777 == 0o600
