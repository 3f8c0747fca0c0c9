"""Runs Pulumi programs under either engine, the sandbox's or the pulumi CLI, and reads what came of it.

A test is written against `Engine`; the fixture ``make_engine`` of the conftest files gives it both, one after
the other. Everything of a run lives in one temporary folder: the project, the state, the CLI's home.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import yaml

from sandbox.engine.document import with_plaintext
from sandbox.engine.secrets import Crypter
from sandbox.engine.store import Store
from tests.e2e.outcome import Message, Operation, Outcome
from tests.e2e.running import TIMEOUT, Running

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "PASSPHRASE",
    "ROOT",
    "Engine",
    "Message",
    "Operation",
    "Outcome",
    "PulumiCli",
    "Running",
    "SandboxEngine",
]

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "for tests only"


class Engine(ABC):
    """One stack under one engine.

    Args:
        folder: An empty folder; the project is written into it.
        program: The program: the text of ``__main__.py``, or strings of files by their paths.
        project: The project's name.
        stack: The stack's name.

    Attributes:
        name: What the engine is called in a test's id.
        folder: The project's folder.
        environment: What the engine, the program and the provider host get on top of this process's
            environment; tests may add to it between runs.
        patience: How long a run may take, in seconds.
    """

    name: ClassVar[str]
    patience: float = TIMEOUT

    def __init__(
        self, folder: Path, program: str | Mapping[str, str], *, project: str = "e2e", stack: str = "dev"
    ) -> None:
        self.folder = folder / "project"
        self.project = project
        self.stack = stack
        self._logs = folder / "logs"
        self._runs: list[Running] = []
        self.environment: dict[str, str] = {
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
            "PULUMI_PYTHON_CMD": sys.executable,
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        }
        settings = {"name": project, "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}}}
        self.write({"Pulumi.yaml": yaml.safe_dump(settings)})
        self.write(program)

    def write(self, program: str | Mapping[str, str]) -> None:
        """Replace the program, or some of the project's files."""
        for path, text in ({"__main__.py": program} if isinstance(program, str) else program).items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text)
            _forget_compiled(self.folder / path)

    def set_config(self, key: str, value: Any, *, secret: bool = False) -> None:
        """Set a configuration value in the stack's file; a key without a namespace is the project's."""
        path = self.folder / f"Pulumi.{self.stack}.yaml"
        settings = yaml.safe_load(path.read_text()) if path.exists() else {}
        if secret:
            crypter = Crypter(_passphrase, settings.get("encryptionsalt", ""))
            value = {"secure": crypter.encrypt(value)}
            settings["encryptionsalt"] = crypter.description()["state"]["salt"]
        settings.setdefault("config", {})[key if ":" in key else f"{self.project}:{key}"] = value
        path.write_text(yaml.safe_dump(settings))

    def preview(self, *arguments: str) -> Outcome:
        """Show what an up would do."""
        return self.start("preview", *arguments).finish()

    def up(self, *arguments: str) -> Outcome:
        """Bring the stack to what the program says."""
        return self.start("up", *arguments).finish()

    def refresh(self, *arguments: str) -> Outcome:
        """Bring the state to what is really there."""
        return self.start("refresh", *arguments).finish()

    def destroy(self, *arguments: str) -> Outcome:
        """Delete everything in the stack."""
        return self.start("destroy", *arguments).finish()

    def start(self, command: str, *arguments: str) -> Running:
        """Start a run in the background.

        Args:
            command: ``preview``, ``up``, ``refresh`` or ``destroy``.
            arguments: Options that both engines have: ``--parallel N``, ``--refresh``.
        """
        logs = self._logs / str(len(self._runs))
        logs.mkdir(parents=True)
        line = [*self._command_line(command, logs / "events"), *arguments]
        running = Running(self, line, self._whole_environment(), logs)
        self._runs.append(running)
        return running

    def unlock(self) -> None:  # noqa: B027  the sandbox's lock goes with the process that holds it
        """Take away the lock that a killed engine left, if it left one."""

    def close(self) -> None:
        """Leave nothing running."""
        for running in self._runs:
            running.close()

    def _whole_environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment}

    @abstractmethod
    def _command_line(self, command: str, event_log: Path) -> Sequence[str]:
        """The command that writes its events to that file."""

    @abstractmethod
    def deployment(self) -> Mapping[str, Any]:
        """The ``deployment`` of the state as it is on disk now, secrets in clear."""

    @abstractmethod
    def import_deployment(self, document: Mapping[str, Any]) -> None:
        """Replace the state by a whole deployment document (``version``, ``deployment``)."""


