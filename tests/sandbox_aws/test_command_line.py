from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.aws import IMAGING, LAKE, Control, environment

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], Control]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox.aws", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, Control(process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


def test_it_prints_its_url_and_serves_the_environment_of_it(tmp_path: Path) -> None:
    with running("--speed", "500") as (_, control):
        assert control.health().speed == 500
        env = environment(control.url)
        code = (
            "import boto3; client = boto3.client('healthlake');"
            "print(client.list_fhir_datastores()['DatastorePropertiesList'])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **env},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "[]\n"
        assert control.counts() == {"ListFHIRDatastores": 1}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(number: signal.Signals) -> None:
    with running() as (process, control):
        control.health()
        process.send_signal(number)
        output, errors = process.communicate(timeout=20)
        assert (process.returncode, output, errors) == (0, "", "")


def test_a_killed_one_goes_on_where_it_was(tmp_path: Path) -> None:
    state = str(tmp_path / "state.json")
    with running("--state", state) as (process, control):
        kept = control.add_store("healthlake", {"DatastoreTypeVersion": "R4", "DatastoreName": "kept"})
        process.kill()
        process.wait(20)
    with running("--state", state) as (_, control):
        assert control.store(kept).name == "kept"


@pytest.mark.parametrize("arguments", [("--speed", "0"), ("--port", "x"), ("--state", "/")])
def test_a_wrong_option_is_a_usage_error(arguments: Any) -> None:
    command = [sys.executable, "-m", "sandbox.aws", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_broken_state_file_is_one_line(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text("{")
    command = [sys.executable, "-m", "sandbox.aws", "--state", str(state)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(state) in done.stderr


KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::123456789012:role/export"


def test_what_may_be_done_can_be_given_as_files(tmp_path: Path) -> None:
    files = {
        "policy": {
            "Effect": "Allow",
            "Action": ["healthlake:*", "iam:*", "glue:*", "ram:*", "kms:*"],
            "Resource": "*",
        },
        "trust": {"Effect": "Deny", "Principal": {"Service": "*"}, "Action": "sts:AssumeRole"},
        "key": {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"},
    }
    for name, statement in files.items():
        (tmp_path / name).write_text(json.dumps({"Statement": [statement]}))
    policy, trust, key = (str(tmp_path / name) for name in files)
    with running("--policy", policy, "--role", ROLE, trust, policy, "--key", KEY, key) as (_, control):
        env = environment(control.url)
        keys = {
            "aws_access_key_id": env["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": env["AWS_SECRET_ACCESS_KEY"],
        }
        lake = boto3.client(LAKE, "us-east-1", endpoint_url=control.url, **keys)
        store = control.add_store(LAKE, {"DatastoreTypeVersion": "R4"})
        with pytest.raises(ClientError, match="medical-imaging:CreateDatastore"):
            boto3.client(IMAGING, "us-east-1", endpoint_url=control.url, **keys).create_datastore()
        own = {"KmsEncryptionConfig": {"CmkType": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": KEY}}
        made = lake.create_fhir_datastore(DatastoreTypeVersion="R4", SseConfiguration=own)["DatastoreId"]
        job = lake.start_fhir_export_job(
            DatastoreId=store,
            DataAccessRoleArn=ROLE,
            OutputDataConfig={"S3Configuration": {"S3Uri": "s3://exports/out", "KmsKeyId": KEY}},
        )["JobId"]
        control.advance(1300)
        refused = lake.describe_fhir_datastore(DatastoreId=made)["DatastoreProperties"]
        assert refused["DatastoreStatus"] == "CREATE_FAILED"
        assert "kms:DescribeKey" in refused["ErrorCause"]["ErrorMessage"]
        shown = lake.describe_fhir_export_job(DatastoreId=store, JobId=job)["ExportJobProperties"]
        assert (shown["JobStatus"], "sts:AssumeRole" in shown["Message"]) == ("FAILED", True)


@pytest.mark.parametrize("content", ["{", json.dumps({"Statement": [{"Effect": "Maybe"}]})])
def test_a_file_that_is_no_policy_is_one_line(tmp_path: Path, content: str) -> None:
    policy = tmp_path / "policy.json"
    policy.write_text(content)
    command = [sys.executable, "-m", "sandbox.aws", "--policy", str(policy)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
