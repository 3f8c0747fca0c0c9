"""The four commands, from the first process started to the last one ended."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from contextlib import asynccontextmanager
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from .deployment import Deployment
from .errors import EngineError
from .events import Message, Severity, Summary
from .host import DynamicHost
from .monitor import EngineService, serve_engine
from .program import Program

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from .events import Reporter
    from .project import Project
    from .state import Snapshot
    from .steps import Op
    from .values import Properties

CANCEL_NOTE = "^C received; cancelling. If you would like to terminate immediately, press ^C again."
TERMINATE_NOTE = "^C received; terminating"
PENDING_NOTE = (
    "It is not known whether they were completed; see what the provider has, and refresh. Operations other "
    "than creates are forgotten now; a pending create stays in the state until it is taken out."
)


class Command(StrEnum):
    """What a run is for."""

    PREVIEW = "preview"
    UP = "up"
    REFRESH = "refresh"
    DESTROY = "destroy"


class Ending(IntEnum):
    """How a run ended, by the CLI's exit codes."""

    SUCCEEDED = 0
    FAILED = 1
    CUT_OFF = 8


class Run:
    """One command on one stack. Used once.

    Args:
        command: What to do.
        project: The project and stack.
        snapshot: The state; the caller holds its lock.
        reporter: Told of everything.
        parallel: How many steps run at once.
    """

    def __init__(
        self, command: Command, project: Project, snapshot: Snapshot, reporter: Reporter, *, parallel: int
    ) -> None:
        self._command = command
        self._project = project
        self._snapshot = snapshot
        self._reporter = reporter
        self._parallel = parallel
        self._dry_run = command is Command.PREVIEW
        self._host = DynamicHost(project, dry_run=self._dry_run)
        self._deployment: Deployment | None = None
        self._changes: Counter[Op] = Counter()
        self._outputs: Properties | None = None
        self._is_canceled = False
        self._background: set[asyncio.Task[None]] = set()

    async def execute(self, *, refresh_first: bool) -> Ending:
        """Carry the command out."""
        started = time.monotonic()
        self._take_over_pending()
        async with self._serving() as engine_address:
            if refresh_first or self._command is Command.REFRESH:
                await self._refresh()
            if self._command is not Command.REFRESH and not self._must_end():
                await self._main(engine_address)
        return self._finish(time.monotonic() - started)

    async def _main(self, engine_address: str) -> None:
        deployment = self._begin(self._changes)
        if self._command is Command.DESTROY:
            await deployment.delete_rest()
            return
        program = Program(
            self._project, engine_address, self._reporter, parallel=self._parallel, dry_run=self._dry_run
        )
        async with program.running(deployment) as is_complete:
            if is_complete:
                await deployment.delete_rest()
            deployment.stop()
            await deployment.drain()
        self._outputs = deployment.finish_stack()

    async def _refresh(self) -> None:
        is_all = self._command is Command.REFRESH
        await self._begin(self._changes if is_all else Counter()).refresh()

    def _begin(self, changes: Counter[Op]) -> Deployment:
        self._deployment = Deployment(
            self._project,
            self._snapshot,
            self._host,
            self._reporter,
            parallel=self._parallel,
            dry_run=self._dry_run,
        )
        self._deployment.executor.changes = changes
        return self._deployment

    def _must_end(self) -> bool:
        return self._is_canceled or self._reporter.saw_error

    @asynccontextmanager
    async def _serving(self) -> AsyncIterator[str]:
        """The engine's service and the provider host, Ctrl-C taken over; yields the engine's address."""
        server, address = await serve_engine(EngineService(self._reporter))
        self._host.start(address, self._show_host_output)
        for sign in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(sign, self._interrupt)
        try:
            yield address
        finally:
            await self._host.stop()
            await server.stop(None)

    def _interrupt(self) -> None:
        """The first time: start nothing more and wait for what runs; the second: wait no longer."""
        if self._is_canceled:
            self._reporter.info(TERMINATE_NOTE)
            if self._deployment is not None:
                self._deployment.executor.cut_off()
            self._in_background(self._host.interrupt())
            return
        self._is_canceled = True
        self._reporter.info(CANCEL_NOTE)
        if self._deployment is not None:
            self._deployment.stop()
        self._in_background(self._host.cancel())

    def _in_background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _take_over_pending(self) -> None:
        """Warn of what a killed run left; creates stay pending, the rest is forgotten."""
        pending = self._snapshot.operations
        if not pending or self._dry_run:
            return
        if self._command is not Command.REFRESH:
            listed = "".join(f"  * {op.resource.urn}, interrupted while {op.type}\n" for op in pending)
            count = f"{len(pending)} pending operations from previous deployment"
            self._reporter.warning(
                f"Attempting to deploy or update resources with {count}.\n{listed}{PENDING_NOTE}"
            )
        self._snapshot.operations = [op for op in pending if op.type == "creating"]

    def _show_host_output(self, line: str, *, is_error: bool) -> None:
        if line.strip() or not is_error:
            self._reporter.tell(Message(Severity.INFO, line))

    def _finish(self, seconds: float) -> Ending:
        executor = self._deployment.executor if self._deployment is not None else None
        result = "succeeded"
        if self._must_end():
            result = "failed" if self._reporter.saw_error else "canceled"
        if result == "canceled" or (executor is not None and executor.failed):
            self._reporter.error(f"{'preview' if self._dry_run else 'update'} {result}")
        is_cut_off = executor is not None and executor.is_cut_off
        if not self._dry_run and not is_cut_off:
            self._snapshot.write()
        self._reporter.tell(Summary(self._changes, seconds, result, self._outputs))
        if is_cut_off:
            return Ending.CUT_OFF
        return Ending.SUCCEEDED if result == "succeeded" else Ending.FAILED


def run_command(
    command: Command,
    project: Project,
    snapshot: Snapshot,
    reporter: Reporter,
    *,
    parallel: int,
    refresh_first: bool = False,
) -> Ending:
    """Carry a command out.

    Args:
        command: What to do.
        project: The project and stack.
        snapshot: The state; the caller holds its lock.
        reporter: Told of everything, also of why the command could not be carried out.
        parallel: How many steps run at once.
        refresh_first: Whether to bring the state to what is really there before.
    """
    run = Run(command, project, snapshot, reporter, parallel=parallel)
    try:
        return asyncio.run(run.execute(refresh_first=refresh_first))
    except EngineError as error:
        reporter.error(str(error))
        return Ending.FAILED
