"""What is the sandbox engine's own: its command line, its files, its display."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from sandbox.commands import main
from tests.e2e.harness import ROOT

if TYPE_CHECKING:
    from tests.sandbox_engine.conftest import Lab


def sandbox(lab: Lab, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command with nothing in the environment but what it needs."""
    command = [sys.executable, "-m", "sandbox", *arguments, "--cwd", str(lab.engine.folder)]
    variables = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "THINGS": str(lab.folder)}
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)


def test_two_runs_exclude_each_other(lab: Lab) -> None:
    lab.write('Thing("a", value="1")')
    lab.order(create_a="hang")
    running = lab.engine.start("up")
    running.wait_until(lambda: lab.calls("create"), "the create")
    second = lab.engine.up()
    assert second.exit_code == 1
    assert "the stack is locked by another run" in second.text
    lab.go()
    assert running.finish().exit_code == 0


def test_as_many_steps_run_at_once_as_asked_for(lab: Lab) -> None:
    lab.write("\n".join(f'Thing("t{number}", value="1")' for number in range(4)))
    lab.order(**{f"create_t{number}": "hang" for number in range(4)})
    running = lab.engine.start("up", "--parallel", "2")
    running.wait_until(lambda: len(lab.calls("create")) == 2, "two creates")
    running.wait_until(lambda: len(lab.calls("check")) == 4, "four checks")
    assert len(lab.calls("create")) == 2
    lab.go()
    assert running.finish().changes == {"create": 5}


def test_outputs_and_state_can_be_read_apart_from_a_run(lab: Lab) -> None:
    lab.write('pulumi.export("a", {"b": [1]})\npulumi.export("hidden", pulumi.Output.secret("hush"))')
    events = lab.engine.folder / "events"
    made = sandbox(lab, "up", "--event-log", str(events))
    assert made.returncode == 0, made.stderr
    assert "hush" not in made.stdout
    assert events.stat().st_mode & 0o777 == 0o600
    folder = lab.engine.folder / ".sandbox"
    assert (folder / "passphrase").stat().st_mode & 0o777 == 0o600
    assert "hush" not in (folder / "e2e.dev.json").read_text()
    ask = ["--cwd", str(lab.engine.folder)]
    invoke = CliRunner(env={"PULUMI_CONFIG_PASSPHRASE": None}).invoke
    assert invoke(main, ["outputs", *ask]).output == 'a: {"b": [1]}\nhidden: [secret]\n'
    shown = json.loads(invoke(main, ["outputs", "--json", "--show-secrets", *ask]).output)
    assert shown == {"a": {"b": [1]}, "hidden": "hush"}
    state = invoke(main, ["state", *ask]).output
    assert (json.loads(state)["version"], "hush" in state) == (3, False)
    assert '\\"hush\\"' in invoke(main, ["state", "--show-secrets", *ask]).output
    (folder / "passphrase").write_text("another")
    wrong = invoke(main, ["outputs", *ask])
    assert wrong.exit_code == 1
    assert "set PULUMI_CONFIG_PASSPHRASE as it was then" in wrong.output


def test_events_can_be_had_as_json_lines(lab: Lab) -> None:
    lab.engine.set_config("some", "in the file")
    lab.write('pulumi.export("some", pulumi.Config().get("some"))\nThing("a", value="1")')
    printed = sandbox(lab, "preview", "--json", "--config", "some=value").stdout
    events = [json.loads(line) for line in printed.splitlines()]
    assert [event["sequence"] for event in events] == list(range(len(events)))
    assert events[-1]["summaryEvent"]["resourceChanges"] == {"create": 2}
    assert events[-1]["summaryEvent"]["outputs"] == {"some": "value"}


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("Pulumi.yaml", "a: [", "is not YAML"),
        ("Pulumi.yaml", "name: e2e\nruntime: nodejs", "does not support the runtime 'nodejs'"),
        ("Pulumi.yaml", "runtime: python", "has no name"),
        ("Pulumi.dev.yaml", "- 1", "is not a mapping"),
        (".sandbox/e2e.dev.json", "{", "is not JSON"),
        (".sandbox/e2e.dev.json", '{"version": 4, "deployment": {}}', "the state has version 4"),
        ("unrelated", "", "--config takes key=value"),
    ],
)
def test_what_is_wrong_is_one_line(lab: Lab, file: str, text: str, said: str) -> None:
    lab.engine.write({file: text})
    outcome = CliRunner().invoke(
        main, ["up", "--cwd", str(lab.engine.folder), "--config", "k=v", "-c", "nothing"]
    )
    outcome = (
        outcome if file == "unrelated" else CliRunner().invoke(main, ["up", "--cwd", str(lab.engine.folder)])
    )
    assert outcome.exit_code == 1
    assert said in outcome.output
    assert outcome.output.count("\n") == 1 or "YAML" in said


def test_a_terminal_shows_what_runs_with_its_status(lab: Lab) -> None:
    lab.write('Thing("a", value="1", chatty=True)')
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "sandbox", "up", "--cwd", str(lab.engine.folder)]
    environment = {**os.environ, **lab.engine.environment, "TERM": "xterm", "COLUMNS": "200"}
    with subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        try:
            while chunk := os.read(ours, 4096):
                shown += chunk
        except OSError:
            # The other end is closed: so Linux says that a terminal's output has ended.
            pass
        finally:
            os.close(ours)
    assert process.returncode == 0, shown
    assert b"Thing a created" in shown
    assert b"mind the gap" in shown
    assert b"\x1b[" in shown
