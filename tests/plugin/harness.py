"""The plugin as a process, and an engine that drives the life of a resource from check to delete."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from provider.models.shapes import UNKNOWN
from tests.host.harness import ROOT, SECONDS, Engine, Failure

PACKAGE = "aws-health-datastores"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
SEED = bytes(range(32))
SOME, NONE = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE


def token(name: str) -> str:
    return f"{PACKAGE}:index:{name}"


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:dev::project::{token(kind)}::{name}"


def secret(value: Any) -> dict[str, Any]:
    return {**SECRET, "value": value}


def bag(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(dict(properties), struct_pb2.Struct())


def plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    properties: dict[str, Any] = json_format.MessageToDict(struct)
    return properties


def shown(struct: struct_pb2.Struct) -> dict[str, Any]:
    """What a program sees of the properties."""
    return {name: value for name, value in plain(struct).items() if not name.startswith("__")}


class FailedError(Exception):
    """A call failed; ``failure`` says how the engine reads it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Plugin:
    """A running plugin and the engine's end of its wire."""

    def __init__(self, engine: Engine, folder: Path, **environment: str) -> None:
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        self._errors = (folder / "stderr").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "provider.plugin.main", engine.address],
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": path, **environment},
        )
        assert self.process.stdout is not None
        port = self.process.stdout.readline().decode().strip()
        options = (("grpc.max_metadata_size", 1 << 20), ("grpc.absolute_max_metadata_size", 1 << 20))
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=options)
        self._stub: Any = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self.engine = engine

    def call(self, method: str, request: Any = None) -> Any:
        """Call a method of the protocol and return its answer; raise FailedError as the engine reads it."""
        try:
            return getattr(self._stub, method)(empty_pb2.Empty() if request is None else request, timeout=60)
        except grpc.RpcError as error:
            raise FailedError(Failure(error)) from error

    def later(self, method: str, request: Any) -> Any:
        """Send a request and return the future of its answer."""
        return getattr(self._stub, method).future(request, timeout=60)

    def configure(self, **values: Any) -> None:
        self.call("Handshake", provider_pb2.ProviderHandshakeRequest(engine_address=self.engine.address))
        self.call("Configure", provider_pb2.ConfigureRequest(args=bag(values), acceptSecrets=True))

    def end(self) -> int:
        """End it as the engine does: Cancel, then an interrupt; return its exit code."""
        self.call("Cancel")
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(SECONDS)

    @property
    def stderr(self) -> str:
        self._errors.seek(0)
        return self._errors.read()

    def close(self) -> None:
        self._channel.close()
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._errors.close()


@dataclass
class Life:
    """A resource and its state, driven as the engine does.

    Attributes:
        plugin: The provider.
        kind: The resource's name in the schema.
        name: Its name in the program.
        id: Its id; empty while there is none.
        inputs: Its inputs in the state.
        outputs: Its outputs in the state.
    """

    plugin: Plugin
    kind: str
    name: str = "it"
    id: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)

    @property
    def who(self) -> dict[str, Any]:
        return {"urn": urn(self.kind, self.name), "name": self.name, "type": token(self.kind)}

    def check(self, program: Mapping[str, Any], seed: bytes = SEED) -> tuple[dict[str, Any], dict[str, str]]:
        """The checked inputs, and why each property is refused, by its path."""
        request = provider_pb2.CheckRequest(
            **self.who, olds=bag(self.inputs), news=bag(program), randomSeed=seed
        )
        answer = self.plugin.call("Check", request)
        return plain(answer.inputs), {
            each.property or each.reason.partition(": ")[0]: each.reason for each in answer.failures
        }

    def checked(self, program: Mapping[str, Any], seed: bytes = SEED) -> dict[str, Any]:
        inputs, failures = self.check(program, seed)
        assert failures == {}
        return inputs

    def diff(self, inputs: Mapping[str, Any]) -> Any:
        request = provider_pb2.DiffRequest(
            **self.who, id=self.id, olds=bag(self.outputs), news=bag(inputs), old_inputs=bag(self.inputs)
        )
        return self.plugin.call("Diff", request)

    def create(self, program: Mapping[str, Any], seed: bytes = SEED) -> dict[str, Any]:
        """Preview and make the resource; return what the preview knew."""
        inputs = self.checked(program, seed)
        previewed = self._create(inputs, preview=True)
        assert previewed.id == ""
        try:
            made = self._create(inputs, preview=False)
        except FailedError as error:
            if error.failure.resource is not None:
                kept = error.failure.resource
                self.id, self.inputs, self.outputs = kept.id, inputs, plain(kept.properties)
            raise
        self.id, self.inputs, self.outputs = made.id, inputs, plain(made.properties)
        known = plain(previewed.properties)
        for key, value in known.items():
            if not key.startswith("__") and value != UNKNOWN:
                assert self.outputs.get(key) == value, f"the preview was wrong about {key}"
        return known

    def update(self, program: Mapping[str, Any]) -> Any:
        """Preview and carry out what a changed program asks for; return the diff."""
        inputs = self.checked(program)
        found = self.diff(inputs)
        if found.changes != SOME:
            return found
        assert not found.replaces, "it is to be replaced"
        previewed = plain(self._update(inputs, preview=True).properties)
        updated = self._update(inputs, preview=False)
        self.inputs, self.outputs = inputs, plain(updated.properties)
        for key, value in previewed.items():
            if not key.startswith("__") and value != UNKNOWN:
                assert self.outputs.get(key) == value, f"the preview was wrong about {key}"
        return found

    def read(self) -> Any:
        request = provider_pb2.ReadRequest(
            **self.who, id=self.id, properties=bag(self.outputs), inputs=bag(self.inputs)
        )
        return self.plugin.call("Read", request)

    def refresh(self) -> None:
        answer = self.read()
        assert answer.id == self.id
        self.inputs, self.outputs = plain(answer.inputs), plain(answer.properties)

    def delete(self) -> None:
        request = provider_pb2.DeleteRequest(**self.who, id=self.id, properties=bag(self.outputs))
        self.plugin.call("Delete", request)

    def _create(self, inputs: Mapping[str, Any], *, preview: bool) -> Any:
        request = provider_pb2.CreateRequest(**self.who, properties=bag(inputs), preview=preview)
        return self.plugin.call("Create", request)

    def _update(self, inputs: Mapping[str, Any], *, preview: bool) -> Any:
        request = provider_pb2.UpdateRequest(
            **self.who,
            id=self.id,
            olds=bag(self.outputs),
            news=bag(inputs),
            old_inputs=bag(self.inputs),
            preview=preview,
        )
        return self.plugin.call("Update", request)
