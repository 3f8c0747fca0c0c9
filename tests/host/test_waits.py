"""Waits as their user has them: many at once, each with its own line, all ended by the first Ctrl-C."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.processes import descendants

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine
    from tests.e2e.harness import Engine, Outcome

pytestmark = pytest.mark.e2e

MANY = 64
OTHERS = 8
FAST = 2000.0

STORES_AND_OTHERS = f"""
from pulumi.dynamic import Resource

import others
from provider import HealthImagingDatastore

others.Waiting.serialize_as_secret_always = False
for number in range({MANY}):
    HealthImagingDatastore(f"store-{{number}}")


class Other(Resource, module="others", name="Other"):
    pass


for number in range({OTHERS}):
    Other(others.Waiting(), f"other-{{number}}", {{}})
"""
OTHERS_MODULE = """
import time
from pathlib import Path

from pulumi.dynamic import CreateResult, ResourceProvider


class Waiting(ResourceProvider):
    def create(self, props):
        Path(f"waits-{id(props)}").touch()
        while not Path("go").exists():
            time.sleep(0.05)
        return CreateResult("other", {})
"""


def connected(engine: Engine, cloud: Sandbox, **environment: str) -> Engine:
    engine.environment |= {**cloud.env, **environment}
    engine.set_config("aws:region", "us-east-1")
    return engine


@pytest.mark.cloud(speed=0.01)
def test_64_stores_wait_side_by_side_also_beside_other_people_s_resources(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    cloud.settings(stores=MANY, throttled=False)
    program = {"__main__.py": STORES_AND_OTHERS, "others.py": OTHERS_MODULE}
    stack = connected(make_engine(program), cloud, PULUMI_HEALTH_TIME_SCALE="5")
    running = stack.start("up", "--parallel", str(MANY + OTHERS))
    running.wait_until(lambda: waiting(stack, cloud) == (MANY, OTHERS), "all waits at once")
    (host,) = descendants(running.process.pid, "-m pulumi.dynamic")[-1:]
    before, looks = processor_seconds(host), cloud.counts()["GetDatastore"]
    running.wait_until(lambda: cloud.counts()["GetDatastore"] >= looks + 20, "some more looks")
    assert processor_seconds(host) - before < 1.0  # of the 2 s that 20 looks take at that pace
    cloud.set_speed(FAST)
    stack.write({"go": ""})
    done = running.finish()
    assert (done.exit_code, done.changes) == (0, {"create": MANY + OTHERS + 1}), done
    assert cloud.counts()["CreateDatastore"] == MANY


def waiting(stack: Engine, cloud: Sandbox) -> tuple[int, int]:
    """How many stores, and how many others, are waited for."""
    creating = [store for store in cloud.stores() if store.status == "CREATING"]
    return len(creating), len(list(stack.folder.glob("waits-*")))


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


RECORDS = """
from provider import ExportArgs, HealthLakeDatastore

for number in range(3):
    HealthLakeDatastore(f"records-{number}", export=ExportArgs(
        "s3://exports/out", "alias/exports", "arn:aws:iam::123456789012:role/export"
    ))
"""


@pytest.mark.cloud(speed=400)
def test_each_line_shows_what_its_resource_does_and_what_it_came_to(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    stack = connected(make_engine(RECORDS), cloud, PULUMI_HEALTH_TIME_SCALE="400")
    up = stack.up()
    assert up.exit_code == 0, up
    for number in range(3):
        shown, kept = lines(up, f"records-{number}", ephemeral=True), lines(up, f"records-{number}")
        steps = ("createDatastore", "pollDatastore", "startExportJob", "pollExportJob")
        assert all(matching(shown, f"{step}: calling ", "") for step in steps), shown
        assert matching(shown, "pollDatastore: CREATING, ", ", next poll in ")
        assert matching(kept, "pollDatastore: CREATING, 5m", ", next poll in ")  # where no live lines show
        assert matching(kept, "ACTIVE after ", " polls")
        assert len(kept) < 12
    gone = stack.destroy()
    assert gone.exit_code == 0, gone
    assert all(matching(lines(gone, f"records-{number}"), "deleted after ", " poll") for number in range(3))
    told = [line for number in range(3) for line in lines(up, f"records-{number}", ephemeral=True)]
    assert matching(told, "waiting for CreateFHIRDatastore (", ")")


def lines(outcome: Outcome, name: str, *, ephemeral: bool = False) -> list[str]:
    """What a resource's line showed, or (not ephemeral) what stayed of it."""
    return [
        message.text.strip()
        for message in outcome.messages
        if message.urn.endswith(f"::{name}") and message.ephemeral is ephemeral
    ]


def matching(found: list[str], start: str, rest: str) -> list[str]:
    return [line for line in found if line.startswith(start) and rest in line]


@pytest.mark.cloud(speed=0.01)
def test_what_still_queued_at_the_first_ctrl_c_does_not_start(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    stack = connected(make_engine(RECORDS), cloud)
    running = stack.start("up", "--parallel", "8")
    running.wait_until(lambda: cloud.counts().get("DescribeFHIRDatastore"), "the first store's wait")
    running.wait_until(lambda: cloud.counts()["CreateFHIRDatastore"] > 1, "the second one's throttled try")
    running.interrupt()
    stopped = running.finish()
    assert stopped.exit_code != 0
    assert (len(stopped.names()), len(cloud.stores())) == (1, 1), stopped
    assert "Traceback" not in stopped.text
    cloud.set_speed(FAST)
    assert stack.up().exit_code == 0
    assert len(cloud.stores()) == 3
