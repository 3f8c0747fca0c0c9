"""Small dynamic providers for the hosts that the tests start; each shows what ``dynamic.host`` does."""

from __future__ import annotations

import importlib
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, ResourceProvider, UpdateResult

from provider.dynamic import host
from provider.dynamic.host import internals
from provider.errors import CancelledError

TOGETHER = 16
_all_here = threading.Barrier(TOGETHER)


class Seeing(ResourceProvider):
    """Answers with what it sees of the call."""

    def check(self, _olds: dict[str, Any], _news: dict[str, Any]) -> CheckResult:
        return CheckResult(seen(host.current_call()), [])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        return DiffResult(changes=True, replaces=list(host.current_call().ignore_changes))

    def create(self, _props: dict[str, Any]) -> CreateResult:
        return CreateResult("seen", seen(host.current_call()))

    def read(self, id_: str, _props: dict[str, Any]) -> ReadResult:
        return ReadResult(id_, seen(host.current_call()))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return UpdateResult(seen(host.current_call()))


def seen(call: host.HostCall) -> dict[str, Any]:
    naming = call.autonaming
    return {
        "method": call.method,
        "urn": call.urn,
        "name": call.name,
        "type": call.type,
        "timeout": call.timeout,
        "preview": call.preview,
        "seed": call.random_seed.hex() if call.random_seed else None,
        "autonaming": [naming.name, naming.mode] if naming else None,
        "ignore_changes": list(call.ignore_changes),
        "parts": host.parts(),
        "cancelled": call.cancellation.is_set(),
    }


class Talking(ResourceProvider):
    """Says things on the resource's line."""

    def create(self, _props: dict[str, Any]) -> CreateResult:
        call = host.current_call()
        call.progress("looking")
        call.progress("still looking", ephemeral=False)
        call.info("found it")
        call.warn("it is old")
        return CreateResult("said", {})


class Failing(ResourceProvider):
    """Fails: half-way where there are outputs, at once where there are none."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        call = host.current_call()
        if "import" in props:
            importlib.import_module(props["import"])
        if "crash" in props:
            raise LookupError(props["crash"])
        try:
            raise LookupError("what lies below")  # noqa: TRY301 - what a debugging user wants to see
        except LookupError:
            if "outputs" in props:
                call.initialization_failed("half-way", outputs(props), ["AWS said no", "try again"])
            call.refused("AWS said no; ask for access")

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        host.current_call().initialization_failed(id_, props["outputs"], ["it failed"], {"wanted": 1})

    def update(self, id_: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        host.current_call().initialization_failed(id_, news["outputs"], ["it failed again"])


def outputs(props: Mapping[str, Any]) -> dict[str, Any]:
    return {"lost": object()} if props["outputs"] == "unserialisable" else props["outputs"]


class Waiting(ResourceProvider):
    """Waits; keeps the resource where it is stopped."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        call = host.current_call()
        call.progress("waiting")
        record(props, f"{call.name} waits")
        try:
            call.clock.sleep(props["seconds"])
        except CancelledError as error:
            record(props, f"{call.name}: {error}")
            call.initialization_failed("waited", {}, [str(error)])
        return CreateResult("waited", {"slept": True})


class Meeting(ResourceProvider):
    """Every operation waits for all the others, so that it ends only where all run at the same time."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        host.more_threads()
        if "alone" in props:
            return CreateResult("alone", {"threads": [thread.name for thread in threading.enumerate()]})
        _all_here.wait(timeout=20)
        return CreateResult("met", {})

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        host.more_threads()
        _all_here.wait(timeout=20)


FUNCTION = "pulumi-python:dynamic:told"


class Told(ResourceProvider):
    """Answers a function of the host, which a program may call."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        def told(arguments: Mapping[str, Any]) -> None:
            time.sleep(arguments.get("seconds", 0.0))
            if "raise" in arguments:
                raise LookupError(arguments["raise"])
            record(props, f"told {arguments['id']}")

        host.answer(FUNCTION, told)
        return CreateResult("made", {})


class Hiding(ResourceProvider):
    """Hides a part of the host first, as an SDK of tomorrow might, then uses it."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        found = internals.servicing()
        server = internals.server()
        HIDE[props["hide"]](found.context, server)
        if props["hide"] == "request":
            return CreateResult("hidden", in_a_thread(lambda: seen(host.current_call())))
        call = host.current_call()
        host.more_threads()
        call.progress("working")
        host.answer(FUNCTION, lambda _: None)
        outs = {"parts": host.parts()}
        if props["hide"] == "errors":
            call.initialization_failed("half-way", {"size": 1}, ["AWS said no"])
        return CreateResult("hidden", outs)


def in_a_thread(function: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run where no servicer's frame is above."""
    results: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join()
    return results[0]


class Without:
    """An object without one of its attributes."""

    def __init__(self, whole: Any, hidden: str) -> None:
        object.__setattr__(self, "_whole", whole)
        object.__setattr__(self, "_hidden", hidden)

    def __getattr__(self, name: str) -> Any:
        if name == self._hidden:
            raise AttributeError(name)
        return getattr(self._whole, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._whole, name, value)


def hide_state(owner: Any, name: str) -> None:
    owner._state = Without(owner._state, name)


HIDE: dict[str, Callable[[Any, Any], Any]] = {
    "request": lambda _context, _server: None,
    "answer": lambda context, _server: hide_state(context, "client"),
    "messages": lambda _context, _server: sys.argv.append("--new-flag"),
    "errors": lambda context, _server: setattr(context, "set_trailing_metadata", None),
    "cancel": lambda _context, server: hide_state(server, "generic_handlers"),
    "threads": lambda _context, server: hide_state(server, "thread_pool"),
}


def record(props: Mapping[str, Any], line: str) -> None:
    """Append a line to the test's file."""
    with Path(props["record"]).open("a") as file:
        file.write(line + "\n")
