"""``python -m tests.faults.schedules``: plays random schedules and prints those that fail, to be repeated."""
# ruff: noqa: T201  a command prints

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sandbox.aws import environment, serve
from tests.e2e.harness import Engine as Stack
from tests.e2e.harness import PulumiCli, SandboxEngine
from tests.faults.schedules import playing
from tests.faults.schedules.plans import LENGTH, Plan, cut_down, drawn, parsed
from tests.faults.schedules.processes import Processes
from tests.faults.schedules.proxy import Proxy
from tests.faults.schedules.relay import relaying
from tests.faults.schedules.world import World
from tests.faults.transport import URL

SPEED: Final = 2000.0
SCALE: Final = "100"
Play = Callable[[Plan], BaseException | None]
ENGINES: Final[dict[str, type[Stack]]] = {"sandbox": SandboxEngine, "pulumi": PulumiCli}


def played(kind: type[Stack], plan: Plan) -> BaseException | None:
    """Play a schedule under an engine; return how it fails, or None where it does not."""
    proxy = Proxy(wait=lambda _seconds: time.sleep(1.0))
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(speed=SPEED) as cloud,
        relaying(cloud.url, proxy) as url,
    ):
        cloud.settings(throttled=False)
        settings = {**environment(url), "PULUMI_HEALTH_TIME_SCALE": SCALE}
        engine = Processes(kind, Path(folder), proxy, settings)
        try:
            World(engine, cloud, proxy).play(plan)
        except Exception as error:  # noqa: BLE001 - whatever it is, the schedule has found it
            return error
        finally:
            engine.close()
    return None


def main(arguments: list[str] | None = None) -> int:
    """Play schedules; the exit code is 1 where one fails."""
    given = _parser().parse_args(arguments)
    os.environ.update(environment(URL))
    play = _player(given.engine)
    if given.plan:
        lines = Path(given.plan).read_text(encoding="utf-8").splitlines()
        return _show("the plan", parsed(lines), play, given)
    first = random.randrange(1 << 32) if given.seed is None else given.seed  # noqa: S311 - no secret
    seeds = range(first, first + given.count)
    failed = [seed for seed in seeds if _show(f"seed {seed}", drawn(seed, given.steps), play, given)]
    print(f"{given.count} schedules from seed {first} on: {len(failed)} failed {failed or ''}".rstrip())
    return 1 if failed else 0


def _player(engine: str) -> Play:
    if engine == "process":
        return playing.failure
    kind = ENGINES[engine]
    if kind is PulumiCli and not PulumiCli.found():
        sys.exit("the pulumi CLI is not on PATH")
    return lambda plan: played(kind, plan)


def _show(name: str, plan: Plan, play: Play, given: argparse.Namespace) -> int:
    """Play a schedule; print it where it fails, cut down if that is asked for."""
    error = play(plan)
    if error is None:
        print(f"{name}: good", flush=True)
        return 0
    if given.cut_down:
        plan = cut_down(plan, lambda shorter: type(play(shorter)) is type(error))
        error = play(plan) or error
    print(f"{name}: FAILED", *plan, sep="\n")
    traceback.print_exception(error)
    sys.stderr.flush()
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.schedules", description=__doc__)
    parser.add_argument("--engine", choices=["process", *ENGINES], default="process", help="what runs them")
    parser.add_argument("--count", type=int, default=10, metavar="N", help="how many schedules")
    parser.add_argument("--seed", type=int, metavar="S", help="the first one's seed; by default any")
    parser.add_argument("--steps", type=int, default=LENGTH, metavar="N", help="how long they are")
    parser.add_argument("--plan", metavar="FILE", help="a schedule as it was printed, instead of random ones")
    parser.add_argument("--cut-down", action="store_true", help="leave out what a failure does not need")
    return parser


if __name__ == "__main__":
    sys.exit(main())
