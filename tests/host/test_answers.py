from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2

from provider.dynamic.host.answers import SECONDS_TO_END, in_order
from provider.engine.cancellation import CANCELLED_BY_ENGINE, INTERRUPTED, Sign
from tests.host.harness import SECONDS, Engine, Host, eventually
from tests.host.providers import Following, Meeting


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "record"
    path.touch()
    return path


def test_what_follows_an_answer_starts_after_it_and_not_before(host: Host, record: Path) -> None:
    assert host.create(Following, {"record": str(record)}) == {"promised": True, "early": False}
    eventually(lambda: record.read_text() == "followed\n", "the callback")


def test_what_follows_an_answer_leaves_the_engine_time_to_store_it(host: Host, record: Path) -> None:
    host.create(Following, {"record": str(record), "says": "in an hour", "settle": 3600})
    host.create(Following, {"record": str(record), "says": "at once", "settle": 0})
    eventually(record.read_text, "the second call's callback")
    assert record.read_text() == "at once\n"


@pytest.mark.parametrize("cancels", [0, 1])  # the sandbox's engine sends none, that of the CLI one
def test_what_follows_an_answer_survives_the_end_of_a_host_that_ends_in_order(
    host: Host, record: Path, tmp_path: Path, cancels: int
) -> None:
    host.create(Following, {"record": str(record), "go": str(tmp_path / "go"), "settle": 3600})
    time.sleep(4 * SECONDS_TO_END)
    stop(host, cancels)
    assert record.read_text() == ""
    (tmp_path / "go").touch()
    host.process.wait(timeout=SECONDS)
    assert record.read_text() == "followed\n"


@pytest.mark.parametrize(
    ("before", "cancels", "between"),
    [
        pytest.param(0.2, 2, 0.0, id="two cancels"),
        pytest.param(0.2, 1, 0.2, id="a cancel long before"),
        pytest.param(0.0, 1, 0.0, id="two within milliseconds"),
    ],
)
def test_nothing_follows_an_answer_after_a_ctrl_c_for_it_may_not_be_stored(
    host: Host, record: Path, before: float, cancels: int, between: float
) -> None:
    host.create(Following, {"record": str(record), "settle": 3600})
    time.sleep(before)
    stop(host, cancels, between)
    host.process.wait(timeout=SECONDS)
    assert record.read_text() == ""


def stop(host: Host, cancels: int, between: float = 0.0) -> None:
    """End a host as an engine does, with some Cancels and an interrupt."""
    for _ in range(cancels):
        host.stub.Cancel(empty_pb2.Empty(), timeout=SECONDS)
    time.sleep(between)
    host.channel.close()
    host.process.send_signal(signal.SIGINT)


CANCEL, INTERRUPT = CANCELLED_BY_ENGINE, INTERRUPTED


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        pytest.param([(0.2, INTERRUPT)], True, id="alone"),
        pytest.param([(0.2, CANCEL), (0.21, INTERRUPT)], True, id="behind a Cancel"),
        pytest.param([(0.2, INTERRUPT), (0.21, CANCEL)], True, id="overtaken by its Cancel"),
        pytest.param([(0.01, INTERRUPT)], False, id="right at the answer"),
        pytest.param([(-0.01, CANCEL), (0.2, INTERRUPT)], False, id="cancelled before the answer"),
        pytest.param([(0.2, CANCEL), (0.4, INTERRUPT)], False, id="cancelled long before"),
        pytest.param([(0.2, CANCEL), (0.21, CANCEL), (0.22, INTERRUPT)], False, id="cancelled twice"),
    ],
)
def test_an_end_in_order_leaves_the_last_answer_time_to_be_stored(
    signs: list[tuple[float, str]],
    expected: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    assert in_order([Sign(reason, 1000 + at) for at, reason in signs], 1000.0) is expected


def test_nothing_follows_an_answer_once_the_engine_is_gone(engine: Engine, host: Host, record: Path) -> None:
    engine.stop()
    host.create(Following, {"record": str(record), "settle": 0.1})
    eventually(lambda: not following(host), "the end of the thread that asks for the engine")
    assert record.read_text() == ""


def following(host: Host) -> list[str]:
    threads = host.create(Meeting, {"alone": True})["threads"]
    return [name for name in threads if name.startswith("after create")]


def test_nothing_follows_an_answer_that_never_left(engine: Engine, host: Host, record: Path) -> None:
    call = host.later(Following, {"record": str(record), "seconds": 30})
    eventually(engine.texts, "the host at work")
    call.future.cancel()
    eventually(record.read_text, "the wait's end")
    host.create(Following, {"record": str(record), "seconds": 0})
    eventually(lambda: "followed" in record.read_text(), "the second call's callback")
    assert record.read_text() == "the engine has gone\nfollowed\n"


def test_a_failure_after_the_answer_is_a_warning(engine: Engine, host: Host, record: Path) -> None:
    host.create(Following, {"record": str(record), "raise": "no access"})
    eventually(lambda: engine.texts(engine_pb2.WARNING), "the warning")
    assert engine.texts(engine_pb2.WARNING) == ["after create of it: LookupError: no access"]
