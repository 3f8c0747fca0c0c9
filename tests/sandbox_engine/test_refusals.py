"""What the engine leaves to the CLI, it refuses by name: seen by a program, and asked over the wire."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import callback_pb2, engine_pb2, engine_pb2_grpc, resource_pb2, resource_pb2_grpc

from sandbox.engine.events import Reporter
from sandbox.engine.monitor import EngineService, Monitor, serve_engine, serve_monitor
from sandbox.engine.project import Project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox_engine.conftest import Lab

THING = "pulumi-python:dynamic/things:Thing"
Register = resource_pb2.RegisterResourceRequest
REFUSED = [
    ("RegisterResource", Register(type="aws:s3/bucket:Bucket", custom=True), "the package 'aws'"),
    ("RegisterResource", Register(type="pulumi:providers:aws", custom=True), "explicit providers"),
    (
        "RegisterResource",
        Register(type=THING, custom=True, provider="urn:pulumi:d::p::t::n::id"),
        "explicit providers",
    ),
    ("RegisterResource", Register(type=THING, custom=True, importId="x"), "import_"),
    ("RegisterResource", Register(type=THING, name="a", replace_with=["b"]), "replace_with (resource 'a')"),
    ("RegisterResource", Register(type=THING, transforms=[callback_pb2.Callback()]), "transforms"),
    (
        "RegisterResource",
        Register(type=THING, state_migrations=[callback_pb2.Callback()]),
        "state migrations",
    ),
    (
        "RegisterResource",
        Register(type=THING, replacement_trigger=struct_pb2.Value(number_value=1)),
        "replacement_trigger",
    ),
    (
        "RegisterResource",
        Register(type=THING, hooks=Register.ResourceHooksBinding(before_create=["h"])),
        "resource hooks",
    ),
    ("ReadResource", resource_pb2.ReadResourceRequest(type="pulumi:pulumi:StackReference"), "StackReference"),
    ("Invoke", resource_pb2.ResourceInvokeRequest(tok="a:b:c"), "provider functions (a:b:c)"),
    ("Call", resource_pb2.ResourceCallRequest(tok="a:b:c"), "resource methods (a:b:c)"),
    ("RegisterStackTransform", callback_pb2.Callback(), "stack transforms"),
    ("RegisterStackInvokeTransform", callback_pb2.Callback(), "invoke transforms"),
    ("RegisterResourceHook", resource_pb2.RegisterResourceHookRequest(name="h"), "resource hooks (h)"),
    ("RegisterErrorHook", resource_pb2.RegisterErrorHookRequest(name="h"), "error hooks (h)"),
    ("RegisterPackage", resource_pb2.RegisterPackageRequest(name="aws"), "the package 'aws'"),
]
ENGINE_REFUSED = [
    ("StartDebugging", engine_pb2.StartDebuggingRequest(), "debuggers"),
    ("RequirePulumiVersion", engine_pb2.RequirePulumiVersionRequest(pulumi_version_range=">=3"), "(>=3)"),
]


def refusal(stub: Any, method: str, request: Any) -> str:
    with pytest.raises(grpc.RpcError) as raised:
        getattr(stub, method)(request)
    details = str(raised.value.details())
    assert "; run this program with the pulumi CLI" in details
    return details


@pytest.mark.parametrize(("method", "request_", "feature"), REFUSED)
def test_the_monitor_refuses_by_name(tmp_path: Path, method: str, request_: Any, feature: str) -> None:
    project = Project("p", "s", tmp_path, tmp_path, "python", {}, {}, frozenset())
    deployment: Any = None  # nothing gets that far

    async def ask() -> str:
        monitor = Monitor(project, deployment, parallel=1, dry_run=True)
        server, address = await serve_monitor(monitor)
        try:
            with grpc.insecure_channel(address) as channel:
                stub = resource_pb2_grpc.ResourceMonitorStub(channel)
                return await asyncio.to_thread(refusal, stub, method, request_)
        finally:
            await server.stop(None)

    assert f"the sandbox's engine does not support {feature}" in asyncio.run(ask())


@pytest.mark.parametrize(("method", "request_", "feature"), ENGINE_REFUSED)
def test_the_engine_service_refuses_by_name(method: str, request_: Any, feature: str) -> None:
    async def ask() -> str:
        server, address = await serve_engine(EngineService(Reporter()))
        try:
            with grpc.insecure_channel(address) as channel:
                stub = engine_pb2_grpc.EngineStub(channel)
                return await asyncio.to_thread(refusal, stub, method, request_)
        finally:
            await server.stop(None)

    assert feature in asyncio.run(ask())


def test_a_program_is_told_what_is_not_supported(lab: Lab) -> None:
    lab.write("pulumi.StackReference('other')")
    outcome = lab.engine.preview()
    assert outcome.exit_code == 1
    assert "the sandbox's engine does not support StackReference" in outcome.text
