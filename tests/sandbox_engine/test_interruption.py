"""Ctrl-C, once and twice, and what a killed engine or host leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from tests.sandbox_engine.conftest import MakeLab

PROGRAM = """
a = Thing("a", value="1")
b = Thing("b", value=a.made)
c = Thing("c", value=b.made)
"""


def pending(operations: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return sorted((op["type"], op["resource"]["urn"].rsplit("::")[-1]) for op in operations)


def test_the_first_interrupt_reaches_the_provider_and_waits_for_what_runs(make_lab: MakeLab) -> None:
    lab = make_lab(PROGRAM + 'Thing("held", value="1")')
    lab.order(create_b="hang", create_held="hold")
    running = lab.engine.start("up")
    running.wait_until(lambda: lab.calls("create", "b") and lab.calls("create", "held"), "the creates")
    running.interrupt()
    running.wait_for_step("held", "failed")
    assert running.process.poll() is None
    lab.go()
    outcome = running.finish()
    assert outcome.exit_code == 1, outcome
    assert "^C received; cancelling" in outcome.text
    assert sorted(outcome.names()) == lab.things() == ["a", "b", "held"]
    assert outcome.resource("held")["initErrors"] == ["not ready yet"]
    assert outcome.pending_operations == []
    lab.order()
    again = lab.engine.up()
    assert (again.exit_code, again.changes) == (0, {"same": 3, "create": 1, "update": 1}), again


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
    assert "^C received; terminating" in outcome.text
    assert outcome.names() == ["a"]
    assert pending(outcome.pending_operations) == [("creating", "b")]


def test_an_interrupt_alone_is_no_error_but_a_cancellation(make_lab: MakeLab) -> None:
    lab = make_lab(PROGRAM)
    lab.order(create_b="hang")
    running = lab.engine.start("up")
    running.wait_until(lambda: lab.calls("create", "b"), "the create")
    running.interrupt()
    running.wait_until(lambda: "^C received" in running.text, "the note")
    lab.go()
    outcome = running.finish()
    assert (outcome.exit_code, outcome.errors()) == (1, ["update canceled"]), outcome
    assert outcome.names() == lab.things() == ["a", "b"]


def test_a_killed_engine_leaves_pending_operations_that_the_next_run_warns_of(make_lab: MakeLab) -> None:
    lab = make_lab(PROGRAM + 'd = Thing("d", value="1")')
    assert lab.engine.up().exit_code == 0
    lab.write(PROGRAM.replace('"1"', '"2"') + 'd = Thing("d", value="2")\ne = Thing("e", value="2")')
    lab.order(update_a="hang", update_d="hang", create_e="hang")
    running = lab.engine.start("up")
    running.wait_until(lambda: lab.calls("create", "e") and len(lab.calls("update")) == 2, "the steps")
    running.kill()
    left = lab.engine.deployment()
    assert pending(left["pending_operations"]) == [("creating", "e"), ("updating", "a"), ("updating", "d")]
    running.kill_orphans()

    lab.order()
    again = lab.engine.up()
    assert again.exit_code == 0, again
    assert "3 pending operations" in again.text
    assert "::e, interrupted while creating" in again.text
    assert again.steps("e") == ["create"]
    assert lab.things() == ["a", "b", "c", "d", "e", "e"]
    assert pending(again.pending_operations) == [("creating", "e")]

    refreshed = lab.engine.refresh()
    assert refreshed.exit_code == 0, refreshed
    assert pending(refreshed.pending_operations) == [("creating", "e")]


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
