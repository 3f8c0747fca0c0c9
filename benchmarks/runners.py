"""Ours beside other runners of Arazzo documents: arazzo-runner 0.9.6 and Redocly's Respect 2.77, in one run.

``python -m benchmarks.runners [--rounds N]`` installs them from their package indexes into environments of
their own and prints four comparisons:

- a step in process, without any I/O: 1,000 polls of the first seed without a pause, answered by a stub that
  takes the place of the HTTP client (for us: the caller). Processor time, the least of all rounds (aim: 20
  times less);
- the parse of both seeds, likewise. Ours compiles every expression and criterion and checks the document;
  theirs is ``yaml.safe_load`` and nothing more;
- the whole process of a 200-poll run of the first seed against a local server that runs in a process of its
  own (aim: no slower). Theirs is its own command line; ours a script over the standard HTTP client, which
  signs nothing, as theirs; and, to be read beside them, through botocore with signatures;
- the whole process of a run with three requests, each by its own command line, against the same server.
  Ours both over HTTP, as theirs, and over AWS's client, which signs. Respect is left out, and that is said,
  where npm does not have it.

arazzo-runner is taken as shipped: its command line and its library both log at INFO to standard error, which
goes to the null device here; a second figure has its logging switched off. As the seed stands it never polls
under arazzo-runner (its criteria match nothing there). It is given a copy whose criteria are rewritten into
the form that it decides fastest, a simple condition on the step's output, and an OpenAPI file, which it
needs. We run the seed as it stands.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from benchmarks._ours import NoWait
from benchmarks._peers import arazzo_runner, respect, three_requests
from benchmarks.polls import INPUTS, POLLS, ROOT, SEED, compare, expect, spent
from provider.arazzo import Document, Operation, Request, Response, load, run

BYTECODE = ROOT / ".sandbox" / "bytecode"
SEEDS = (SEED, SEED.with_name("healthlake-provision-datastore-and-export.arazzo.yaml"))
STEPS = 1000
TIMES = 10
FIGURES = (
    ("a step", "step", "step", "microseconds", 1e6),
    ("a step, their logging off", "step", "quiet", "microseconds", 1e6),
    *(
        (f"the parse of {seed.name.partition('-')[0]}'s seed", str(seed), str(seed), "ms", 1e3)
        for seed in SEEDS
    ),
)
KEYS = {"AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up"}  # the server looks at none


# What both are given


def rewritten(seed: Path) -> Any:
    """The seed with simple conditions on the step's output in the place of bare comparisons."""
    document = yaml.safe_load(seed.read_text())
    for step in document["workflows"][0]["steps"]:
        for action in step.get("onSuccess", ()):
            status = re.findall('"(.*)"', action["criteria"][0]["condition"])[0]
            condition = f'$steps.{step["stepId"]}.outputs.datastoreStatus == "{status}"'
            action["criteria"] = [{"condition": condition}]
    document["sourceDescriptions"][0]["url"] = "openapi.yaml"
    return document


def openapi(address: str) -> Any:
    """As much of HealthImaging's API as the seed calls."""
    answers = {"200": {"description": "the store"}}
    parameter = {"name": "datastoreId", "in": "path", "required": True, "schema": {"type": "string"}}
    get = {"operationId": "GetDatastore", "parameters": [parameter], "responses": answers}
    return {
        "openapi": "3.1.0",
        "info": {"title": "HealthImaging", "version": "1"},
        "servers": [{"url": address}],
        "paths": {
            "/datastore": {"post": {"operationId": "CreateDatastore", "responses": answers}},
            "/datastore/{datastoreId}": {"get": get},
        },
    }


