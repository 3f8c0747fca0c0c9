"""Runs of schedules with everything in its own process: the program, the provider's host and the engine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from tests.e2e.harness import Engine as Stack
from tests.e2e.states import in_clear
from tests.faults.schedules.programs import Program, written
from tests.faults.schedules.states import TYPE, Ended, Held, Run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.harness import Running
    from tests.faults.schedules.proxy import Hook, Proxy

LONG: Final = 300.0
_SKIP: Final = {"PULUMI_SKIP_CHECKPOINTS": "true"}
_FINE: Final = {"same", "refresh", "read"}


class Processes:
    """One stack of the sandbox's engine, or of the pulumi CLI.

    Args:
        kind: Which of both.
        folder: An empty folder.
        proxy: What happens to requests on the way.
        environment: Leads boto3 to the proxy.
    """

    def __init__(self, kind: type[Stack], folder: Path, proxy: Proxy, environment: dict[str, str]) -> None:
        self.name = kind.name
        self._proxy = proxy
        self._stack = kind(folder, "", project="faults")
        self._stack.environment |= environment
        self._stack.patience = LONG

    def held(self) -> list[Held]:
        """Return what the state has."""
        found = self._stack.deployment().get("resources") or []
        return [
            Held(
                each["urn"],
                each.get("id", ""),
                in_clear(each.get("inputs") or {}),
                in_clear(each.get("outputs") or {}),
                leaves=bool(each.get("delete")),
                retained=bool(each.get("retainOnDelete")),
            )
            for each in found
            if each["type"].startswith(TYPE)
        ]

    def run(self, command: str, program: Program, how: Run) -> Ended:
        """Carry a command out; what is to happen to it is in ``how``."""
        self._stack.write(written(program))
        usual = dict(self._stack.environment)
        if how.backend:  # a backend that refuses keeps nothing of what follows either
            self._stack.environment |= _SKIP
        running = self._stack.start(command)
        stopper = _Stopper(running, how)
        self._proxy.hook = stopper.hook
        try:
            outcome = running.finish()
        finally:
            self._proxy.hook = lambda _operation, _moment: None
            self._stack.environment = usual
        if stopper.has_killed:
            running.kill_orphans()
            self._stack.unlock()
        return Ended(
            is_good=outcome.exit_code == 0,
            is_killed=stopper.has_killed,
            said=[f"{each.severity}: {each.text}" for each in outcome.messages],
            changes={f"{each.op} {each.urn}" for each in outcome.operations if each.op not in _FINE},
        )

    def close(self) -> None:
        """Leave nothing running."""
        self._stack.close()


class _Stopper:
    """Stops a run at one of its requests, which is held until that is done."""

    def __init__(self, running: Running, how: Run) -> None:
        self._running = running
        self._lock = threading.Lock()
        self._hook: Hook = how.hook(self._kill, self._cancel)
        self.has_killed = False

    def hook(self, operation: str, moment: str) -> None:
        """See ``proxy.Hook``; requests come from many threads."""
        with self._lock:
            self._hook(operation, moment)

    def _kill(self) -> None:
        if not self.has_killed:
            self.has_killed = True
            self._running.kill()
            self._running.kill_orphans()

    def _cancel(self) -> None:
        if self._running.process.poll() is None:
            self._running.interrupt()


Make = Callable[["Path", "Proxy", dict[str, str]], Processes]
