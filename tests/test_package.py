"""The package that `pip install` of this repository makes."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
NAMES = {"provider": "pulumi_aws_health_datastores", "sandbox": "pulumi_aws_health_datastores_sandbox"}
FILES = ("pyproject.toml", "README.md", "requirements.txt", "setup.py")
DATA = ("*.py", "*.arazzo.yaml", "py.typed", "schema.json", "beliefs.yaml", "pulumi-plugin.json")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("package")
    for part in NAMES:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "."],
        cwd=folder,
        check=True,
        timeout=120,
    )
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_holds_every_module_the_documents_and_the_marks_of_typed_packages(
    wheel: zipfile.ZipFile,
) -> None:
    wanted = {
        f"{name}/{path.relative_to(ROOT / folder).as_posix()}"
        for folder, name in NAMES.items()
        for pattern in DATA
        for path in (ROOT / folder).rglob(pattern)
    }
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert {f"{name}/py.typed" for name in NAMES.values()} <= wanted
    assert sum(name.endswith(".arazzo.yaml") for name in wanted) >= 5
    assert held == wanted


def test_the_wheel_asks_for_what_the_requirements_name_and_shows_the_readme(wheel: zipfile.ZipFile) -> None:
    (name,) = [name for name in wheel.namelist() if name.endswith("METADATA")]
    metadata = Parser().parsestr(wheel.read(name).decode())
    asked = {line.replace(" ", "") for line in metadata.get_all("Requires-Dist", [])}
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    named = {line.partition("#")[0].strip() for line in lines} - {""}
    assert {line.partition(">")[0] for line in named} <= {
        line.partition("<")[0].partition(">")[0] for line in asked
    }
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(metadata.get_all("Provides-Extra", [])) == set(extras)
    assert str(metadata.get_payload()).startswith("# ")


def test_pip_for_an_older_python_says_first_which_python_the_package_needs(
    wheel: zipfile.ZipFile, tmp_path: Path
) -> None:
    older = ["--python-version", "3.10", "--no-deps", "--no-index", "--dest", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", *older, str(wheel.filename)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "requires a different Python: 3.10" in done.stderr
    ast.parse((ROOT / "setup.py").read_text(), feature_version=(3, 9))  # pip runs it before it knows


def test_the_lock_names_one_allowed_version_of_every_requirement_with_its_hashes() -> None:
    locked: dict[str, list[SpecifierSet]] = {}
    for block in (ROOT / "requirements.lock").read_text().replace("\\\n", " ").splitlines():
        if block and not block.lstrip().startswith("#"):
            requirement = Requirement(block.partition("--hash")[0])
            assert "--hash=sha256:" in block, requirement
            locked.setdefault(canonicalize_name(requirement.name), []).append(requirement.specifier)
    for file in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / file).read_text().splitlines():
            text = line.partition("#")[0].strip()
            if text and not text.startswith("-r "):
                wanted = Requirement(text)
                for pinned in locked[canonicalize_name(wanted.name)]:
                    (version,) = pinned
                    assert version.operator == "=="
                    assert version.version in wanted.specifier, wanted


def test_every_requirement_has_a_lower_end_to_test() -> None:
    for file in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / file).read_text().splitlines():
            text = line.partition("#")[0].strip()
            assert not text or text.startswith("-r ") or ">=" in text, text