@contextmanager
def prepared(address: str) -> Iterator[Path]:
    """A folder with the rewritten seed and the OpenAPI file that it names."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "seed.yaml").write_text(yaml.safe_dump(rewritten(SEED), sort_keys=False))
        (folder / "openapi.yaml").write_text(yaml.safe_dump(openapi(address), sort_keys=False))
        yield folder


@contextmanager
def serving() -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks._store", str(POLLS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        try:
            yield next(iter(server.stdout or ())).strip()
        finally:
            server.terminate()


# Theirs

ACTIVE_SAID = "'datastoreStatus': 'ACTIVE'"


def theirs(python: str, folder: Path) -> dict[str, float]:
    """Its figures in process, in seconds: ``step``, ``quiet``, and the parse by the seed's path."""
    arguments = [str(folder / "seed.yaml"), str(folder / "openapi.yaml"), str(STEPS), *map(str, SEEDS)]
    script = str(ROOT / "benchmarks" / "_peer.py")
    done = subprocess.run(
        [python, script, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=folder,
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def their_process(python: str, document: Path, workflow: str, expected: str) -> None:
    command = [python, "-m", "arazzo_runner", "execute-workflow", str(document)]
    command += ["--workflow-id", workflow, "--inputs", json.dumps(INPUTS)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    expect(expected in done.stdout)


def respects_process(command: list[str], document: Path) -> None:
    given = [f"--input={name}={value}" for name, value in INPUTS.items()]
    quiet = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    subprocess.run([*command, "respect", str(document), *given], check=True, capture_output=True, env=quiet)


# Ours


def answer(body: Any) -> Response:
    return Response(200, {"Content-Type": "application/json"}, body)


def looked(status: str) -> Response:
    return answer({"datastoreProperties": {"datastoreStatus": status, "datastoreArn": "arn:aws:x"}})


CREATED = answer({"datastoreId": "store", "datastoreStatus": "CREATING"})
CREATING = looked("CREATING")
ACTIVE = looked("ACTIVE")


class Stub:
    """Answers at once: the store is there at the last poll."""

    def __init__(self, polls: int) -> None:
        self._left = polls

    def call(self, operation: Operation, _request: Request) -> Response:
        if operation.operation_id == "CreateDatastore":
            return CREATED
        self._left -= 1
        return CREATING if self._left else ACTIVE


def at_once(_waited: float, _chance: float) -> float:
    return 0.0


def ours() -> dict[str, float]:
    """Our figures in process, named as theirs."""
    document = load(SEED)
    return {
        "step": least(functools.partial(polled, document)) / (STEPS + 1),
        **{str(seed): least(functools.partial(load, seed)) for seed in SEEDS},
    }


def polled(document: Document) -> None:
    result = run(document, inputs=INPUTS, caller=Stub(STEPS), clock=NoWait(), pace=at_once)
    expect(result.polls == STEPS - 1)


def least(work: Callable[[], object]) -> float:
    return min(spent(work).processor for _ in range(TIMES))


def our_process(address: str, way: str) -> None:
    command = [sys.executable, "-m", "benchmarks._ours", str(SEED), address, way]
    expect(json.loads(ran(command))["polls"] == POLLS - 1)


def our_command(document: Path, *options: str) -> None:
    command = [sys.executable, "-m", "provider", "run", str(document), *options]
    inputs = (f"--input={name}={value}" for name, value in INPUTS.items())
    expect(json.loads(ran([*command, *inputs])) == {"status": "CREATING"})


def ran(command: list[str]) -> str:
    """Run a command of ours as an installed package runs, and return its output."""
    environment = {**os.environ, **KEYS, "PYTHONPYCACHEPREFIX": str(BYTECODE)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has its byte code, too
    return subprocess.run(
        command,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env=environment,
    ).stdout


# The comparison


def in_process(others: Callable[[], dict[str, float]], rounds: int) -> None:
    """Print the least of both sides, measured in turn, so that a busy moment slows both."""
    pairs = [(ours(), others()) for _ in range(rounds)]
    mine, other = (
        {name: min(each[name] for each in side) for name in side[0]} for side in zip(*pairs, strict=True)
    )
    for title, name, beside, unit, scale in FIGURES:
        line = f"{title}: ours {mine[name] * scale:.1f} {unit}"
        if beside in other:
            line += (
                f", theirs {other[beside] * scale:.1f} {unit}, {other[beside] / mine[name]:.1f} times ours"
            )
        print(line, flush=True)


def processes(python: str, folder: Path, address: str, rounds: int) -> None:
    for way in ("plain", "signed"):
        compare(
            f"whole process, {POLLS} polls, {way}",
            functools.partial(our_process, address, way),
            functools.partial(
                their_process,
                python,
                folder / "seed.yaml",
                "provision-datastore",
                "'datastoreStatus': 'ACTIVE'",
            ),
            rounds,
        )


def three(python: str | None, folder: Path, address: str, rounds: int) -> None:
    document = three_requests(folder)
    node = respect()
    http = functools.partial(our_command, document, "--http")
    peers: dict[str, Callable[[], object]] = {
        "over AWS's client": functools.partial(
            our_command, document, "--endpoint-url", address, "--region", "us-east-1"
        )
    }
    if python:
        peers["arazzo-runner"] = functools.partial(their_process, python, document, "three", "CREATING")
    if node:
        peers["Respect"] = functools.partial(respects_process, node, document)
    for name, peer in peers.items():
        compare(f"whole process, 3 requests, ours over HTTP beside {name}", http, peer, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    python = arazzo_runner()
    with serving() as address, prepared(address) as folder:
        in_process(functools.partial(theirs, python, folder) if python else dict, rounds)
        three(python, folder, address, rounds)
        if python:
            processes(python, folder, address, rounds)


if __name__ == "__main__":
    main()
