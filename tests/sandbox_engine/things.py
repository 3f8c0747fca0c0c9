"""A stock dynamic provider whose resources are files, for programs under test; copied into their projects.

``$THINGS/LABEL-ID.json`` is a thing that is there; ``$THINGS/calls`` has a line per call with its request;
``$THINGS/orders.json`` orders faults: ``{"create one": "fail"}`` makes the creation of the thing labelled
``one`` fail. What can be ordered: ``fail``; ``init`` (there, but not initialised); ``hang`` (until the file
``$THINGS/go`` is there); ``hold`` (``hang``, but ended by the engine's Cancel as a failed initialisation).
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import grpc
import pulumi
from google.protobuf import any_pb2, json_format
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, status_pb2

FOLDER = Path(os.environ["THINGS"])
OWN = ("value", "key", "items")


def seen(frame: Any) -> Any:
    """The gRPC request that the provider method's caller works on."""
    while "request" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals


def note(verb: str, label: str) -> str:
    """Write a call down; returns what is ordered for it."""
    request = json_format.MessageToDict(seen(sys._getframe())["request"])
    with (FOLDER / "calls").open("a") as calls:
        calls.write(json.dumps({"verb": verb, "label": label, "request": request}) + "\n")
    orders = FOLDER / "orders.json"
    order: str = json.loads(orders.read_text()).get(f"{verb} {label}", "") if orders.exists() else ""
    return order


def obey(order: str, id_: str = "", outputs: dict[str, Any] | None = None) -> None:
    """Do what is ordered."""
    if order == "hang":
        while not (FOLDER / "go").exists():
            time.sleep(0.02)
    if order == "hold":
        wait_for_cancel()
        fail_initialised(id_, outputs or {})
    if order == "fail":
        raise RuntimeError("refused as ordered")
    if order == "init":
        fail_initialised(id_, outputs or {})


def wait_for_cancel() -> None:
    """Wait for the engine's Cancel, which the stock host ignores, by listening in."""
    canceled = threading.Event()

    class Listener(grpc.GenericRpcHandler):  # type: ignore[type-arg]  # no generic at run time
        def service(self, details: grpc.HandlerCallDetails) -> None:
            if details.method.endswith("/Cancel"):
                canceled.set()

    frame: Any = sys._current_frames()[threading.main_thread().ident or 0]
    while "server" not in frame.f_locals:
        frame = frame.f_back
    state = frame.f_locals["server"]._state
    state.generic_handlers = [Listener(), *state.generic_handlers]
    canceled.wait()


def fail_initialised(id_: str, outputs: dict[str, Any]) -> None:
    """Answer that the thing is there and not initialised."""
    frame = seen(sys._getframe())
    request = frame["request"]
    sent = request.news if isinstance(request, provider_pb2.UpdateRequest) else request.properties
    failure = provider_pb2.ErrorResourceInitFailed(id=id_, reasons=["not ready yet"])
    failure.properties.update({**outputs, "__provider": sent["__provider"]})
    detail = any_pb2.Any()
    detail.Pack(failure)
    status = status_pb2.Status(code=2, message="not ready yet", details=[detail])
    frame["context"].set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    raise RuntimeError("not initialised")


class Things(ResourceProvider):
    """Keeps things as files."""

    serialize_as_secret_always = False

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        note("check", news["label"])
        failures = [CheckFailure("value", "is bad")] if news.get("value") == "bad" else []
        return CheckResult(news, failures)

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        note("diff", news["label"])
        changed = [key for key in OWN if olds.get(key) != news.get(key)]
        replaces = ["key"] if "key" in changed else []
        return DiffResult(bool(changed), replaces, delete_before_replace=bool(news.get("delete_first")))

    def create(self, props: dict[str, Any]) -> CreateResult:
        order = note("create", props["label"])
        id_ = f"{props['label']}-{uuid.uuid4().hex[:6]}"
        outputs = {**props, "made": f"made-{props.get('key')}"}
        del outputs["__provider"]
        if order != "fail":
            (FOLDER / f"{id_}.json").write_text(json.dumps(outputs))
        obey(order, id_, outputs)
        if props.get("chatty"):
            chat(seen(sys._getframe())["request"].urn)
        return CreateResult(id_, outputs)

    def update(self, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        outputs = {**news, "made": olds["made"]}
        del outputs["__provider"]
        obey(note("update", news["label"]), id_, outputs)
        (FOLDER / f"{id_}.json").write_text(json.dumps(outputs))
        return UpdateResult(outputs)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        order = note("read", props.get("label", id_))
        path = FOLDER / f"{id_}.json"
        if not path.exists():
            return ReadResult("", {})
        found = json.loads(path.read_text())
        obey(order, id_, found)
        inputs = {key: value for key, value in found.items() if key != "made"}
        return ReadResult(id_, found, inputs if found.get("drifts_inputs") else None)

    def delete(self, id_: str, props: dict[str, Any]) -> None:
        obey(note("delete", props["label"]))
        (FOLDER / f"{id_}.json").unlink(missing_ok=True)


def chat(urn: str) -> None:
    """Send the engine a status and a warning."""
    engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(sys.argv[1]))
    engine.Log(engine_pb2.LogRequest(severity=engine_pb2.INFO, message="half way", urn=urn, ephemeral=True))
    engine.Log(engine_pb2.LogRequest(severity=engine_pb2.WARNING, message="mind the gap", urn=urn))


class Thing(Resource, module="things", name="Thing"):
    """A thing."""

    made: pulumi.Output[str]
    value: pulumi.Output[Any]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, **props: Any) -> None:
        super().__init__(Things(), name, {"label": name, **props, "made": None}, opts)
