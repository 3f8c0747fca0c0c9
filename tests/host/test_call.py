from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pulumi.runtime.proto import provider_pb2

from tests.host.harness import SECONDS, Host, bag, pickled, plain, urn
from tests.host.providers import Seeing

AUTONAMING = provider_pb2.CheckRequest.AutonamingOptions


def test_every_part_of_the_installed_sdk_is_reached(host: Host) -> None:
    assert host.create(Seeing, {})["parts"] == dict.fromkeys(
        ("request", "answer", "messages", "errors", "cancel", "interrupt", "functions", "threads"), True
    )


def test_every_part_is_reached_under_tracing(start: Callable[..., Host]) -> None:
    host = start(
        TRACEPARENT="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        PULUMI_OTEL_EXPORTER_OTLP_ENDPOINT="127.0.0.1:9",
    )
    assert all(host.create(Seeing, {})["parts"].values())


def test_a_create_sees_its_urn_name_type_timeout_and_preview(host: Host) -> None:
    seen = host.create(Seeing, {}, name="store", timeout=420.0, preview=True)
    assert seen["urn"] == urn("store")
    assert (seen["name"], seen["type"]) == ("store", "pulumi-python:dynamic/health:Store")
    assert (seen["method"], seen["timeout"], seen["preview"]) == ("create", 420.0, True)


def test_without_a_custom_timeout_there_is_none(host: Host) -> None:
    assert "timeout" not in host.create(Seeing, {})


def test_the_type_of_a_child_is_its_own_and_a_name_may_hold_colons(host: Host) -> None:
    request = provider_pb2.CreateRequest(
        urn="urn:pulumi:dev::project::my:group:Team$health:index:Store::a::b", properties=bag(Seeing, {})
    )
    seen = plain(host.stub.Create(request, timeout=SECONDS).properties)
    assert (seen["type"], seen["name"]) == ("health:index:Store", "a::b")


def test_the_engine_s_own_name_and_type_win_over_those_in_the_urn(host: Host) -> None:
    request = provider_pb2.CreateRequest(
        urn=urn("store"), name="named", type="a:b:C", properties=bag(Seeing, {})
    )
    seen = plain(host.stub.Create(request, timeout=SECONDS).properties)
    assert (seen["type"], seen["name"]) == ("a:b:C", "named")


def test_a_check_sees_the_seed_and_how_to_name(host: Host) -> None:
    request = provider_pb2.CheckRequest(
        urn=urn("store"),
        news=bag(Seeing, {}),
        randomSeed=b"\x01\xff",
        autonaming=AUTONAMING(proposed_name="store-1", mode=AUTONAMING.ENFORCE),
    )
    seen = plain(host.stub.Check(request, timeout=SECONDS).inputs)
    assert seen["method"] == "check"
    assert seen["seed"] == "01ff"
    assert seen["autonaming"] == ["store-1", "enforce"]


def test_a_check_without_naming_options_sees_none(host: Host) -> None:
    request = provider_pb2.CheckRequest(urn=urn("store"), news=bag(Seeing, {}))
    seen = plain(host.stub.Check(request, timeout=SECONDS).inputs)
    assert not {"autonaming", "seed"} & set(seen)


def test_a_diff_and_an_update_see_the_ignored_changes(host: Host) -> None:
    both: dict[str, Any] = {
        "olds": bag(Seeing, {}),
        "news": bag(Seeing, {}),
        "ignoreChanges": ["tags", "a.b"],
    }
    diff = host.stub.Diff(provider_pb2.DiffRequest(urn=urn("store"), id="1", **both), timeout=SECONDS)
    update = provider_pb2.UpdateRequest(urn=urn("store"), id="1", timeout=60.0, **both)
    seen = plain(host.stub.Update(update, timeout=SECONDS).properties)
    assert list(diff.replaces) == seen["ignore_changes"] == ["tags", "a.b"]
    assert seen["timeout"] == 60.0


def test_a_read_sees_its_urn(host: Host) -> None:
    request = provider_pb2.ReadRequest(urn=urn("store"), id="1", properties=bag(Seeing, {}))
    seen = plain(host.stub.Read(request, timeout=SECONDS).properties)
    assert (seen["method"], seen["urn"]) == ("read", urn("store"))


def test_asking_for_the_parts_cancels_nothing(host: Host) -> None:
    host.create(Seeing, {})
    assert host.create(Seeing, {})["cancelled"] is False


def test_the_stored_provider_is_a_short_reference() -> None:
    assert len(pickled(Seeing)) < 100
