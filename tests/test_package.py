"""The package that `pip install` of this repository makes."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARTS = ("provider", "sandbox")
FILES = ("pyproject.toml", "README.md", "requirements.txt")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("package")
    for part in PARTS:
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
        path.relative_to(ROOT).as_posix()
        for part in PARTS
        for pattern in ("*.py", "*.arazzo.yaml", "py.typed")
        for path in (ROOT / part).rglob(pattern)
    }
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert {"provider/py.typed", "sandbox/py.typed"} <= wanted
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
