"""What is the sandbox engine's own: its refusals, its files, its command line."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.harness import PASSPHRASE, ROOT, SandboxEngine
from tests.sandbox_engine.conftest import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A laboratory under the sandbox's engine alone, with an empty program."""
    made: list[SandboxEngine] = []

    def make(program: str | Mapping[str, str], *, project: str = "e2e", stack: str = "dev") -> SandboxEngine:
        made.append(SandboxEngine(tmp_path / "engine", program, project=project, stack=stack))
        return made[-1]

    yield Lab(make, tmp_path / "things", "")
    for engine in made:
        engine.close()


def sandbox(lab: Lab, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox", *arguments, "--cwd", str(lab.engine.folder)]
    variables = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "THINGS": str(lab.folder)} | environment
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("program", "feature"),
    [
        ("pulumi.StackReference('other')", "StackReference"),
        (
            "pulumi.CustomResource('aws:s3/bucket:Bucket', 'b', {})",
            "the package 'aws' (resource type aws:s3/bucket:Bucket)",
        ),
        ("pulumi.ProviderResource('pulumi-python', 'p', {})", "explicit providers"),
        ("Thing('a', opts=ResourceOptions(import_='x'))", "import_"),
        ("Thing('a', opts=ResourceOptions(transforms=[lambda args: None]))", "transforms (resource 'a')"),
        ("pulumi.runtime.register_resource_transform(lambda args: None)", "stack transforms"),
        ("pulumi.runtime.invoke('aws:index:getRegion', {})", "provider functions (aws:index:getRegion)"),
        ("h = pulumi.ResourceHook('h', lambda args: None)", "resource hooks (h)"),
        ("Thing('a', opts=ResourceOptions(replace_with=[Thing('b')]))", "replace_with (resource 'a')"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(lab: Lab, program: str, feature: str) -> None:
    lab.write(program)
    outcome = lab.engine.preview()
    assert outcome.exit_code == 1
    assert f"the sandbox's engine does not support {feature}" in outcome.text
    assert "run this program with the pulumi CLI" in outcome.text


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
    made = sandbox(lab, "up")
    assert made.returncode == 0, made.stderr
    assert "hush" not in made.stdout
    assert sandbox(lab, "outputs").stdout == 'a: {"b": [1]}\nhidden: [secret]\n'
    shown = json.loads(sandbox(lab, "outputs", "--json", "--show-secrets").stdout)
    assert shown == {"a": {"b": [1]}, "hidden": "hush"}
    state = sandbox(lab, "state").stdout
    assert json.loads(state)["version"] == 3
    assert "hush" not in state
    passphrase = lab.engine.folder / ".sandbox" / "passphrase"
    assert passphrase.stat().st_mode & 0o777 == 0o600
    passphrase.write_text("another")
    wrong = sandbox(lab, "outputs")
    assert (wrong.returncode, "Traceback" in wrong.stderr) == (1, False)
    assert "set PULUMI_CONFIG_PASSPHRASE as it was then" in wrong.stderr


def test_events_can_be_had_as_json_lines(lab: Lab) -> None:
    lab.write('Thing("a", value="1")\npulumi.export("hidden", pulumi.Output.secret("hush"))')
    printed = sandbox(lab, "preview", "--json", "--config", "some=value").stdout
    events = [json.loads(line) for line in printed.splitlines()]
    assert [event["sequence"] for event in events] == list(range(len(events)))
    assert events[-1]["summaryEvent"]["resourceChanges"] == {"create": 2}
    assert events[-1]["summaryEvent"]["outputs"] == {"hidden": "[secret]"}


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("Pulumi.yaml", "a: [", "is not YAML"),
        ("Pulumi.yaml", "name: e2e\nruntime: nodejs", "does not support the runtime 'nodejs'"),
        ("Pulumi.yaml", "runtime: python", "has no name"),
        ("Pulumi.dev.yaml", "- 1", "is not a mapping"),
        (".sandbox/e2e.dev.json", "{", "is not JSON"),
        (".sandbox/e2e.dev.json", '{"version": 4, "deployment": {}}', "the state has version 4"),
    ],
)
def test_a_file_that_is_wrong_is_named(lab: Lab, file: str, text: str, said: str) -> None:
    lab.engine.write({file: text})
    outcome = sandbox(lab, "up")
    assert outcome.returncode == 1
    assert said in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_a_configuration_value_given_on_the_command_line_goes_first(lab: Lab) -> None:
    lab.write('pulumi.export("given", pulumi.Config().get("given"))')
    lab.engine.set_config("given", "in the file")
    outcome = lab.engine.up("--config", "given=now")
    assert outcome.outputs == {"given": "now"}
    assert lab.engine.up("--config", "given").exit_code == 1


def test_the_state_of_the_tests_is_encrypted_with_their_passphrase(lab: Lab) -> None:
    lab.write('pulumi.export("hidden", pulumi.Output.secret("hush"))')
    assert lab.engine.up().outputs == {"hidden": "hush"}
    assert "hush" not in sandbox(lab, "state").stdout
    assert sandbox(lab, "outputs", PULUMI_CONFIG_PASSPHRASE=PASSPHRASE).stdout == "hidden: [secret]\n"
