"""What the plugin answers beside the life of resources, how it stops, and what it says meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import psutil
import pytest
from pulumi.runtime.proto import engine_pb2, plugin_pb2, provider_pb2

from tests.host.harness import ROOT, SECONDS, Engine, Failure, eventually
from tests.plugin.harness import PACKAGE, SOME, FailedError, Life, Plugin, bag, plain, token

if TYPE_CHECKING:
    from sandbox.aws import Sandbox


def test_the_handshake_says_what_the_plugin_can_do(plugin: Plugin) -> None:
    answer = plugin.call("Handshake", provider_pb2.ProviderHandshakeRequest(engine_address="127.0.0.1:1"))
    assert answer.accept_secrets
    assert answer.supports_autonaming_configuration
    assert plugin.call("GetPluginInfo").version


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("Parameterize", provider_pb2.ParameterizeRequest()),
        ("Call", provider_pb2.CallRequest()),
        ("Construct", provider_pb2.ConstructRequest()),
        ("GetMapping", provider_pb2.GetMappingRequest()),
        ("GetMappings", provider_pb2.GetMappingsRequest()),
    ],
)
def test_what_is_not_there_says_so_by_its_name(plugin: Plugin, method: str, request_: Any) -> None:
    with pytest.raises(FailedError, match=f"does not implement {method}$") as caught:
        plugin.call(method, request_)
    assert caught.value.failure.code is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"regoin": "us-east-1"}, "is not a property of the provider; did you mean region?"),
        ({"allowedAccountIds": '{"a": 1}'}, "aws-health-datastores:allowedAccountIds is not a list"),
        ({"accessKey": "AKIA"}, "not both set"),
    ],
)
def test_a_configuration_that_is_wrong_is_refused(
    plugin: Plugin, values: dict[str, str], reason: str
) -> None:
    answer = plugin.call("CheckConfig", provider_pb2.CheckRequest(news=bag(values)))
    assert any(reason in failure.reason for failure in answer.failures)


def test_a_configuration_that_is_right_passes_and_never_replaces(plugin: Plugin) -> None:
    values = {"region": "us-east-1", "defaultTags": '{"tags": {"team": "a"}}', "version": "0.1.0"}
    assert not plugin.call("CheckConfig", provider_pb2.CheckRequest(news=bag(values))).failures
    request = provider_pb2.DiffRequest(olds=bag(values), news=bag({**values, "region": "us-west-2"}))
    found = plugin.call("DiffConfig", request)
    assert (found.changes, list(found.replaces)) == (SOME, [])


def test_default_tags_of_the_configuration_go_onto_every_store(start: Callable[..., Plugin]) -> None:
    life = Life(start(defaultTags='{"tags": {"owner": "platform"}}'), "HealthImagingDatastore")
    life.create({"tags": {"team": "a"}})
    assert life.outputs["tags"] == {"owner": "platform", "team": "a"}


def test_functions_read_what_exists_and_say_what_does_not(plugin: Plugin) -> None:
    life = Life(plugin, "HealthLakeDatastore", "records")
    life.create({"tags": {"team": "clinic"}})
    name = token("getHealthLakeDatastore")
    found = plugin.call("Invoke", provider_pb2.InvokeRequest(tok=name, args=bag({"datastoreId": life.id})))
    outputs = plain(getattr(found, "return"))
    assert outputs["datastoreEndpoint"] == life.outputs["datastoreEndpoint"]
    assert outputs["tags"] == {"team": "clinic"}
    with pytest.raises(FailedError, match="0000' does not exist"):
        plugin.call("Invoke", provider_pb2.InvokeRequest(tok=name, args=bag({"datastoreId": "0" * 32})))
    with pytest.raises(FailedError, match="has no function"):
        plugin.call("Invoke", provider_pb2.InvokeRequest(tok=f"{PACKAGE}:index:getNothing", args=bag({})))


def test_a_wait_is_told_on_the_resources_own_line(plugin: Plugin) -> None:
    life = Life(plugin, "HealthLakeDatastore", "records")
    life.create({})
    told = [message for message in plugin.engine.messages if message.urn == life.who["urn"]]
    assert any(message.ephemeral and "CREATING" in message.message for message in told)
    assert any(not message.ephemeral and message.message.startswith("ACTIVE after") for message in told)


@pytest.mark.cloud(speed=1.0)
def test_cancel_ends_a_wait_at_once_and_the_store_is_kept(plugin: Plugin, cloud: Sandbox) -> None:
    life = Life(plugin, "HealthLakeDatastore", "records")
    inputs = life.checked({})
    creating = plugin.later("Create", provider_pb2.CreateRequest(**life.who, properties=bag(inputs)))
    eventually(cloud.stores, "the store")
    eventually(lambda: cloud.counts().get("DescribeFHIRDatastore"), "a poll")
    began = time.monotonic()
    plugin.call("Cancel")
    error = creating.exception(timeout=SECONDS)
    assert time.monotonic() - began < SECONDS / 5
    failure = Failure(error)
    assert failure.resource is not None
    assert failure.resource.id == cloud.stores()[0].id
    assert plugin.end() == 0


@pytest.mark.cloud(speed=1.0)
def test_the_timeout_of_the_request_is_the_deadline(plugin: Plugin, cloud: Sandbox) -> None:
    life = Life(plugin, "HealthImagingDatastore", "images")
    request = provider_pb2.CreateRequest(**life.who, properties=bag(life.checked({})), timeout=300)
    with pytest.raises(FailedError, match="the deadline passed"):
        plugin.call("Create", request)
    assert cloud.stores()


def test_a_process_that_is_attached_to_serves_one_run_after_the_other(plugin: Plugin, cloud: Sandbox) -> None:
    for name in ("first", "second"):
        plugin.call("Attach", plugin_pb2.PluginAttach(address=plugin.engine.address))
        plugin.configure()
        Life(plugin, "HealthImagingDatastore", name).create({})
        plugin.call("Cancel")
    assert len(cloud.stores()) == 2


def test_an_interrupt_ends_it_in_order(plugin: Plugin) -> None:
    assert plugin.end() == 0
    assert plugin.stderr == ""


def test_it_ends_by_itself_once_the_engine_is_killed(tmp_path: Path) -> None:
    engine = Engine()
    # An engine of its own: a process that starts the plugin, prints the plugin's process id, and waits.
    starter = (
        "import subprocess, sys, time\n"
        f"plugin = subprocess.Popen([sys.executable, '-m', 'provider.plugin.main', {engine.address!r}],"
        " stdout=subprocess.PIPE)\n"
        "plugin.stdout.readline()\n"
        "print(plugin.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", starter], stdout=subprocess.PIPE, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert parent.stdout is not None
    plugin = psutil.Process(int(parent.stdout.readline()))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    plugin.wait(SECONDS)
    parent.stdout.close()
    engine.stop()


def test_warnings_reach_the_resources_diagnostics(plugin: Plugin) -> None:
    life = Life(plugin, "HealthLakeDatastore", "records")
    life.create({})
    life.diff(life.checked({"preloadDataType": "SYNTHEA"}))
    assert any("data in it destroyed" in text for text in plugin.engine.texts(engine_pb2.WARNING))
