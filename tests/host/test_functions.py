"""Functions of the host, as a program calls them through the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2

from tests.host.harness import SECONDS, Host
from tests.host.providers import FUNCTION, Told


@pytest.fixture
def told(host: Host, tmp_path: Path) -> Host:
    host.create(Told, {"record": str(tmp_path / "record")})
    return host


def invoke(host: Host, token: str, **arguments: Any) -> Any:
    given = struct_pb2.Struct()
    given.update(arguments)
    return host.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=given), timeout=SECONDS)


def test_a_function_has_done_its_work_when_it_is_answered(told: Host, tmp_path: Path) -> None:
    invoke(told, FUNCTION, id="a", seconds=0.2)
    assert (tmp_path / "record").read_text() == "told a\n"


def test_what_a_function_raises_fails_the_call(told: Host) -> None:
    with pytest.raises(grpc.RpcError, match="no access"):
        invoke(told, FUNCTION, **{"id": "a", "raise": "no access"})


def test_other_functions_are_not_there_as_in_the_stock_host(told: Host) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        invoke(told, "pulumi-python:dynamic:other")
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
