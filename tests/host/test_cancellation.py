from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

from google.protobuf import empty_pb2

from tests.host.harness import SECONDS, Engine, Host, Later, eventually
from tests.host.providers import Waiting

STOCK_THREADS = 4


def test_cancel_ends_the_waits_of_running_and_of_queued_calls(
    engine: Engine, host: Host, tmp_path: Path
) -> None:
    calls = waits(host, tmp_path, 2 * STOCK_THREADS)
    eventually(lambda: len(engine.texts()) == STOCK_THREADS, "as many waits as there are threads")
    assert host.stub.Cancel(empty_pb2.Empty(), timeout=SECONDS) == empty_pb2.Empty()
    assert [reason(call) for call in calls] == [
        "cancelled: the engine asked to stop; run `pulumi up` again to go on"
    ] * len(calls)


def test_a_call_that_comes_after_cancel_does_not_wait(host: Host, tmp_path: Path) -> None:
    host.create(Waiting, wait(tmp_path, 0))
    host.stub.Cancel(empty_pb2.Empty(), timeout=SECONDS)
    (call,) = waits(host, tmp_path, 1)
    assert "the engine asked to stop" in reason(call)


def test_an_interrupted_host_answers_its_calls_before_it_ends(
    engine: Engine, host: Host, tmp_path: Path
) -> None:
    calls = waits(host, tmp_path, 2)
    eventually(lambda: len(engine.texts()) == len(calls), "the waits")
    host.process.send_signal(signal.SIGINT)
    assert all("the provider's process was interrupted" in reason(call) for call in calls)
    assert host.process.wait(timeout=SECONDS) == 0


def test_an_interrupt_without_calls_ends_the_host_cleanly(host: Host, tmp_path: Path) -> None:
    host.create(Waiting, wait(tmp_path, 0))
    host.process.send_signal(signal.SIGINT)
    assert host.process.wait(timeout=SECONDS) == 0
    assert host.stderr == ""


def test_waits_end_when_the_engine_is_killed(engine: Engine, host: Host, tmp_path: Path) -> None:
    calls = waits(host, tmp_path, 2)
    eventually(lambda: len(engine.texts()) == len(calls), "the waits")
    host.channel.close()
    record = tmp_path / "record"
    eventually(lambda: record.read_text().count("the engine has gone") == len(calls), "the ends")


def test_a_wait_that_nobody_ends_takes_its_time(host: Host, tmp_path: Path) -> None:
    assert host.create(Waiting, wait(tmp_path, 0.2)) == {"slept": True}


def waits(host: Host, folder: Path, count: int) -> list[Later]:
    return [host.later(Waiting, wait(folder, 30), name=f"store-{number}") for number in range(count)]


def wait(folder: Path, seconds: float) -> dict[str, Any]:
    return {"seconds": seconds, "record": str(folder / "record")}


def reason(call: Later) -> str:
    failure = call.failure()
    assert failure.resource is not None
    assert failure.resource.id == "waited"
    return failure.resource.reasons[0]
