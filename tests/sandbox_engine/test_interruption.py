"""Ctrl-C, once and twice, and what a killed engine or host leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox_engine.conftest import MakeLab

PROGRAM = """
a = Thing("a", value="1")
b = Thing("b", value=a.made)
c = Thing("c", value=b.made)
"""


def test_the_first_interrupt_waits_for_what_runs_and_starts_nothing_more(make_lab: MakeLab) -> None:
    lab = make_lab(PROGRAM)
    lab.order(create_b="hang")
    running = lab.engine.start("up")
    running.wait_for_step("b")
    running.wait_until(lambda: lab.calls("create", "b"), "the create")
    running.interrupt()
    running.wait_until(lambda: "^C received" in running.text, "the note")
    lab.go()
    outcome = running.finish()
    assert outcome.exit_code == 1, outcome
    assert "update canceled" in outcome.text
    assert outcome.names() == lab.things() == ["a", "b"]
    assert outcome.pending_operations == []
    lab.order()
    assert lab.engine.up().changes == {"same": 3, "create": 1}


def test_the_first_interrupt_reaches_the_provider(make_lab: MakeLab) -> None:
    lab = make_lab(PROGRAM)
    lab.order(create_b="hold")
    running = lab.engine.start("up")
    running.wait_until(lambda: lab.calls("create", "b"), "the create")
    running.interrupt()
    outcome = running.finish()
    assert outcome.exit_code == 1, outcome
    assert outcome.resource("b")["initErrors"] == ["not ready yet"]
    assert outcome.pending_operations == []
    lab.order()
    again = lab.engine.up()
    assert (again.steps("b"), again.exit_code) == (["update"], 0), again


def test_the_second_interrupt_ends_the_host_and_leaves_the_operation_pending(make_lab: MakeLab) -> None:
    lab = make_lab(PROGRAM)
    lab.order(create_b="hang")
    running = lab.engine.start("up")
    running.wait_until(lambda: lab.calls("create", "b"), "the create")
    running.interrupt()
    running.wait_until(lambda: "^C received; cancelling" in running.text, "the first note")
    running.interrupt()
    outcome = running.finish()
    assert outcome.exit_code == 8, outcome
    assert outcome.names() == ["a"]
    assert [(op["type"], op["resource"]["urn"].rsplit("::")[-1]) for op in outcome.pending_operations] == [
        ("creating", "b")
    ]


def test_a_killed_engine_leaves_pending_operations_that_the_next_run_warns_of(make_lab: MakeLab) -> None:
    lab = make_lab(PROGRAM + 'd = Thing("d", value="1")')
    assert lab.engine.up().exit_code == 0
    lab.write(PROGRAM.replace('"1"', '"2"') + 'd = Thing("d", value="2")\ne = Thing("e", value="2")')
    lab.order(update_a="hang", update_d="hang", create_e="hang")
    running = lab.engine.start("up")
    running.wait_until(lambda: lab.calls("create", "e") and len(lab.calls("update")) == 2, "the steps")
    running.kill()
    left = lab.engine.deployment()
    pending = sorted(
        (op["type"], op["resource"]["urn"].rsplit("::")[-1]) for op in left["pending_operations"]
    )
    assert pending == [("creating", "e"), ("updating", "a"), ("updating", "d")]
    running.kill_orphans()
    lab.order()
    preview = lab.engine.preview()
    assert "pending operations" not in preview.text
    again = lab.engine.up()
    assert again.exit_code == 0, again
    assert "3 pending operations" in again.text
    assert "::e, interrupted while creating" in again.text
    assert again.steps("e") == ["create"]
    assert lab.things() == ["a", "b", "c", "d", "e", "e"]
    assert [op["type"] for op in again.pending_operations] == ["creating"]
    refreshed = lab.engine.refresh()
    assert refreshed.exit_code == 0, refreshed
    assert [op["type"] for op in refreshed.pending_operations] == ["creating"]


def test_a_killed_host_fails_the_step_and_loses_no_state(make_lab: MakeLab) -> None:
    lab = make_lab(PROGRAM)
    lab.order(create_b="hang")
    running = lab.engine.start("up")
    running.wait_until(lambda: lab.calls("create", "b"), "the create")
    running.kill_host()
    outcome = running.finish()
    assert outcome.exit_code == 1, outcome
    assert outcome.names() == ["a"]
    assert outcome.steps("b", "failed") == ["create"]
    assert outcome.pending_operations == []
