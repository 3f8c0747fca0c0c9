"""What stops a run of the real CLI on the plugin: no process is left, and the next up goes on.

A second Ctrl-C is not here: where it comes just after an answer, the next up names the store instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.e2e.harness import PulumiCli
from tests.faults.stops import (
    Catch,
    Stop,
    interrupt,
    kill_the_engine,
    kill_the_host,
    stopped,
)
from tests.host.harness import eventually
from tests.plugin.test_examples import plugin_folder

if TYPE_CHECKING:
    from sandbox.aws import Sandbox

__all__ = ["plugin_folder"]

pytestmark = [pytest.mark.e2e, pytest.mark.real]

PROJECT = """
name: stops
runtime: yaml
plugins: {{providers: [{{name: aws-health-datastores, path: {folder}}}]}}
resources:
  images: {{type: aws-health-datastores:HealthImagingDatastore, properties: {{tags: {{team: a}}}}}}
  records: {{type: aws-health-datastores:HealthLakeDatastore, properties: {{tags: {{team: a}}}}}}
  others: {{type: aws-health-datastores:HealthLakeDatastore, properties: {{tags: {{team: a}}}}}}
"""
CAUGHT = (
    Catch("HealthImagingDatastore create", "GetDatastore"),
    Catch("HealthLakeDatastore create", "CreateFHIRDatastore", 2),
)


@pytest.fixture
def stack(tmp_path: Path, cloud: Sandbox, plugin_folder: Path) -> Iterator[PulumiCli]:
    if not PulumiCli.found():
        pytest.skip("the pulumi CLI is not on PATH")
    project = PROJECT.format(folder=plugin_folder)
    engine = PulumiCli(tmp_path / "engine", {"Pulumi.yaml": project}, project="stops")
    cloud.settings(throttled=False)
    engine.environment |= {**cloud.env, "PULUMI_HEALTH_TIME_SCALE": "100"}
    yield engine
    engine.close()


def plugins(stack: PulumiCli) -> list[psutil.Process]:
    """The plugin's processes of this stack."""
    found = psutil.process_iter(["cmdline", "cwd"])
    return [
        process
        for process in found
        if "provider.plugin.main" in (process.info["cmdline"] or ())
        and process.info["cwd"] == os.path.realpath(stack.folder)
    ]


def kill_the_plugin(stack: PulumiCli) -> None:
    for process in plugins(stack):
        process.kill()


@pytest.mark.parametrize("stop", [interrupt, kill_the_engine, kill_the_host])
def test_the_next_up_goes_on_with_the_stores_and_no_process_is_left(
    stack: PulumiCli, cloud: Sandbox, stop: Stop
) -> None:
    how: Stop = (lambda _: kill_the_plugin(stack)) if stop is kill_the_host else stop
    outcome = stopped(stack, cloud, "up", how, caught=CAUGHT, moment="during")
    assert outcome.exit_code != 0, outcome
    eventually(lambda: not plugins(stack), "the end of the plugin")
    up = stack.up()
    assert up.exit_code == 0, up
    held = {up.resource(name)["id"] for name in ("images", "records", "others")}
    assert {store.id for store in cloud.stores()} == held, up
    assert {store.status for store in cloud.stores()} == {"ACTIVE"}
    again = stack.preview("--expect-no-changes")
    assert again.exit_code == 0, again
    assert stack.refresh().exit_code == 0
    assert [store.tags for store in cloud.stores()] == [{"team": "a"}] * 3
    assert stack.destroy().exit_code == 0
    assert cloud.stores() == []
