from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.aws import Control, environment

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
