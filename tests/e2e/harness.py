"""Runs Pulumi programs under either engine, the sandbox's or the pulumi CLI, and reads what came of it.

A test is written against `Engine`; the fixture ``make_engine`` of the conftest files gives it both, one after the
other. Everything of a run lives in one temporary folder: the project, the state, the CLI's home.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from sandbox.engine import state
from sandbox.engine.secrets import Crypter
from sandbox.engine.store import Store
from tests.e2e.processes import descendants, kill_all
from tests.e2e.states import in_clear

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "for tests only"
TIMEOUT = 120.0
COMMANDS = ("preview", "up", "refresh", "destroy")


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of a run.

    Attributes:
        op: Pulumi's name of it: ``create``, ``same``, ``update``, ``replace``, ``create-replacement``,
            ``delete-replaced``, ``delete``, ``read``, ``refresh``, ...; once a refresh is done, what it found
            (``same``, ``update`` or ``delete``).
        urn: The resource.
        stage: ``started`` (in a preview: planned), ``done`` or ``failed``.
    """

    op: str
    urn: str
    stage: str

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rsplit("::", 1)[-1]


@dataclass(frozen=True, slots=True)
class Message:
    """A diagnostic; ``severity`` is ``info``, ``info#err``, ``warning`` or ``error``."""

    severity: str
    text: str
    urn: str = ""
    ephemeral: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did.

    Attributes:
        operations: Every step, in order, without those of the default provider.
        changes: How many resources each operation was done on (in a preview: would be), from the summary.
        deployment: The ``deployment`` of the state file after the run; secrets as ``{signature, "plaintext": JSON}``.
    """

    exit_code: int
    stdout: str
    stderr: str
    operations: Sequence[Operation]
    messages: Sequence[Message]
    changes: Mapping[str, int]
    deployment: Mapping[str, Any]
    seconds: float

    @property
    def text(self) -> str:
        """All that was printed."""
        return self.stdout + self.stderr

    @property
    def resources(self) -> Sequence[Mapping[str, Any]]:
        """The resources of the state, the default provider left out."""
        found: Sequence[Mapping[str, Any]] = self.deployment.get("resources") or []
        return [resource for resource in found if not resource["type"].startswith("pulumi:providers:")]

    @property
    def pending_operations(self) -> Sequence[Mapping[str, Any]]:
        """The operations that the state holds as not ended."""
        return self.deployment.get("pending_operations") or []

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs in the state, secrets in clear."""
        stacks = [resource for resource in self.resources if resource["type"] == "pulumi:pulumi:Stack"]
        clear: Mapping[str, Any] = in_clear(stacks[0].get("outputs") or {}) if stacks else {}
        return clear

    def resource(self, name: str) -> Mapping[str, Any]:
        """The one resource of that name in the state; fails where there is none or are several."""
        (found,) = [resource for resource in self.resources if resource["urn"].rsplit("::", 1)[-1] == name]
        return found

    def names(self) -> Sequence[str]:
        """The names of the resources in the state, without the stack, in order."""
        urns = [resource["urn"] for resource in self.resources if resource["type"] != "pulumi:pulumi:Stack"]
        return [urn.rsplit("::", 1)[-1] for urn in urns]

    def steps(self, name: str, stage: str = "started") -> Sequence[str]:
        """The operations on the resource of that name, in order."""
        return [op.op for op in self.operations if op.name == name and op.stage == stage]

    def order(self, op: str, stage: str = "done") -> Sequence[str]:
        """The names of the resources that had that operation, in order."""
        return [
            operation.name for operation in self.operations if (operation.op, operation.stage) == (op, stage)
        ]

    def errors(self) -> Sequence[str]:
        """The texts of the errors shown."""
        return [message.text for message in self.messages if message.severity == "error"]

    def __str__(self) -> str:
        """What a failing test needs to see."""
        return f"exit {self.exit_code} after {self.seconds:.1f}s\n{self.text}"


