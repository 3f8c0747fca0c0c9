"""What is left when something fails, and how the next run goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox_engine.conftest import MakeLab

CHAIN = """
a = Thing("a", value="1")
b = Thing("b", value=a.made)
c = Thing("c", value=b.made)
pulumi.export("c", c.made)
"""


def test_a_failure_keeps_what_is_done_and_starts_nothing_more(make_lab: MakeLab) -> None:
    lab = make_lab(CHAIN)
    lab.order(create_b="fail")
    failed = lab.engine.up()
    assert (failed.exit_code, failed.changes) == (1, {"create": 2}), failed
    assert "refused as ordered" in failed.text
    assert "update failed" in failed.text
    assert failed.steps("b", "failed") == ["create"]
    assert failed.steps("c") == []
    assert failed.names() == lab.things() == ["a"]
    assert (failed.pending_operations, failed.outputs) == ([], {})
    assert "shutting down" not in failed.text

    lab.order()
    again = lab.engine.up()
    assert (again.exit_code, again.changes) == (0, {"same": 2, "create": 2}), again
    assert again.outputs == {"c": "made-None"}

    lab.order(update_a="fail")
    lab.write(CHAIN.replace('"1"', '"2"'))
    not_updated = lab.engine.up()
    assert not_updated.exit_code == 1, not_updated
    a = not_updated.resource("a")
    assert a["inputs"]["value"] == a["outputs"]["value"] == "1"

    lab.order(delete_b="fail")
    destroyed = lab.engine.destroy()
    assert destroyed.exit_code == 1, destroyed
    assert destroyed.names() == lab.things() == ["a", "b"]


def test_a_resource_that_is_not_initialised_is_kept_and_updated_next(make_lab: MakeLab) -> None:
    lab = make_lab(CHAIN)
    lab.order(create_b="init")
    failed = lab.engine.up()
    assert failed.exit_code == 1, failed
    assert "not ready yet" in failed.text
    assert failed.resource("b")["initErrors"] == ["not ready yet"]
    assert failed.resource("b")["outputs"]["made"] == "made-None"
    assert failed.resource("b")["id"] == lab.file("b").stem
    assert (failed.pending_operations, failed.names()) == ([], ["a", "b"])

    lab.order(update_b="init")
    lab.write(CHAIN.replace("a.made", '"9"'))
    still = lab.engine.up()
    assert still.exit_code == 1, still
    assert still.resource("b")["initErrors"] == ["not ready yet"]
    # What the provider answers is kept, but an update that failed has not put the new inputs into effect.
    assert (still.resource("b")["inputs"]["value"], still.resource("b")["outputs"]["value"]) == (
        "made-None",
        "9",
    )

    lab.order(read_b="init")
    refreshed = lab.engine.refresh()
    assert refreshed.exit_code == 0, refreshed
    assert "unhealthy state" in refreshed.text
    assert refreshed.resource("b")["initErrors"] == ["not ready yet"]

    lab.order()
    lab.write(CHAIN)
    done = lab.engine.up()
    assert done.exit_code == 0, done
    assert (done.steps("b"), done.steps("c")) == (["update"], ["create"])
    assert "initErrors" not in done.resource("b")


def test_a_refused_input_ends_the_run_before_the_resource_is_touched(make_lab: MakeLab) -> None:
    lab = make_lab('Thing("a", value="bad")')
    up = lab.engine.up()
    assert (up.exit_code, up.names(), lab.calls("create")) == (1, [], []), up
    problem = "resource 'a': property value value {bad} has a problem: is bad"
    assert f"pulumi-python:dynamic/things:Thing {problem}" in up.text


TALKATIVE = """
import sys
print("from the program")
print("to stderr", file=sys.stderr)
pulumi.log.warn("take care")
Thing("a", value="1", chatty=True)
Thing("b", value="1")
pulumi.export("kept", "yes")
"""
FAILING = {
    "raise ValueError('out of order')": "ValueError: out of order",
    "import sys; sys.exit(3)": "program exited with non-zero exit code: 3",
    "raise pulumi.RunError('plainly wrong')": "plainly wrong",
    "Thing('a', value='1')": "Duplicate resource URN",
}


def test_what_is_said_is_shown_and_a_program_that_fails_deletes_nothing(make_lab: MakeLab) -> None:
    lab = make_lab(TALKATIVE)
    up = lab.engine.up()
    assert up.exit_code == 0, up
    for text in ("from the program", "to stderr", "take care", "mind the gap", "half way"):
        assert text in up.text
    (warning,) = [message for message in up.messages if message.text == "mind the gap"]
    assert (warning.severity, warning.urn) == ("warning", up.resource("a")["urn"])
    (status,) = [message for message in up.messages if message.text == "half way"]
    assert status.ephemeral
    for ending, said in FAILING.items():
        lab.write(f'Thing("a", value="1", chatty=True)\n{ending}')
        failed = lab.engine.up()
        assert failed.exit_code == 1, failed
        assert said in failed.text
        assert sorted(failed.names()) == lab.things() == ["a", "b"]
        assert failed.outputs == {"kept": "yes"}
