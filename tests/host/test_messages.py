from __future__ import annotations

from collections.abc import Callable

from pulumi.runtime.proto import engine_pb2

from tests.host.harness import Engine, Host, urn
from tests.host.providers import Talking


def test_progress_notes_and_warnings_arrive_on_the_resource_in_order(engine: Engine, host: Host) -> None:
    host.create(Talking, {}, name="store")
    assert [(m.severity, m.message, m.ephemeral) for m in engine.messages] == [
        (engine_pb2.INFO, "looking", True),
        (engine_pb2.INFO, "still looking", False),
        (engine_pb2.INFO, "found it", False),
        (engine_pb2.WARNING, "it is old", False),
    ]
    assert {message.urn for message in engine.messages} == {urn("store")}


def test_the_engine_s_address_is_found_behind_logging_flags(
    engine: Engine, start: Callable[..., Host]
) -> None:
    start("--logtostderr", "-v=3", "--tracing", "file:trace").create(Talking, {})
    assert "looking" in engine.texts()


def test_a_proxy_in_the_environment_is_not_asked(engine: Engine, start: Callable[..., Host]) -> None:
    proxy = "http://127.0.0.1:9"
    start(http_proxy=proxy, grpc_proxy=proxy, no_proxy="", no_grpc_proxy="").create(Talking, {})
    assert "looking" in engine.texts()


def test_an_engine_that_does_not_listen_fails_nothing_and_is_complained_of_once(
    engine: Engine, host: Host
) -> None:
    engine.stop()
    host.create(Talking, {})
    host.create(Talking, {})
    assert host.stderr.count("progress cannot be shown") == 1
    assert host.stderr.count("it is old") == 2  # a warning is never lost