class Running:
    """A run in the background."""

    def __init__(
        self, engine: Engine, command: Sequence[str], environment: Mapping[str, str], logs: Path
    ) -> None:
        self._engine = engine
        self._logs = logs
        self._started = time.monotonic()
        self._orphans: list[int] = []
        with (logs / "stdout").open("wb") as out, (logs / "stderr").open("wb") as err:
            self.process = subprocess.Popen(
                command, cwd=engine.folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err
            )

    @property
    def text(self) -> str:
        """All that was printed so far."""
        return "".join((self._logs / name).read_text(errors="replace") for name in ("stdout", "stderr"))

    def operations(self) -> Sequence[Operation]:
        """The steps so far."""
        return _read_events(self._logs / "events").operations

    def wait_until(self, condition: Callable[[], object], what: str, timeout: float = TIMEOUT) -> None:
        """Wait for a condition; fails when the run ends or the time is up before it holds."""
        deadline = time.monotonic() + timeout
        while not condition():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{what} did not happen: exit {self.process.poll()}\n{self.text}")
            time.sleep(0.02)

    def wait_for_step(self, name: str, stage: str = "started", timeout: float = TIMEOUT) -> None:
        """Wait for a step on the resource of that name."""
        self.wait_until(
            lambda: any(op.name == name and op.stage == stage for op in self.operations()),
            f"a step on {name!r} {stage}",
            timeout,
        )

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """Kill the engine with no chance to clean up; its children live on, as they do in such a case."""
        self._orphans += descendants(self.process.pid)
        self.process.kill()
        self.process.wait()
        self._engine.unlock()

    def kill_host(self) -> None:
        """Kill the dynamic provider host with no chance to clean up."""
        hosts = descendants(self.process.pid, "-m pulumi.dynamic")
        if not hosts:
            raise AssertionError(f"no host runs\n{self.text}")
        kill_all(hosts)

    def kill_orphans(self) -> None:
        """Kill what a killed engine left running."""
        kill_all(self._orphans)
        self._orphans = []

    def finish(self, timeout: float = TIMEOUT) -> Outcome:
        """Wait for the end and read what came of it."""
        try:
            exit_code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            kill_all([*descendants(self.process.pid), self.process.pid])
            raise AssertionError(f"still running after {timeout} s\n{self.text}") from None
        events = _read_events(self._logs / "events")
        return Outcome(
            exit_code=exit_code,
            stdout=(self._logs / "stdout").read_text(errors="replace"),
            stderr=(self._logs / "stderr").read_text(errors="replace"),
            operations=events.operations,
            messages=events.messages,
            changes=events.changes,
            deployment=self._engine.deployment(),
            seconds=time.monotonic() - self._started,
        )

    def close(self) -> None:
        """Leave nothing running."""
        if self.process.poll() is None:
            kill_all([*descendants(self.process.pid), self.process.pid])
            self.process.wait()
        self.kill_orphans()


