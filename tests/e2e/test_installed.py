"""The wheel in an environment of its own, beside modules that are called like folders of this repository."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from pulumi.dynamic.dynamic import serialize_provider

from provider.dynamic.providers import HealthImagingDatastore
from tests.e2e.harness import ROOT, PulumiCli

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine
    from tests.e2e.harness import Engine

pytestmark = pytest.mark.e2e

PARTS = ("provider", "sandbox", "pyproject.toml", "setup.py", "README.md", "requirements.txt")
PROGRAM = """
import pulumi
import provider
from pulumi_aws_health_datastores import HealthImagingDatastore
images = HealthImagingDatastore("images", tags={"made-by": provider.MINE})
pulumi.export("id", images.id)
"""
PLUGIN = "pulumi-resource-aws-health-datastores"
OWN = {"__main__.py": PROGRAM, "provider.py": "MINE = 'my provider'"}


def run(*command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        source.mkdir(exist_ok=True)
        copy(ROOT / part, source / part)
    arguments = (
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        folder,
        source,
    )
    run(sys.executable, *arguments)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel; its requirements are this one's, so that no index is asked."""
    environment = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", environment)
    (packages,) = environment.glob("lib/*/site-packages")
    (packages / "requirements.pth").write_text(sysconfig.get_path("purelib"))
    python = environment / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel)
    return environment


def stack(make_engine: MakeEngine, cloud: Sandbox, environment: Path) -> Engine:
    engine = make_engine(OWN)
    settings = {
        "name": "e2e",
        "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": str(environment)}},
    }
    engine.write(
        {"Pulumi.yaml": yaml.safe_dump(settings), "requirements.txt": "pulumi-aws-health-datastores\n"}
    )
    engine.environment |= cloud.env | {"PULUMI_PYTHON_CMD": str(environment / "bin" / "python")}
    if isinstance(engine, PulumiCli):
        engine.environment |= {"PYTHONPATH": "", "PIP_NO_INDEX": "1"}
    return engine


def test_the_package_lives_beside_modules_of_the_same_names_as_its_folders(
    installed: Path, make_engine: MakeEngine, cloud: Sandbox
) -> None:
    engine = stack(make_engine, cloud, installed)
    for verb in (engine.preview, engine.up, engine.refresh, engine.up, engine.destroy):
        done = verb()
        assert done.exit_code == 0, done
        assert "plugin" not in done.stdout.lower() + done.stderr.lower(), done
    assert cloud.stores() == []


def test_an_up_renews_what_a_state_of_before_the_rename_stored(
    installed: Path, make_engine: MakeEngine, cloud: Sandbox
) -> None:
    engine = stack(make_engine, cloud, installed)
    assert engine.up().exit_code == 0
    deployment = json.dumps(engine.deployment())
    (stored,) = {
        each["inputs"]["__provider"]
        for each in engine.deployment()["resources"]
        if "__provider" in each.get("inputs", {})
    }
    before = deployment.replace(stored, serialize_provider(HealthImagingDatastore()))
    engine.import_deployment({"version": 3, "deployment": json.loads(before)})
    up = engine.up()
    assert up.exit_code == 0, up
    assert up.changes["update"] == 1
    assert json.dumps(engine.deployment()).count(stored) == deployment.count(stored)
    for verb in (engine.refresh, engine.destroy):
        done = verb()
        assert done.exit_code == 0, done
    assert cloud.stores() == []


@pytest.mark.real
def test_pulumi_install_looks_for_no_plugin_of_the_package(
    installed: Path, make_engine: MakeEngine, cloud: Sandbox
) -> None:
    engine = stack(make_engine, cloud, installed)
    if not isinstance(engine, PulumiCli):
        pytest.skip("`pulumi install` is the pulumi CLI's")
    environment = {**os.environ, **engine.environment}
    printed = run("pulumi", "install", "--non-interactive", cwd=engine.folder, env=environment)
    assert "resource plugin" not in printed.lower(), printed


def test_the_plugin_starts_by_the_name_that_the_engine_looks_for(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "bin" / PLUGIN), "127.0.0.1:1"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as plugin:
        try:
            assert plugin.stdout is not None
            assert int(plugin.stdout.readline()) > 0
        finally:
            plugin.terminate()
    assert plugin.returncode == 0


@pytest.mark.real
def test_a_program_in_yaml_previews_with_the_installed_plugin(
    installed: Path, cloud: Sandbox, tmp_path: Path
) -> None:
    if not PulumiCli.found():
        pytest.skip("the pulumi CLI is not on PATH")
    settings = (ROOT / "examples" / "plugin" / "yaml-smallest" / "Pulumi.yaml").read_text()
    program = {"Pulumi.yaml": settings.replace(".venv/bin", str(installed / "bin"))}
    stack = PulumiCli(tmp_path, program, project="yaml-smallest")
    stack.environment |= cloud.env | {"PYTHONPATH": ""}
    try:
        preview = stack.preview()
    finally:
        stack.close()
    assert preview.exit_code == 0, preview
    assert preview.changes["create"] == 3, preview  # the stack itself is the third
    assert cloud.stores() == []


PYPROJECT = """
[project]
name = "stack"
version = "0"
requires-python = ">=3.11"
dependencies = ["pulumi-aws-health-datastores @ {wheel}"]
[tool.poetry]
package-mode = false
[[tool.poetry.source]]  # the simple interface, which mirrors have, too; Poetry would ask for another one
name = "index"
url = "{index}"
"""


def package_index() -> str:
    """The index that pip asks by default."""
    told = run(sys.executable, "-m", "pip", "install", "--help")
    (found,) = re.findall(r"\(default\s+(https?://[^)\s]+)\)", told)
    return str(found)


@pytest.mark.real
@pytest.mark.timeout(900)  # the index and its mirrors may be slow
@pytest.mark.parametrize("toolchain", ["uv", "poetry"])
def test_a_toolchain_installs_the_package_from_the_index_and_runs_the_program_with_it(
    toolchain: str, wheel: Path, cloud: Sandbox, tmp_path: Path
) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # uv may be there
    missing = [tool for tool in ("pulumi", toolchain) if shutil.which(tool, path=path) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not on PATH")
    settings = {"name": "e2e", "runtime": {"name": "python", "options": {"toolchain": toolchain}}}
    texts = {
        "Pulumi.yaml": yaml.safe_dump(settings),
        "pyproject.toml": PYPROJECT.format(wheel=wheel.as_uri(), index=package_index()),
    }
    stack = PulumiCli(tmp_path, OWN | texts)
    del stack.environment["PULUMI_PYTHON_CMD"]
    stack.environment |= cloud.env | {"PATH": path, "PYTHONPATH": "", "POETRY_VIRTUALENVS_IN_PROJECT": "1"}
    environment = {**os.environ, **stack.environment}
    try:
        run("pulumi", "install", "--non-interactive", cwd=stack.folder, env=environment)
        for verb in (stack.preview, stack.up, stack.refresh, stack.destroy):
            done = verb()
            assert done.exit_code == 0, done
    finally:
        stack.close()
    assert (stack.folder / ".venv").is_dir()
    assert cloud.stores() == []


@pytest.mark.parametrize(("module", "said"), [("", "policy"), ("_sandbox", "preview")])
def test_the_command_line_calls_itself_by_the_name_that_it_is_called_by(
    installed: Path, tmp_path: Path, module: str, said: str
) -> None:
    name = f"pulumi_aws_health_datastores{module}"
    printed = run(installed / "bin" / "python", "-m", name, "--help", cwd=tmp_path)
    assert f"Usage: python -m {name}" in printed
    assert said in printed
