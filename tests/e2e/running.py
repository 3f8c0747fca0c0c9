"""A run in the background, to be waited for, interrupted or killed."""

from __future__ import annotations

import signal
import subprocess
import time
from typing import TYPE_CHECKING

from tests.e2e.outcome import Operation, Outcome, read_events
from tests.e2e.processes import descendants, kill_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tests.e2e.harness import Engine

TIMEOUT = 120.0
_PAUSE = 0.02


class Running:
    """A run in the background.

    Args:
        engine: Whose run it is.
        command: The command line.
        environment: All of its environment.
        logs: A folder of its own: ``stdout``, ``stderr`` and ``events``.
    """

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
        return self._read("stdout") + self._read("stderr")

    def operations(self) -> Sequence[Operation]:
        """The steps so far."""
        return read_events(self._logs / "events").operations

    def wait_until(self, condition: Callable[[], object], what: str, timeout: float = TIMEOUT) -> None:
        """Wait for a condition; fails when the run ends or the time is up before it holds."""
        deadline = time.monotonic() + timeout
        while not condition():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{what} did not happen: exit {self.process.poll()}\n{self.text}")
            time.sleep(_PAUSE)

    def wait_for_step(self, name: str, stage: str = "started", timeout: float = TIMEOUT) -> None:
        """Wait for a step on the resource of that name."""
        what = f"a step on {name!r} {stage}"
        self.wait_until(
            lambda: (name, stage) in {(op.name, op.stage) for op in self.operations()}, what, timeout
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

    def finish(self, timeout: float | None = None) -> Outcome:
        """Wait for the end, by default as long as the engine's patience lasts, and read what came of it."""
        patience = timeout or self._engine.patience
        try:
            exit_code = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.close()
            raise AssertionError(f"still running after {patience} s\n{self.text}") from None
        events = read_events(self._logs / "events")
        return Outcome(
            exit_code=exit_code,
            stdout=self._read("stdout"),
            stderr=self._read("stderr"),
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

    def _read(self, name: str) -> str:
        return (self._logs / name).read_text(errors="replace")
