"""An SDK of tomorrow that hides a part: the stock behaviour stays, with one warning."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import engine_pb2

from tests.host.harness import Engine, Host
from tests.host.providers import Hiding

LOST = {
    "request": "the resource's URN, timeout and progress",
    "answer": "an end of the waits once the engine has gone",
    "errors": "one-line errors and resources kept half-way",
    "cancel": "stopping at the first Ctrl-C",
    "functions": "claims that come off within the run that made them",
    "threads": "more than 4 operations at a time",
}


@pytest.fixture
def hide(host: Host, tmp_path: Path) -> Callable[[str], Any]:
    return lambda part: host.later(Hiding, {"hide": part, "record": str(tmp_path / "record")})


@pytest.mark.parametrize("part", ["request", "answer", "cancel", "threads"])
def test_a_part_that_is_hidden_is_warned_of_once_and_the_rest_works(
    engine: Engine, hide: Callable[[str], Any], part: str
) -> None:
    outs = [hide(part).result(), hide(part).result()]
    warnings = engine.texts(engine_pb2.WARNING)
    assert all(warning.startswith("this Pulumi SDK (3.") for warning in warnings)
    assert [sum(lost in warning for warning in warnings) for lost in with_it(part)] == [1] * len(warnings)
    assert all(out["parts"][part] is False for out in outs)


def with_it(part: str) -> list[str]:
    """Return what is lost with a part: Cancel and functions are found in one place."""
    return [LOST[part], *([LOST["functions"]] if part == "cancel" else [])]


def test_all_other_parts_stay(hide: Callable[[str], Any]) -> None:
    parts = hide("threads").result()["parts"]
    assert [part for part, there in parts.items() if not there] == ["threads"]


def test_without_trailers_the_error_has_everything(engine: Engine, hide: Callable[[str], Any]) -> None:
    failure = hide("errors").failure()
    assert failure.resource is None
    assert "AWS said no" in failure.message
    assert "the resource exists with the id half-way" in failure.message
    assert LOST["errors"] in engine.texts(engine_pb2.WARNING)[0]


def test_without_the_engine_s_address_messages_go_to_stderr(host: Host, hide: Callable[[str], Any]) -> None:
    assert hide("messages").result()["parts"]["messages"] is False
    assert host.stderr.count("progress cannot be shown") == 1
