"""Refreshing: what was changed or deleted outside is taken into the state, and put right by the next up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox_engine.conftest import MakeLab

PROGRAM = """
a = Thing("a", value="1")
b = Thing("b", value="1", drifts_inputs=True)
c = Thing("c", value=a.made)
d = Thing("d", value="1", opts=ResourceOptions(depends_on=[a]))
e = Thing("e", value="1")
"""


def edit(path: Path, **changes: str) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_drift_and_deletions_are_found_and_put_right(make_lab: MakeLab) -> None:
    lab = make_lab(PROGRAM)
    assert lab.engine.up().exit_code == 0
    edit(lab.file("b"), value="changed")
    edit(lab.file("e"), value="changed")
    lab.file("a").unlink()
    refreshed = lab.engine.refresh()
    assert refreshed.exit_code == 0, refreshed
    assert refreshed.changes == {"same": 3, "update": 2, "delete": 1}
    assert [refreshed.steps(name, "done") for name in "abcde"] == [
        ["delete"],
        ["update"],
        ["same"],
        ["same"],
        ["update"],
    ]
    assert sorted(refreshed.names()) == ["b", "c", "d", "e"]
    assert (
        refreshed.resource("b")["inputs"]["value"] == refreshed.resource("b")["outputs"]["value"] == "changed"
    )
    assert (refreshed.resource("e")["inputs"]["value"], refreshed.resource("e")["outputs"]["value"]) == (
        "1",
        "changed",
    )
    assert not refreshed.resource("d").get("dependencies")
    assert "propertyDependencies" not in refreshed.resource("c")
    up = lab.engine.up()
    assert (up.exit_code, up.changes) == (0, {"same": 3, "update": 2, "create": 1}), up
    assert json.loads(lab.file("b").read_text())["value"] == "1"
    lab.order(read_b="fail")
    edit(lab.file("e"), value="changed")
    failed = lab.engine.refresh()
    assert failed.exit_code == 1, failed
    assert "refused as ordered" in failed.text
    assert sorted(failed.names()) == sorted(up.names())
    assert failed.resource("b")["outputs"] == up.resource("b")["outputs"]
    assert failed.resource("e")["outputs"]["value"] == "changed"


def test_an_up_can_refresh_first(make_lab: MakeLab) -> None:
    lab = make_lab(PROGRAM)
    assert lab.engine.up().exit_code == 0
    lab.file("e").unlink()
    edit(lab.file("b"), value="changed")
    outcome = lab.engine.up("--refresh")
    assert outcome.exit_code == 0, outcome
    assert outcome.changes == {"same": 4, "update": 1, "create": 1}
    assert lab.things() == ["a", "b", "c", "d", "e"]
