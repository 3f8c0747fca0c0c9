"""What is left when something fails, and how the next run goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox_engine.conftest import MakeLab

CHAIN = """
a = Thing("a", value="1")
b = Thing("b", value=a.made)
c = Thing("c", value=b.made)
"""


def test_a_failed_create_keeps_what_is_done_and_starts_nothing_more(make_lab: MakeLab) -> None:
    lab = make_lab(CHAIN + 'pulumi.export("c", c.made)')
    lab.order(create_b="fail")
    failed = lab.engine.up()
    assert (failed.exit_code, failed.changes) == (1, {"create": 2}), failed
    assert "refused as ordered" in failed.text
    assert failed.steps("b", "failed") == ["create"]
    assert failed.steps("c") == []
    assert failed.names() == lab.things() == ["a"]
    assert failed.pending_operations == []
    assert failed.outputs == {}
    assert "shutting down" not in failed.text
    lab.order()
    again = lab.engine.up()
    assert (again.exit_code, again.changes) == (0, {"same": 2, "create": 2}), again
    assert again.outputs == {"c": "made-None"}


def test_failed_updates_and_deletes_keep_the_state_of_before(make_lab: MakeLab) -> None:
    lab = make_lab(CHAIN)
    assert lab.engine.up().exit_code == 0
    lab.order(update_a="fail")
    lab.write(CHAIN.replace('"1"', '"2"'))
    failed = lab.engine.up()
    assert failed.exit_code == 1, failed
    assert failed.resource("a")["inputs"]["value"] == failed.resource("a")["outputs"]["value"] == "1"
    lab.order(delete_b="fail")
    destroyed = lab.engine.destroy()
    assert destroyed.exit_code == 1, destroyed
    assert destroyed.names() == lab.things() == ["a", "b"]
    lab.order()
    assert lab.engine.destroy().resources == []


def test_a_resource_that_is_not_initialised_is_kept_and_updated_next(make_lab: MakeLab) -> None:
    lab = make_lab(CHAIN)
    lab.order(create_b="init")
    failed = lab.engine.up()
    assert failed.exit_code == 1, failed
    assert "not ready yet" in failed.text
    assert failed.resource("b")["initErrors"] == ["not ready yet"]
    assert failed.resource("b")["outputs"]["made"] == "made-None"
    assert failed.resource("b")["id"] == lab.file("b").stem
    assert failed.pending_operations == []
    assert failed.names() == ["a", "b"]
    preview = lab.engine.preview()
    assert (preview.steps("b"), preview.exit_code) == (["update"], 0), preview
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
    done = lab.engine.up()
    assert done.exit_code == 0, done
    assert done.steps("b") == ["update"]
    assert "initErrors" not in done.resource("b")
    assert done.steps("c") == ["create"]


def test_a_refused_input_ends_the_run_before_the_resource_is_touched(make_lab: MakeLab) -> None:
    lab = make_lab('Thing("a", value="bad")')
    preview = lab.engine.preview()
    assert preview.exit_code == 1
    assert (
        "pulumi-python:dynamic/things:Thing resource 'a': property value value {bad} has a problem: is bad"
        in preview.text
    )
    up = lab.engine.up()
    assert (up.exit_code, up.names(), lab.calls("create")) == (1, [], []), up


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise ValueError('out of order')", "ValueError: out of order"),
        ("import sys; sys.exit(3)", "program exited with non-zero exit code: 3"),
        ("1 +", "SyntaxError: invalid syntax"),
        ("raise pulumi.RunError('plainly wrong')", "plainly wrong"),
        ("Thing('a', value='1')", "Duplicate resource URN"),
    ],
)
def test_a_program_that_fails_is_reported_and_deletes_nothing(
    make_lab: MakeLab, program: str, said: str
) -> None:
    lab = make_lab('Thing("a", value="1")\nThing("b", value="1")\npulumi.export("kept", "yes")')
    assert lab.engine.up().exit_code == 0
    lab.write(f'Thing("a", value="1")\n{program}')
    outcome = lab.engine.up()
    assert outcome.exit_code == 1, outcome
    assert said in outcome.text
    assert sorted(outcome.names()) == lab.things() == ["a", "b"]
    assert outcome.outputs == {"kept": "yes"}


def test_what_the_program_and_the_provider_say_is_shown(make_lab: MakeLab) -> None:
    lab = make_lab("""
import sys
print("from the program")
print("to stderr", file=sys.stderr)
pulumi.log.warn("take care")
Thing("a", value="1", chatty=True)
""")
    outcome = lab.engine.up()
    assert outcome.exit_code == 0, outcome
    for text in ("from the program", "to stderr", "take care", "mind the gap", "half way"):
        assert text in outcome.text
    (warning,) = [message for message in outcome.messages if message.text == "mind the gap"]
    assert (warning.severity, warning.urn) == ("warning", outcome.resource("a")["urn"])
    (status,) = [message for message in outcome.messages if message.text == "half way"]
    assert status.ephemeral
