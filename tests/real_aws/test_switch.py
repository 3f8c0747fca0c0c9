"""The switch itself, pointed at the emulator as if that were the real account."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from sandbox.conformance.account import TAG

if TYPE_CHECKING:
    from sandbox.aws import Sandbox

ROOT: Final = Path(__file__).parents[2]
ACCOUNT: Final = "123456789012"
REFUSED: Final = 4
FAILED: Final = 1
ADOPTION: Final = "a_store_that_differs_in_what_cannot_change_is_not_adopted"
GET: Final = "a_store_can_be_read_without_being_managed"
SMALLEST: Final = "the_smallest_stack"

LEGACY = {"datastoreName": "legacy"}


def pytest_run(cloud: Sandbox, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on the end-to-end tests, in an environment that leads to that account."""
    found = [
        folder for folder in os.environ["PATH"].split(os.pathsep) if not (Path(folder) / "pulumi").exists()
    ]
    environment = {**os.environ, **cloud.env, "PATH": os.pathsep.join(found), "PYTEST_ADDOPTS": ""}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/e2e", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip


def test_without_the_switch_no_account_of_the_environment_is_touched(cloud: Sandbox) -> None:
    done = pytest_run(cloud, "-k", f"{ADOPTION} and sandbox")
    assert "1 passed" in done.stdout, done.stdout
    assert cloud.journal() == []


@pytest.mark.parametrize(
    ("arguments", "reason", "calls"),
    [
        (["--real-aws=210987654321"], f"the credentials are those of the account {ACCOUNT}", 1),
        (["--real-aws=12"], "give the 12 digits of the account's id", 0),
        ([f"--real-aws={ACCOUNT}", "-n", "2"], "leave -n out", 0),
        (["--real-aws-sweep"], "go with --real-aws=ACCOUNT_ID", 0),
    ],
)
def test_a_switch_that_is_not_sure_is_refused_before_anything_is_made(
    cloud: Sandbox, arguments: list[str], reason: str, calls: int
) -> None:
    done = pytest_run(cloud, *arguments)
    assert (done.returncode, reason in done.stderr) == (REFUSED, True), done.stdout + done.stderr
    assert cloud.counts() == ({"GetCallerIdentity": calls} if calls else {})


def test_credentials_that_nobody_knows_are_refused(cloud: Sandbox) -> None:
    cloud.fault("*", "expire", calls=None)
    done = pytest_run(cloud, f"--real-aws={ACCOUNT}")
    assert done.returncode == REFUSED
    assert "AWS does not say whose credentials" in done.stderr


def test_what_is_made_what_it_costs_and_how_it_is_cleaned_up_is_said_before_anything_is_made(
    cloud: Sandbox,
) -> None:
    done = pytest_run(cloud, f"--real-aws={ACCOUNT}", "--collect-only")
    assert done.returncode == 0, done.stdout + done.stderr
    for line in (
        f"REAL AWS, account {ACCOUNT}, region us-east-1; tests, one after the other: 9",
        "HealthLake stores to be made (15 to 30 minutes each): 6",
        "HealthImaging stores to be made (2 minutes each): 6",
        "billed for every hour that it exists; see https://aws.amazon.com/healthlake/pricing/",
        f"deletes every store with the tag {TAG}=",
        "left out, as they export, and --real-aws-export does not say where to: 2",
        "left out, as only the emulator has faults",
    ):
        assert line in done.stdout
    assert not {name for name in cloud.counts() if name.startswith(("Create", "Delete", "Tag"))}


def test_where_to_export_to_lets_the_tests_that_export_run(cloud: Sandbox) -> None:
    where = "--real-aws-export=s3://bucket,key,arn:aws:iam::123456789012:role/export"
    done = pytest_run(cloud, f"--real-aws={ACCOUNT}", where, "--collect-only")
    assert "tests, one after the other: 11" in done.stdout


def test_the_chosen_tests_run_in_the_account_as_announced_and_leave_nothing_of_theirs(cloud: Sandbox) -> None:
    others = cloud.add_store("medical-imaging", LEGACY)
    done = pytest_run(cloud, f"--real-aws={ACCOUNT}", "-k", f"{GET} or {ADOPTION}")
    assert "2 passed" in done.stdout, done.stdout
    made = [store for store in cloud.stores(deleted=True) if store.id != others]
    assert len({store.tags[TAG] for store in made}) == 1
    for service, name in (("healthlake", "HealthLake"), ("medical-imaging", "HealthImaging")):
        announced = re.search(rf"{name} stores to be made .*: (\d+),", done.stdout)
        assert announced is not None
        assert int(announced[1]) == len([store for store in made if store.service == service]) == 1
    assert [store.id for store in cloud.stores()] == [others]


def test_a_test_that_fails_leaves_nothing_either(cloud: Sandbox) -> None:
    cloud.fail_next_create(service="healthlake")
    done = pytest_run(cloud, f"--real-aws={ACCOUNT}", "-k", SMALLEST)
    assert done.returncode == FAILED, done.stdout
    assert "assert up.exit_code == 0" in done.stdout
    assert len(cloud.journal("CreateFHIRDatastore")) == 1
    assert cloud.stores() == []


def test_what_a_killed_run_left_is_told_and_swept_on_demand(cloud: Sandbox) -> None:
    others = cloud.add_store("medical-imaging", LEGACY)
    left = {
        cloud.add_store("medical-imaging", {**LEGACY, "tags": {TAG: "killed"}}),
        cloud.add_store(
            "healthlake", {"DatastoreTypeVersion": "R4", "Tags": [{"Key": TAG, "Value": "killed"}]}
        ),
    }
    told = pytest_run(cloud, f"--real-aws={ACCOUNT}", "--collect-only").stdout
    assert all(store in told for store in left)
    assert others not in told
    swept = pytest_run(cloud, f"--real-aws={ACCOUNT}", "--real-aws-sweep")
    assert swept.returncode == 0, swept.stderr
    assert {line.split()[2] for line in swept.stdout.splitlines()} == left
    assert [store.id for store in cloud.stores()] == [others]
