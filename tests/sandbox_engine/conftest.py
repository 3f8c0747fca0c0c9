"""A laboratory for programs over things, under either engine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.e2e.fixtures import MakeEngine, make_engine
from tests.e2e.harness import SandboxEngine

__all__ = ["make_engine"]

HERE = Path(__file__).parent
PRELUDE = "import pulumi\nfrom pulumi import ResourceOptions\nfrom things import Thing\n"


class Lab:
    """An engine whose program uses things, and the folder that the things are in."""

    def __init__(self, make: MakeEngine, folder: Path, program: str) -> None:
        self.folder = folder
        self.folder.mkdir()
        things = (HERE / "things.py").read_text()
        self.engine = make({"__main__.py": PRELUDE + program, "things.py": things})
        self.engine.environment["THINGS"] = str(folder)

    def write(self, program: str) -> None:
        """Replace the program."""
        self.engine.write(PRELUDE + program)

    def order(self, **orders: str) -> None:
        """Order faults: ``create_one="fail"``; those of before are taken back."""
        (self.folder / "orders.json").write_text(
            json.dumps({k.replace("_", " "): v for k, v in orders.items()})
        )

    def go(self) -> None:
        """Let what hangs go on."""
        (self.folder / "go").touch()

    def things(self) -> list[str]:
        """The labels of the things that are there."""
        return sorted(path.stem.rsplit("-", 1)[0] for path in self.folder.glob("*-??????.json"))

    def file(self, label: str) -> Path:
        """The file of the one thing with that label."""
        (found,) = self.folder.glob(f"{label}-??????.json")
        return found

    def calls(self, verb: str, label: str = "") -> list[dict[str, Any]]:
        """The requests of the calls so far."""
        path = self.folder / "calls"
        records = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [
            record["request"]
            for record in records
            if record["verb"] == verb and label in ("", record["label"])
        ]

    def forget_calls(self) -> None:
        """Look only at calls from here on."""
        (self.folder / "calls").unlink(missing_ok=True)


class MakeLab(Protocol):
    """Makes a laboratory."""

    def __call__(self, program: str) -> Lab:
        """Make it; the program needs no imports."""


@pytest.fixture
def make_lab(make_engine: MakeEngine, tmp_path: Path) -> MakeLab:
    count = 0

    def make(program: str) -> Lab:
        nonlocal count
        count += 1
        return Lab(make_engine, tmp_path / f"things{count}", program)

    return make


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
