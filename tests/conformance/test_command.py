"""``python -m sandbox conformance``: against the sandbox, and against one that stands in for an account."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from sandbox.conformance.account import TAG

if TYPE_CHECKING:
    from sandbox.aws import Sandbox

ROOT: Final = Path(__file__).parents[2]
ACCOUNT: Final = "123456789012"
COMMAND: Final = [sys.executable, "-m", "sandbox", "conformance"]


def conformance(
    *arguments: str, cloud: Sandbox | None = None, answers: str = ""
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **(cloud.env if cloud else {})}
    return subprocess.run(
        [*COMMAND, *arguments], cwd=ROOT, env=environment, input=answers,
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip


def against_aws(cloud: Sandbox, *arguments: str, answers: str = "") -> subprocess.CompletedProcess[str]:
    return conformance("--against", "aws", *arguments, cloud=cloud, answers=answers)


def altered(record: Path, belief: str, **facts: Any) -> Path:
    """A copy of a record in which AWS answers a belief otherwise."""
    content = json.loads(record.read_text())
    content["beliefs"][belief]["seen"] |= facts
    other = record.with_name("other.json")
    other.write_text(json.dumps({**content, "against": "aws"}))
    return other


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record") / "sandbox.json"
    done = conformance(
        "--against", "sandbox", "--only", "refusals", "--only", "imaging", "--record", str(path)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "differs" not in done.stdout.replace("0 differs", "")
    return path


def test_a_record_says_what_was_answered_and_when_it_changed(record: Path) -> None:
    content = json.loads(record.read_text())
    assert content["against"] == "sandbox"
    assert content["beliefs"]["imaging-unknown-read"]["seen"]["code"] == "ResourceNotFoundException"
    creation = content["beliefs"]["imaging-creation"]
    assert creation["verdict"] == "holds"
    assert creation["seen"]["states"] == ["CREATING", "ACTIVE"]
    assert len(creation["seen"]["times"]) == 2


def test_records_that_say_the_same_do_not_differ(record: Path) -> None:
    other = altered(record, "imaging-unknown-read", message="put in other words")
    done = conformance("compare", str(record), str(other))
    assert (done.returncode, done.stdout.splitlines()[-1][:4]) == (0, "0 of")


def test_what_differs_is_told_belief_by_belief(record: Path) -> None:
    other = altered(record, "imaging-deleted-delete", status=409, code="ConflictException")
    done = conformance("compare", str(record), str(other))
    assert done.returncode == 1
    first, here, there, *_ = done.stdout.splitlines()
    assert first == "imaging-deleted-delete"
    assert here.startswith("  sandbox: ")
    assert 'code "ResourceNotFoundException"' in here
    assert there.startswith("  aws: ")
    assert 'code "ConflictException"' in there


def test_a_creation_that_takes_much_longer_differs(record: Path) -> None:
    done = conformance("compare", str(record), str(altered(record, "imaging-creation", seconds=900)))
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "imaging-creation")


def test_a_file_that_is_no_record_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text('{"what": 1}')
    done = conformance("compare", str(path), str(path))
    assert (done.returncode, done.stderr) == (1, f"Error: {path} is not a record of a conformance run\n")


def test_against_aws_the_number_of_the_account_is_asked_for_and_has_to_be_right(cloud: Sandbox) -> None:
    asked = against_aws(cloud, "--only", "refusals", answers="210987654321\n")
    assert asked.returncode == 1
    assert "The number of the AWS account to run in" in asked.stderr
    assert f"the credentials are those of the account {ACCOUNT}" in asked.stderr
    assert cloud.counts() == {"GetCallerIdentity": 1}


def test_cost_and_clean_up_are_said_before_the_number_is_asked_for(
    cloud: Sandbox,
) -> None:
    done = against_aws(cloud)
    assert done.returncode == 1
    for line in (
        "REAL AWS, region us-east-1; beliefs to confirm: ",
        "HealthLake stores to be made (15 to 30 minutes each): 2",
        "HealthImaging stores to be made (2 minutes each): 2",
        "it takes about ",
        "cost: a HealthLake store is billed for every hour that it exists",
        f"every store with the tag {TAG}=",
    ):
        assert line in done.stderr
    assert done.stderr.index("clean-up: ") < done.stderr.index("The number of the AWS account")
    assert cloud.counts() == {}


def test_a_run_in_an_account_leaves_nothing_of_its_own(cloud: Sandbox, tmp_path: Path) -> None:
    others = cloud.add_store("medical-imaging", {"datastoreName": "legacy"})
    path = tmp_path / "aws.json"
    done = against_aws(cloud, "--account", ACCOUNT, "--only", "imaging", "--record", str(path))
    assert done.stdout.splitlines()[-1].startswith("aws, us-east-1: "), done.stdout + done.stderr
    seen = json.loads(path.read_text())["beliefs"]
    assert seen["imaging-create"]["verdict"] == "holds"
    made = [store for store in cloud.stores(deleted=True) if store.id != others]
    assert len(made) >= 2
    assert len({store.tags[TAG] for store in made}) == 1
    assert [store.id for store in cloud.stores()] == [others]


def test_what_a_belief_needs_and_is_not_given_is_said(cloud: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "aws.json"
    only = ("--only", "image-sets-*", "--only", "permissions")
    done = against_aws(cloud, "--account", ACCOUNT, *only, "--record", str(path))
    assert done.returncode == 0
    assert "not observed: image-sets-import: --images is not given" in done.stdout
    assert "not observed: permissions-lake-read: --role is not given" in done.stdout
    assert cloud.counts().keys() <= {"GetCallerIdentity", "ListFHIRDatastores", "ListDatastores"}


def test_permissions_are_asked_for_with_a_role_that_is_taken_on_with_less(
    cloud: Sandbox, tmp_path: Path
) -> None:
    path, role = tmp_path / "aws.json", f"arn:aws:iam::{ACCOUNT}:role/everything"
    only = ("--account", ACCOUNT, "--only", "permissions", "--record", str(path))
    done = against_aws(cloud, *only, "--role", role)
    assert done.returncode == 0, done.stdout + done.stderr
    verdicts = {entry["verdict"] for entry in json.loads(path.read_text())["beliefs"].values()}
    assert verdicts == {"holds"}
    assert {entry.parameters["RoleArn"] for entry in cloud.journal("AssumeRole")} == {role}
    assert cloud.stores(deleted=True) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.cloud(speed=20.0)
def test_a_run_that_is_stopped_deletes_what_it_made_and_keeps_what_was_answered(
    cloud: Sandbox, how: signal.Signals, tmp_path: Path
) -> None:
    path = tmp_path / "aws.json"
    arguments = ["--against", "aws", "--account", ACCOUNT, "--only", "imaging", "--record", str(path)]
    with subprocess.Popen(
        [*COMMAND, *arguments], cwd=ROOT, env={**os.environ, **cloud.env},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        while not cloud.stores() and running.poll() is None:
            time.sleep(0.05)
        running.send_signal(how)
        cloud.set_speed(2000)
        _, errors = running.communicate(timeout=120)
    assert running.returncode != 0
    assert "deleted: medical-imaging" in errors
    assert cloud.stores() == []
    kept = json.loads(path.read_text())["beliefs"]
    assert kept["imaging-deletion"]["verdict"] == "not observed"


def test_what_cannot_be_made_is_said_and_the_run_goes_on(cloud: Sandbox, tmp_path: Path) -> None:
    cloud.fault("CreateDatastore", "deny", calls=None)
    path = tmp_path / "aws.json"
    done = against_aws(cloud, "--account", ACCOUNT, "--only", "imaging", "--record", str(path))
    entry = json.loads(path.read_text())["beliefs"]["imaging-creation"]
    assert entry["verdict"] == "not observed"
    assert "the probe imaging stopped" in entry["reason"]
    assert "differs: imaging-create: " in done.stdout


def test_what_killed_runs_left_is_swept(cloud: Sandbox) -> None:
    others = cloud.add_store("medical-imaging", {"datastoreName": "legacy"})
    left = cloud.add_store("medical-imaging", {"datastoreName": "left", "tags": {TAG: "killed"}})
    done = against_aws(cloud, "--sweep", "--account", ACCOUNT)
    assert (done.returncode, done.stdout.split()) == (0, ["deleted:", "medical-imaging", left, "left"]), (
        done.stderr
    )
    assert [store.id for store in cloud.stores()] == [others]
