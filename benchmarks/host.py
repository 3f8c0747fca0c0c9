"""Many waits in one host: an ``up`` of 1, 16 and 64 stores that take 10 s each.

``python -m benchmarks.host [--engine pulumi]`` prints, for each number, the seconds of the ``up`` and their
ratio to those of one store (aim: 1.5 for 64), the host's peak of memory (aim: 150 MiB), the calls per store.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sandbox.aws import Sandbox, serve
from tests.e2e.harness import Engine, PulumiCli, SandboxEngine
from tests.e2e.processes import descendants

COUNTS = (1, 16, 64)
SPEED = 12.0
"""What takes AWS two minutes takes 10 s; the pace of all looks together goes along with it."""
ENGINES: dict[str, type[Engine]] = {"sandbox": SandboxEngine, "pulumi": PulumiCli}
PROGRAM = """
from provider import HealthImagingDatastore

for number in range({count}):
    HealthImagingDatastore(f"store-{{number}}")
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What an ``up`` took: seconds, the host's peak of memory in MiB (0 where unknown), all calls to AWS."""

    count: int
    seconds: float
    mebibytes: float
    calls: int


def measure(kind: type[Engine], count: int) -> Measured:
    with serve(speed=SPEED) as cloud, tempfile.TemporaryDirectory() as folder:
        cloud.settings(stores=10 * count, throttled=False)
        engine = kind(Path(folder), PROGRAM.format(count=count))
        try:
            return _up(engine, cloud, count)
        finally:
            engine.close()


def _up(engine: Engine, cloud: Sandbox, count: int) -> Measured:
    engine.environment |= {**cloud.env, "PULUMI_HEALTH_TIME_SCALE": str(SPEED)}
    running = engine.start("up", "--parallel", str(count))
    peak = 0.0
    while running.process.poll() is None:
        peak = max(
            [peak, *(peak_memory(pid) for pid in descendants(running.process.pid, "-m pulumi.dynamic"))]
        )
        time.sleep(0.5)
    outcome = running.finish()
    if outcome.exit_code:
        raise SystemExit(str(outcome))
    return Measured(count, outcome.seconds, peak, sum(cloud.counts().values()))


def peak_memory(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0  # not Linux, or gone since
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, default="sandbox")
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS)
    arguments = parser.parse_args()
    print("stores  seconds  ratio  MiB of the host  calls per store")
    first: Measured | None = None
    for count in arguments.counts:
        measured = measure(ENGINES[arguments.engine], count)
        first = first or measured
        print(
            f"{count:6}  {measured.seconds:7.1f}  {measured.seconds / first.seconds:5.2f}"
            f"  {measured.mebibytes:15.0f}  {measured.calls / count:15.1f}"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
