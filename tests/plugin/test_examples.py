"""The plugin's examples under the real CLI, each prepared as docs/languages.md says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from sandbox.aws import Sandbox, serve
from tests.conftest import QUICK
from tests.e2e.harness import ROOT, PulumiCli
from tests.policies import export_role, printed

pytestmark = [pytest.mark.e2e, pytest.mark.real]

EXECUTABLE = "pulumi-resource-aws-health-datastores"
EXAMPLES = ROOT / "examples" / "plugin"
KEY = "arn:aws:kms:us-west-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::123456789012:role/health"
FUNCTION = "arn:aws:lambda:us-west-2:123456789012:function:tokens"


@pytest.fixture
def cloud() -> Iterator[Sandbox]:
    """An account whose caller, and whose exports' role, may do what is printed and no more."""
    with serve(speed=QUICK, policy=printed(), roles={ROLE: export_role()}) as sandbox:
        yield sandbox


@pytest.fixture
def plugin_folder(tmp_path: Path) -> Path:
    """A folder with the plugin's executable, as pip puts it there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    executable = folder / EXECUTABLE
    executable.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m provider.plugin.main "$@"\n')
    executable.chmod(0o755)
    return folder


@pytest.fixture
def stack(
    request: pytest.FixtureRequest, tmp_path: Path, cloud: Sandbox, plugin_folder: Path
) -> Iterator[PulumiCli]:
    """The example that the test names as a stack, after the commands that prepare it."""
    if not PulumiCli.found():
        pytest.skip("the pulumi CLI is not on PATH")
    name, language, tools, checks = request.param
    host = f"pulumi-language-{language}"
    missing = [tool for tool in (host, *tools) if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not on PATH")
    files = {path.name: path.read_text() for path in (EXAMPLES / name).iterdir() if path.is_file()}
    files["Pulumi.yaml"] = files["Pulumi.yaml"].replace("path: .venv/bin", f"path: {plugin_folder}")
    engine = PulumiCli(tmp_path / "engine", files, project=name)
    engine.environment |= {**cloud.env, "PULUMI_HEALTH_TIME_SCALE": "60"}
    if language != "yaml":
        engine.patience = 400.0  # the program is compiled, or its interpreter set up
        prepare(engine, ["pulumi", "package", "add", str(plugin_folder / EXECUTABLE)])
    for check in checks:
        prepare(engine, check)
    yield engine
    engine.close()


def prepare(engine: PulumiCli, command: list[str]) -> None:
    environment = {**os.environ, **engine.environment, "PULUMI_SKIP_UPDATE_CHECK": "1"}
    done = subprocess.run(
        command, cwd=engine.folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def example(
    name: str, language: str = "yaml", *tools: str, checks: list[list[str]] | None = None
) -> pytest.MarkDecorator:
    """The example of that name, in a language that needs these tools; the checks must pass before it runs."""
    return pytest.mark.parametrize(
        "stack", [(name, language, tools, checks or [])], indirect=True, ids=[name]
    )


def lives(stack: PulumiCli) -> Mapping[str, Any]:
    """Preview and make the stack, and see that nothing is left to do; return its outputs."""
    preview = stack.preview()
    assert preview.exit_code == 0, preview
    up = stack.up()
    assert up.exit_code == 0, up
    assert stack.refresh().exit_code == 0
    again = stack.preview("--expect-no-changes")
    assert again.exit_code == 0, again
    return up.outputs


@example("yaml-smallest")
def test_the_smallest_stack_in_yaml(stack: PulumiCli, cloud: Sandbox) -> None:
    outputs = lives(stack)
    assert outputs["imagesId"] in {store.id for store in cloud.stores()}
    assert stack.destroy().exit_code == 0
    assert cloud.stores() == []


@example("yaml-export")
def test_a_store_and_its_export_in_yaml(stack: PulumiCli, cloud: Sandbox) -> None:
    stack.set_config("exportS3Uri", "s3://exports/out")
    stack.set_config("exportKeyId", KEY.replace("us-west-2", "us-east-1"))
    stack.set_config("exportRoleArn", ROLE)
    assert lives(stack)["jobStatus"] == "COMPLETED"
    stack.write({"Pulumi.yaml": (stack.folder / "Pulumi.yaml").read_text().replace("clinic", "ward")})
    preview = stack.preview()
    assert preview.changes.get("update") == 1, preview
    assert not preview.changes.get("replace"), preview
    assert stack.destroy().exit_code == 0
    assert cloud.stores() == []


@pytest.mark.timeout(900)
@example("python-sdk", "python")
def test_the_smallest_stack_with_the_generated_python_sdk(stack: PulumiCli, cloud: Sandbox) -> None:
    assert lives(stack)["recordsEndpoint"].startswith("https://healthlake.us-east-1")
    assert stack.destroy().exit_code == 0
    assert cloud.stores() == []


@pytest.mark.timeout(900)
@example("typescript-smart-on-fhir", "nodejs", "npm", checks=[["npx", "tsc"]])
def test_a_store_behind_smart_on_fhir_in_typescript(stack: PulumiCli, cloud: Sandbox) -> None:
    stack.set_config("issuer", "https://id.example.org")
    stack.set_config("keyArn", KEY)
    stack.set_config("tokenFunctionArn", FUNCTION)
    assert lives(stack)["endpoint"].startswith("https://healthlake.us-west-2")
    (store,) = cloud.stores()
    assert store.config["IdentityProviderConfiguration"]["AuthorizationStrategy"] == "SMART_ON_FHIR"
    assert stack.destroy().exit_code != 0  # it is protected
    assert [left.id for left in cloud.stores()] == [store.id]


@pytest.mark.timeout(900)
@example("go-smallest", "go", "go", checks=[["go", "build", "-o", os.devnull, "."]])
def test_the_smallest_stack_in_go(stack: PulumiCli, cloud: Sandbox) -> None:
    assert lives(stack)["imagesId"] in {store.id for store in cloud.stores()}
    assert stack.destroy().exit_code == 0
    assert cloud.stores() == []