class Engine(ABC):
    """One stack under one engine.

    Args:
        folder: An empty folder; the project is written into it.
        program: The program: the text of ``__main__.py``, or texts of files by their paths.
        project: The project's name.
        stack: The stack's name.

    Attributes:
        environment: What the engine, the program and the provider host get on top of this process's environment;
            tests may add to it between runs.
    """

    name: str

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
        self.folder.mkdir(parents=True)
        settings = {"name": project, "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}}}
        (self.folder / "Pulumi.yaml").write_text(yaml.safe_dump(settings))
        self.write(program)

    def write(self, program: str | Mapping[str, str]) -> None:
        """Replace the program, or some of its files."""
        for path, text in ({"__main__.py": program} if isinstance(program, str) else program).items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text)

    def set_config(self, key: str, value: str, *, secret: bool = False) -> None:
        """Set a configuration value in the stack's file; a key without a namespace is the project's."""
        path = self.folder / f"Pulumi.{self.stack}.yaml"
        settings = yaml.safe_load(path.read_text()) if path.exists() else {}
        full = key if ":" in key else f"{self.project}:{key}"
        if secret:
            crypter = Crypter(PASSPHRASE, settings.get("encryptionsalt", ""))
            settings.setdefault("config", {})[full] = {"secure": crypter.encrypt(value)}
            settings["encryptionsalt"] = crypter.description()["state"]["salt"]
        else:
            settings.setdefault("config", {})[full] = value
        path.write_text(yaml.safe_dump(settings))

    def preview(self, *arguments: str, timeout: float = TIMEOUT) -> Outcome:
        """Show what an up would do."""
        return self.start("preview", *arguments).finish(timeout)

    def up(self, *arguments: str, timeout: float = TIMEOUT) -> Outcome:
        """Bring the stack to what the program says."""
        return self.start("up", *arguments).finish(timeout)

    def refresh(self, *arguments: str, timeout: float = TIMEOUT) -> Outcome:
        """Bring the state to what is really there."""
        return self.start("refresh", *arguments).finish(timeout)

    def destroy(self, *arguments: str, timeout: float = TIMEOUT) -> Outcome:
        """Delete everything in the stack."""
        return self.start("destroy", *arguments).finish(timeout)

    def start(self, command: str, *arguments: str) -> Running:
        """Start a run in the background.

        Args:
            command: ``preview``, ``up``, ``refresh`` or ``destroy``.
            arguments: Options that both engines have: ``--parallel N``, ``--refresh``.
        """
        logs = self._logs / str(len(self._runs))
        logs.mkdir(parents=True)
        environment = {**os.environ, **self.environment, **self._engine_environment()}
        line = self._command_line(command, logs / "events")
        running = Running(self, [*line, *arguments], environment, logs)
        self._runs.append(running)
        return running

    def close(self) -> None:
        """Leave nothing running."""
        for running in self._runs:
            running.close()

    def unlock(self) -> None:
        """Take away the lock that a killed engine left, if it left one."""

    def _engine_environment(self) -> Mapping[str, str]:
        return {}

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
        return _clear_deployment(self._store().document())

    def import_deployment(self, document: Mapping[str, Any]) -> None:
        """See `Engine.import_deployment`."""
        path = self._store().path
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(document))

    def document(self) -> Mapping[str, Any]:
        """The state file as it is."""
        return self._store().document()

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
        self._call("stack", "init", stack)

    @staticmethod
    def found() -> bool:
        """Whether there is a CLI to run."""
        return shutil.which("pulumi") is not None

    def _engine_environment(self) -> Mapping[str, str]:
        return {
            "PULUMI_BACKEND_URL": f"file://{self._backend}",
            "PULUMI_HOME": str(self._home),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_DEBUG_COMMANDS": "1",
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
        checkpoint = json.loads(path.read_text())
        return _clear_deployment(
            {"version": checkpoint["version"], "deployment": checkpoint["checkpoint"]["latest"]}
        )

    def import_deployment(self, document: Mapping[str, Any]) -> None:
        """See `Engine.import_deployment`."""
        self._call("stack", "import", "--stack", self.stack, text=json.dumps(document))

    def unlock(self) -> None:
        """See `Engine.unlock`."""
        self._call("cancel", "--yes", "--stack", self.stack)

    def _call(self, *arguments: str, text: str = "") -> None:
        environment = {**os.environ, **self.environment, **self._engine_environment()}
        command = ["pulumi", *arguments, "--non-interactive"]
        ended = subprocess.run(
            command, cwd=self.folder, env=environment, input=text, capture_output=True, text=True, check=False
        )
        if ended.returncode:
            raise AssertionError(f"{' '.join(command)}: {ended.stdout}{ended.stderr}")


@dataclass(slots=True)
class _Events:
    operations: list[Operation] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    changes: dict[str, int] = field(default_factory=dict)


_STAGES = {"resourcePreEvent": "started", "resOutputsEvent": "done", "resOpFailedEvent": "failed"}


def _read_events(path: Path) -> _Events:
    """Read an event log, also one that is still being written."""
    events = _Events()
    lines = path.read_text(errors="replace").splitlines(keepends=True) if path.exists() else []
    for line in lines:
        if line.endswith("\n"):
            _take_event(json.loads(line), events)
    return events


def _take_event(record: Mapping[str, Any], events: _Events) -> None:
    for kind, stage in _STAGES.items():
        if kind in record:
            metadata = record[kind]["metadata"]
            if not metadata["type"].startswith("pulumi:providers:"):
                events.operations.append(Operation(metadata["op"], metadata["urn"], stage))
    if "summaryEvent" in record:
        events.changes = record["summaryEvent"]["resourceChanges"] or {}
    diagnostic = record.get("diagnosticEvent", {"severity": "debug"})
    if diagnostic["severity"] != "debug":
        text = diagnostic["message"].removesuffix("\n")
        urn, ephemeral = diagnostic.get("urn", ""), diagnostic.get("ephemeral", False)
        events.messages.append(Message(diagnostic["severity"], text, urn, ephemeral=ephemeral))


def _clear_deployment(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The deployment with its secrets decrypted."""
    deployment: dict[str, Any] = dict(document.get("deployment") or {})
    salt = ((deployment.get("secrets_providers") or {}).get("state") or {}).get("salt", "")
    decrypted: Mapping[str, Any] = state.with_plaintext(deployment, Crypter(PASSPHRASE, salt))
    return decrypted
