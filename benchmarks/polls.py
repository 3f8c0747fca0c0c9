"""What the interpreter costs: 200 polls without pause through the runner, beside a bare boto3 loop.

``python -m benchmarks.polls [--rounds N]`` prints the ratio of the two (aim: 1.10), what a poll costs in
process without any call, the whole process of ``python -m provider run`` for the first seed beside that of a
boto3 script that does the same (aim: 1.10, processor 1.4), and that of ``python -m provider validate`` beside
one that imports what no such command can do without: click, PyYAML, botocore's models. Rounds alternate, so
that a busy machine slows both sides alike; what counts is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import boto3

from provider.arazzo import Document, load, run
from provider.arazzo.machine import Machine
from provider.arazzo.protocol import Call, Operation, Request, Response, Wait
from provider.aws.caller import AwsCaller
from sandbox.aws import Control, environment

POLLS = 200
ROOT = Path(__file__).parents[1]
SEED = ROOT / "tests/cases/seeds/healthimaging-provision-datastore.arazzo.yaml"
INPUTS = {"datastoreName": "scans", "clientToken": "token"}

BARE = """
import sys, time
import boto3
client = boto3.client("medical-imaging")
store = client.create_datastore(datastoreName="scans", clientToken=sys.argv[1])["datastoreId"]
while client.get_datastore(datastoreId=store)["datastoreProperties"]["datastoreStatus"] == "CREATING":
    time.sleep(0.5)
"""

LEAST = "import click, yaml, botocore.loaders, botocore.model"


class NoWait:
    """A clock that does not wait."""

    def now(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        del seconds


class Counted:
    """Passes polls on to AWS, and says after so many that the store is there."""

    def __init__(self, store: str, polls: int) -> None:
        self._caller = AwsCaller()
        self._store = store
        self._left = polls

    def call(self, operation: Operation, request: Request) -> Response:
        if operation.operation_id == "CreateDatastore":
            return Response(200, body={"datastoreId": self._store, "datastoreStatus": "CREATING"})
        answer = self._caller.call(operation, request)
        self._left -= 1
        if self._left == 0:
            answer.body["datastoreProperties"]["datastoreStatus"] = "ACTIVE"
        return answer


def ours(document: Document, store: str) -> None:
    caller = Counted(store, POLLS)
    result = run(document, inputs=INPUTS, caller=caller, clock=NoWait(), strict_polls=True)
    expect(result.polls == POLLS - 1)


def bare(client: Any, store: str) -> None:
    for _ in range(POLLS):
        answer = client.get_datastore(datastoreId=store)
        expect(answer["datastoreProperties"]["datastoreStatus"] == "CREATING")


def expect(truth: bool) -> None:  # noqa: FBT001  # the one argument says it all
    """Make sure that what is measured is what is meant."""
    if not truth:
        raise RuntimeError("the benchmark does not do what it measures")


class Spent(NamedTuple):
    """Seconds on the wall, and of the processor time of this process and of the children that it awaited."""

    wall: float
    processor: float


def spent(work: Callable[[], object]) -> Spent:
    wall, before = time.perf_counter(), processor()
    work()
    return Spent(time.perf_counter() - wall, processor() - before)


def processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def compare(name: str, one: Callable[[], object], other: Callable[[], object], rounds: int) -> float:
    """Print and return the median ratio of two ways, each measured once a round in turn."""
    one()
    other()
    pairs = []
    for number in range(rounds):
        if number % 2:
            second, first = spent(other), spent(one)
        else:
            first, second = spent(one), spent(other)
        pairs.append((first, second))
    ratio = statistics.median(first.wall / second.wall for first, second in pairs)
    mine, theirs = (statistics.median(each.wall for each in side) for side in zip(*pairs, strict=True))
    print(f"{name}: {mine * 1000:.0f} ms against {theirs * 1000:.0f} ms, ratio {ratio:.3f}")
    least = [min(each.processor for each in side) for side in zip(*pairs, strict=True)]
    print(f"  processor time, the least of all rounds: ratio {least[0] / least[1]:.3f}")
    return ratio


def per_poll(document: Document, polls: int = 5000) -> float:
    """Return the microseconds of processor time that a poll takes in the machine alone."""
    machine = Machine(document, strict_polls=True)
    state, _ = machine.step(machine.start(None, INPUTS))
    state, _ = machine.step(state, Response(200, body={"datastoreId": "x", "datastoreStatus": "CREATING"}))
    creating = Response(
        200,
        headers={"content-type": "application/json", "content-length": "330", "x-amzn-requestid": "1"},
        body={"datastoreProperties": {"datastoreStatus": "CREATING", "datastoreArn": "arn:aws:x"}},
    )
    best = float("inf")
    for _ in range(5):
        began = time.process_time()
        for _ in range(polls // 5):
            state, wait = machine.step(state, creating)
            state, call = machine.step(state)
        expect(isinstance(wait, Wait) and isinstance(call, Call))
        best = min(best, (time.process_time() - began) / (polls // 5))
    return best * 1e6


def process(*arguments: str) -> None:
    environment = {**os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has its byte code, too
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True, cwd=ROOT, env=environment)


@contextmanager
def serving() -> Iterator[Control]:
    """Run the sandbox in a process of its own, so that its work is not counted as the client's."""
    command = [sys.executable, "-m", "sandbox.aws", "--speed", "2000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        try:
            yield Control(next(iter(server.stdout or ())).strip())
        finally:
            server.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    document = load(SEED)
    print(f"a poll in process, no call: {per_poll(document):.0f} microseconds")
    with serving() as cloud:
        os.environ.update(environment(cloud.url))
        cloud.settings(throttled=False, stores=1000)
        cloud.stick_next_create()
        client = boto3.client("medical-imaging")
        store = client.create_datastore(datastoreName="scans")["datastoreId"]
        compare(f"{POLLS} polls", lambda: ours(document, store), lambda: bare(client, store), rounds)
        fresh = iter(range(1000))
        compare(
            "whole process, first seed",
            lambda: process("-m", "provider", "run", str(SEED), *given(f"ours-{next(fresh)}")),
            lambda: process("-c", BARE, f"bare-{next(fresh)}"),
            max(3, rounds // 6),
        )
        compare(
            "validate, whole process",
            lambda: process("-m", "provider", "validate", str(SEED)),
            lambda: process("-c", LEAST),
            max(3, rounds // 3),
        )


def given(token: str) -> list[str]:
    return ["--input", "datastoreName=scans", "--input", f"clientToken={token}"]


if __name__ == "__main__":
    main()
