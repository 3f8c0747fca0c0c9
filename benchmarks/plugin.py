"""The plugin face beside the dynamic one: start, preview and up of one store, and memory.

``python -m benchmarks.plugin [--rounds N]`` prints the plugin's time from its start to its port (aim: 0.3 s),
and, where the pulumi CLI is found, a preview and an up of one store by a Python program (dynamic face) and a
YAML program (plugin face): seconds, their ratio (aim: 1.0), the peak of memory of the process that runs the
verbs. Rounds alternate; what counts is the median of the rounds.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from benchmarks.host import peak_memory
from sandbox.aws import Sandbox, serve
from tests.e2e.harness import PulumiCli
from tests.e2e.processes import descendants

ROOT = Path(__file__).parents[1]
SPEED = 1e6
SCALE = 200
EXECUTABLE = "pulumi-resource-aws-health-datastores"
VERBS = ("preview", "up")
DYNAMIC = {"__main__.py": "from provider import HealthImagingDatastore\nHealthImagingDatastore('images')\n"}


class Start(NamedTuple):
    """Seconds on the wall, and of processor time."""

    wall: float
    processor: float


class Measured(NamedTuple):
    """What a run took: seconds, and MiB of memory at the peak (0 where unknown)."""

    seconds: float
    mebibytes: float


def start() -> Start:
    """Start the plugin until it has told its port."""
    began, before = time.perf_counter(), processor()
    command = [sys.executable, "-m", "provider.plugin.main", "127.0.0.1:1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as plugin:
        assert plugin.stdout is not None  # noqa: S101 - it is a pipe
        plugin.stdout.readline()
        took = time.perf_counter() - began
        plugin.kill()
    return Start(took, processor() - before)


def processor() -> float:
    """Return the processor time of all ended children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def by_plugin(folder: Path) -> dict[str, str]:
    """Return the YAML program, and put the executable where it looks for it."""
    executable = folder / EXECUTABLE
    executable.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m provider.plugin.main "$@"\n')
    executable.chmod(0o755)
    project = {
        "name": "e2e",
        "runtime": "yaml",
        "plugins": {"providers": [{"name": "aws-health-datastores", "path": str(folder)}]},
        "resources": {"images": {"type": "aws-health-datastores:HealthImagingDatastore"}},
    }
    return {"Pulumi.yaml": yaml.safe_dump(project)}


def measure(files: Mapping[str, str], process: str, cloud: Sandbox) -> dict[str, Measured]:
    with tempfile.TemporaryDirectory() as folder:
        engine = PulumiCli(Path(folder) / "engine", files)
        engine.environment |= cloud.env | {"PULUMI_HEALTH_TIME_SCALE": str(SCALE)}
        try:
            return {verb: run(engine, verb, process) for verb in VERBS}
        finally:
            engine.close()
            cloud.reset()


def run(engine: PulumiCli, verb: str, process: str) -> Measured:
    running, peak = engine.start(verb), 0.0
    while running.process.poll() is None:
        peak = max([peak, *(peak_memory(pid) for pid in descendants(running.process.pid, process))])
        time.sleep(0.05)
    outcome = running.finish()
    if outcome.exit_code:
        raise RuntimeError(f"the benchmark does not do what it measures\n{outcome}")
    return Measured(outcome.seconds, peak)


def compare(rounds: int, cloud: Sandbox) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plugin = by_plugin(Path(folder))
        pairs = []
        for number in range(rounds):
            sides = [(DYNAMIC, "-m pulumi.dynamic"), (plugin, "provider.plugin.main")]
            found = [measure(*side, cloud) for side in (sides if number % 2 else reversed(sides))]
            pairs.append(found if number % 2 else found[::-1])
    print("verb      dynamic: s, MiB   plugin: s, MiB   ratio of seconds")
    for verb in VERBS:
        ours, theirs = ([side[verb] for side in each] for each in zip(*pairs, strict=True))
        ratio = statistics.median(b.seconds / a.seconds for a, b in zip(ours, theirs, strict=True))
        told = [f"{verb:8}"]
        for side in (ours, theirs):
            seconds = statistics.median(each.seconds for each in side)
            told.append(f"{seconds:8.2f} {max(each.mebibytes for each in side):5.0f}   ")
        print(*told, f"{ratio:.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    start()
    wall, used = (min(each) for each in zip(*(start() for _ in range(2 * rounds)), strict=True))
    print(f"start to port: {wall:.2f} s, {used:.2f} s of processor time, the least of {2 * rounds}")
    if not PulumiCli.found():
        print("the faces are not compared: the pulumi CLI is not on PATH")
        return
    with serve(speed=SPEED) as cloud:
        cloud.settings(stores=10_000, throttled=False)
        compare(rounds, cloud)


if __name__ == "__main__":
    main()
