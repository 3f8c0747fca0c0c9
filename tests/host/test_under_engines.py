"""The same parts under whole engines: the sandbox's, and the pulumi CLI where there is one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.fixtures import MakeEngine
from tests.e2e.processes import descendants

pytestmark = pytest.mark.e2e

PROGRAM = """
from pulumi import CustomTimeouts, ResourceOptions
from pulumi.dynamic import Resource

from provider.dynamic.host import end_program_quietly
from tests.host import providers

end_program_quietly()
providers.{provider}.serialize_as_secret_always = False


class Store(Resource, module="health", name="Store"):
    pass


for number in range({count}):
    options = ResourceOptions(custom_timeouts=CustomTimeouts(create="7m"))
    Store(providers.{provider}(), f"store-{{number}}", {props}, options)
"""


def program(provider: str, props: dict[str, Any], count: int = 1) -> str:
    return PROGRAM.format(provider=provider, props=props, count=count)


def test_a_create_sees_its_call_and_reaches_every_part(make_engine: MakeEngine) -> None:
    outputs = make_engine(program("Seeing", {})).up().resource("store-0")["outputs"]
    assert outputs["urn"] == "urn:pulumi:dev::e2e::pulumi-python:dynamic/health:Store::store-0"
    assert (outputs["name"], outputs["timeout"], outputs["preview"]) == ("store-0", 420, False)
    assert all(outputs["parts"].values())


def test_progress_and_warnings_show_on_the_resource_s_line(make_engine: MakeEngine) -> None:
    messages = make_engine(program("Talking", {})).up().messages
    said = [
        (m.severity, m.text.strip().removeprefix("warning: "), m.ephemeral)
        for m in messages
        if m.urn.endswith("::store-0")
    ]
    assert said == [
        ("info", "looking", True),
        ("info", "still looking", False),
        ("info", "found it", False),
        ("warning", "it is old", False),
    ]


def test_a_resource_that_failed_half_way_is_kept_and_updated_by_the_next_up(make_engine: MakeEngine) -> None:
    engine = make_engine(program("Failing", {"outputs": {"text": "x" * 50_000}}))
    failed = engine.up()
    kept = failed.resource("store-0")
    assert (kept["id"], kept["initErrors"]) == ("half-way", ["AWS said no", "try again"])
    assert len(kept["outputs"]["text"]) == 50_000
    assert "Traceback" not in failed.text
    assert engine.up().steps("store-0") == ["update"]


def test_a_refusal_is_one_line_and_leaves_nothing_behind(make_engine: MakeEngine) -> None:
    failed = make_engine(program("Failing", {})).up()
    assert "AWS said no; ask for access" in failed.text
    assert "Traceback" not in failed.text
    assert (failed.names(), failed.pending_operations) == ([], [])


def test_the_first_ctrl_c_keeps_what_waits(make_engine: MakeEngine, tmp_path: Path) -> None:
    record = tmp_path / "record"
    props = {"seconds": 60, "record": str(record)}
    engine = make_engine(program("Waiting", props, count=3))
    running = engine.start("up", "--parallel", "8")
    running.wait_until(lambda: record.exists() and record.read_text().count("waits") == 3, "the waits")
    assert terminal_reaches_only_the_engine(running.process.pid)
    running.interrupt()
    stopped = running.finish(timeout=30)
    assert stopped.exit_code != 0
    assert sorted(stopped.names()) == ["store-0", "store-1", "store-2"]
    assert {stopped.resource(name)["id"] for name in stopped.names()} == {"waited"}
    assert (stopped.pending_operations, "Traceback" in stopped.text) == ([], False)


def terminal_reaches_only_the_engine(pid: int) -> bool:
    """Whether the host is in another process group than the engine, which gets the terminal's Ctrl-C."""
    (host, *_) = descendants(pid, "-m pulumi.dynamic")
    return os.getpgid(host) != os.getpgid(pid)


TELLING = """
import pulumi

from provider.dynamic.host import end_program_quietly
from tests.host import providers


class Store(pulumi.dynamic.Resource, module="health", name="Store"):
    pass


async def tell(resource_id):
    await pulumi.runtime.invoke_async(providers.FUNCTION, {{"id": resource_id, "seconds": 1.0}})

store = Store(providers.Told(), "store-0", {props})
if not pulumi.runtime.is_dry_run():
    store.id.apply(tell)
"""


def test_a_function_of_the_host_is_answered_before_the_end(make_engine: MakeEngine, tmp_path: Path) -> None:
    record = tmp_path / "record"
    outcome = make_engine(TELLING.format(props={"record": str(record)})).up()
    assert outcome.exit_code == 0, outcome
    assert record.read_text() == "told made\n"
