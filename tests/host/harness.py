"""The stock dynamic host as a process, and the engine's end of the wire."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dill
import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.dynamic import ResourceProvider
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, provider_pb2_grpc

ROOT = Path(__file__).parents[2]
SECONDS = 25.0
"""How long a test waits for what should be there at once."""


class Engine(engine_pb2_grpc.EngineServicer):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.messages: list[engine_pb2.LogRequest] = []
        self._server = grpc.server(ThreadPoolExecutor(max_workers=4))
        engine_pb2_grpc.add_EngineServicer_to_server(self, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def Log(self, request: engine_pb2.LogRequest, _context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802 - gRPC's
        self.messages.append(request)
        return empty_pb2.Empty()

    def texts(self, severity: int = engine_pb2.INFO) -> list[str]:
        return [message.message for message in self.messages if message.severity == severity]

    def stop(self) -> None:
        self._server.stop(None).wait()


class Host:
    """A running host and the engine's end of its wire."""

    def __init__(self, engine: Engine, folder: Path, *arguments: str, **environment: str) -> None:
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        self._errors = (folder / "stderr").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "pulumi.dynamic", *arguments, engine.address],
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": path, **environment},
        )
        assert self.process.stdout is not None
        port = self.process.stdout.readline().decode().strip()
        # A resource's state comes back in the trailing metadata of a failure, which Python's client bounds.
        options = (("grpc.max_metadata_size", 1 << 20), ("grpc.absolute_max_metadata_size", 1 << 20))
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=options)
        self.stub: Any = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def create(
        self, provider: type[ResourceProvider], props: dict[str, Any], **fields: Any
    ) -> dict[str, Any]:
        return self.later(provider, props, **fields).result()

    def later(
        self, provider: type[ResourceProvider], props: dict[str, Any], name: str = "it", **fields: Any
    ) -> Later:
        """Send a create and return its future, whose result is the answer's properties."""
        request = provider_pb2.CreateRequest(urn=urn(name), properties=bag(provider, props), **fields)
        return Later(self.stub.Create.future(request))

    @property
    def stderr(self) -> str:
        self._errors.seek(0)
        return self._errors.read()

    def close(self) -> None:
        self.channel.close()
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._errors.close()


class Later:
    """An answer that is on its way."""

    def __init__(self, future: Any) -> None:
        self.future = future

    def result(self, timeout: float = SECONDS) -> dict[str, Any]:
        return plain(self.future.result(timeout=timeout).properties)

    def failure(self, timeout: float = SECONDS) -> Failure:
        error = self.future.exception(timeout=timeout)
        assert error is not None, "the call succeeded"
        return Failure(error)


class Failure:
    """A failed call as the engine reads it: a status in the trailing metadata counts, if there is one."""

    def __init__(self, error: Any) -> None:
        trailers = dict(error.trailing_metadata() or ())
        status = trailers.get("grpc-status-details-bin")
        self.code = error.code()
        self.message = str(error.details())
        self.resource: provider_pb2.ErrorResourceInitFailed | None = None
        if status is not None:
            self._read(status)

    def _read(self, status: bytes) -> None:
        from pulumi.runtime.proto import status_pb2  # noqa: PLC0415 - two packages bring it; one may be loaded

        read = status_pb2.Status.FromString(status)
        self.message = read.message
        for detail in read.details:
            self.resource = provider_pb2.ErrorResourceInitFailed()
            assert detail.Unpack(self.resource)


def urn(name: str) -> str:
    return f"urn:pulumi:dev::project::pulumi-python:dynamic/health:Store::{name}"


def pickled(provider: type[ResourceProvider]) -> str:
    """Return what the engine stores for a provider."""
    return base64.b64encode(dill.dumps(provider())).decode()


def bag(provider: type[ResourceProvider], props: dict[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(props | {"__provider": pickled(provider)})
    return struct


def plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    properties: dict[str, Any] = json_format.MessageToDict(struct)
    return {name: value for name, value in properties.items() if name != "__provider"}


def eventually(holds: Callable[[], Any], what: str) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"not seen in {SECONDS:.0f} s: {what}"
        threading.Event().wait(0.02)