class SandboxEngine(Engine):
    """The engine of this repository."""

    name = "sandbox"

    def _command_line(self, command: str, event_log: Path) -> Sequence[str]:
        options = ["--cwd", str(self.folder), "--stack", self.stack, "--event-log", str(event_log)]
        return [sys.executable, "-m", "sandbox", command, *options]

    def deployment(self) -> Mapping[str, Any]:
        """See `Engine.deployment`."""
        return _in_clear(self._store().document())

    def import_deployment(self, document: Mapping[str, Any]) -> None:
        """See `Engine.import_deployment`."""
        path = self._store().path
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(document))

    def _store(self) -> Store:
        return Store(self.folder / ".sandbox", self.project, self.stack)


class PulumiCli(Engine):
    """The pulumi CLI with a backend in a folder."""

    name = "pulumi"

    def __init__(
        self, folder: Path, program: str | Mapping[str, str], *, project: str = "e2e", stack: str = "dev"
    ) -> None:
        super().__init__(folder, program, project=project, stack=stack)
        self._backend = folder / "backend"
        self._home = folder / "home"
        self._backend.mkdir()
        self.command("stack", "init", stack)

    @staticmethod
    def found() -> bool:
        """Whether there is a CLI to run."""
        return shutil.which("pulumi") is not None

    def _whole_environment(self) -> dict[str, str]:
        return super()._whole_environment() | {
            "PULUMI_BACKEND_URL": f"file://{self._backend}",
            "PULUMI_HOME": str(self._home),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_DEBUG_COMMANDS": "1",  # the event log is an option for those who debug
        }

    def _command_line(self, command: str, event_log: Path) -> Sequence[str]:
        options = [
            "--non-interactive",
            "--stack",
            self.stack,
            "--event-log",
            str(event_log),
            "--color",
            "never",
        ]
        return ["pulumi", command, *options, *([] if command == "preview" else ["--yes", "--skip-preview"])]

    def deployment(self) -> Mapping[str, Any]:
        """See `Engine.deployment`."""
        path = self._backend / ".pulumi" / "stacks" / self.project / f"{self.stack}.json"
        return _in_clear({"deployment": json.loads(path.read_text())["checkpoint"]["latest"]})

    def import_deployment(self, document: Mapping[str, Any]) -> None:
        """See `Engine.import_deployment`."""
        self.command("stack", "import", "--stack", self.stack, text=json.dumps(document))

    def unlock(self) -> None:
        """See `Engine.unlock`."""
        self.command("cancel", "--yes", "--stack", self.stack)

    def command(self, *arguments: str, text: str = "") -> None:
        """Run another command of the CLI; ``text`` is its input."""
        command = ["pulumi", *arguments, "--non-interactive"]
        ended = subprocess.run(
            command,
            cwd=self.folder,
            env=self._whole_environment(),
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode:
            raise AssertionError(f"{' '.join(command)}: {ended.stdout}{ended.stderr}")


def _forget_compiled(path: Path) -> None:
    """Python tells versions of a file apart by size and whole second alone; a test may be faster."""
    if path.suffix == ".py":
        Path(cache_from_source(str(path))).unlink(missing_ok=True)


def _passphrase() -> str:
    return PASSPHRASE


def _in_clear(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The deployment of a document, its secrets decrypted."""
    deployment = document.get("deployment") or {}
    salt = ((deployment.get("secrets_providers") or {}).get("state") or {}).get("salt", "")
    decrypted: Mapping[str, Any] = with_plaintext(deployment, Crypter(_passphrase, salt))
    return decrypted
