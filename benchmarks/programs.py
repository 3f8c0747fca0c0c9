"""What our stores cost beside what else a user could write, in whole runs of an engine.

``python -m benchmarks.programs [--engine pulumi] [--rounds N] [--counts 1 100]`` times a preview and an up
of stores that are ready at the first poll, and prints the ratios beside two programs with as many resources:
``stock``, a dynamic provider that makes nothing (aim for previews: 1.25, 1.10 under Pulumi), and ``loop``, a
dynamic provider that creates a store by boto3 and polls it in a loop (aim for an up of 100: 1.10). And it
times the import of ``provider`` beside that of ``pulumi`` alone. The sides take turns; what counts is the
median of the rounds' ratios. On a busy machine those of processor time say more than those of the wall.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from sandbox.aws import Sandbox, serve
from tests.e2e.harness import Engine, Outcome, PulumiCli, SandboxEngine

ROOT = Path(__file__).parents[1]
ENGINES: dict[str, type[Engine]] = {"sandbox": SandboxEngine, "pulumi": PulumiCli}
SPEED = 1e6
"""A store of HealthImaging takes 0.1 ms: it is there before the first look."""

SCALE = 200
"""All looks together keep to a rate; at this scale that takes 100 stores a quarter of a second."""

TITLE = "verb      resources  beside  wall: ours, theirs, ratio     processor: ours, theirs, ratio"

OURS = {
    "__main__.py": """
from provider import HealthImagingDatastore
for number in range({count}):
    HealthImagingDatastore(f"store-{{number}}")
"""
}
STOCK = {
    "__main__.py": """
from stock import Thing
for number in range({count}):
    Thing(f"thing-{{number}}")
""",
    "stock.py": """
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

class Provider(ResourceProvider):
    serialize_as_secret_always = False
    def create(self, props):
        return CreateResult("id", {{**props, "made": "at once"}})

class Thing(Resource):
    def __init__(self, name):
        super().__init__(Provider(), name, {{"made": None}})
""",
}
LOOP = {
    "__main__.py": """
from loop import Store
for number in range({count}):
    Store(f"store-{{number}}")
""",
    "loop.py": """
import time
import boto3
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

class Provider(ResourceProvider):
    serialize_as_secret_always = False
    def create(self, props):
        client = boto3.client("medical-imaging")
        store = client.create_datastore(datastoreName=props["name"])["datastoreId"]
        while True:
            found = client.get_datastore(datastoreId=store)["datastoreProperties"]
            if found["datastoreStatus"] == "ACTIVE":
                return CreateResult(store, {{**props, "arn": found["datastoreArn"]}})
            time.sleep(1)

class Store(Resource):
    def __init__(self, name):
        super().__init__(Provider(), name, {{"name": name, "arn": None}})
""",
}
SIDES = {"ours": OURS, "stock": STOCK, "loop": LOOP}


class Spent(NamedTuple):
    """Seconds on the wall, and of processor time in the engine and all that it started."""

    wall: float
    processor: float


class Run(NamedTuple):
    """What a preview and an up took."""

    preview: Spent
    up: Spent


def measure(kind: type[Engine], files: Mapping[str, str], count: int, cloud: Sandbox) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        engine = kind(
            Path(folder) / "engine", {name: text.format(count=count) for name, text in files.items()}
        )
        engine.environment |= cloud.env | {"PULUMI_HEALTH_TIME_SCALE": str(SCALE)}
        try:
            return Run(timed(engine.preview, count), timed(engine.up, count))
        finally:
            engine.close()
            cloud.reset()


def timed(run: Callable[[], Outcome], count: int) -> Spent:
    before = processor()
    outcome = run()
    if outcome.exit_code != 0 or outcome.changes.get("create") != count + 1:  # the stack is one, too
        raise RuntimeError(f"the benchmark does not do what it measures\n{outcome}")
    return Spent(outcome.seconds, processor() - before)


def processor() -> float:
    """The processor time of all ended children and theirs; not that of the sandbox, which runs in here."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def compare(kind: type[Engine], count: int, rounds: int, cloud: Sandbox) -> None:
    names = list(SIDES)
    found: list[dict[str, Run]] = []
    for number in range(rounds):
        turn = number % len(names)
        order = [*names[turn:], *names[:turn]]
        found.append({name: measure(kind, SIDES[name], count, cloud) for name in order})
    for verb in Run._fields:
        for beside in names[1:]:
            told = [f"{verb:8}  {count:9}  {beside:6}"]
            for clock in Spent._fields:
                ours, theirs = (
                    [getattr(getattr(each[name], verb), clock) for each in found] for name in ("ours", beside)
                )
                ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
                told.append(f"{statistics.median(ours):8.2f}  {statistics.median(theirs):8.2f}  {ratio:5.2f}")
            print("  ".join(told), flush=True)


def imports(rounds: int) -> None:
    """Print what the resources add to a program's own start."""

    def seconds(text: str) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", text], check=True, cwd=ROOT)
        return time.perf_counter() - began

    pulumi = "import pulumi, pulumi.dynamic"
    ours = f"{pulumi}, provider.program"
    seconds(ours)
    pairs = [(seconds(ours), seconds(pulumi)) for _ in range(rounds)]
    ratio = statistics.median(a / b for a, b in pairs)
    added = statistics.median(a - b for a, b in pairs)
    print(f"import of the resources beside that of pulumi: ratio {ratio:.3f}, {added * 1000:.0f} ms more")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=ENGINES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--counts", type=int, nargs="+", default=[1, 100])
    arguments = parser.parse_args()
    imports(7 * arguments.rounds)
    found = ["sandbox", *(["pulumi"] if PulumiCli.found() else [])]
    for name in [arguments.engine] if arguments.engine else found:
        print(f"engine: {name}\n{TITLE}")
        with serve(speed=SPEED) as cloud:
            cloud.settings(stores=10_000, throttled=False)
            for count in arguments.counts:
                compare(ENGINES[name], count, arguments.rounds, cloud)


if __name__ == "__main__":
    main()
