"""The user's program as a child process, and how it ended."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .children import GRACE, Child
from .events import Message, Severity
from .monitor import Monitor, serve_monitor
from .project import ORGANIZATION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .deployment import Deployment
    from .events import Reporter
    from .project import Project

RUNNER = Path(__file__).with_name("runner.py")
ERROR_SHOWN = 32


class Program:
    """Runs the program against a monitor.

    Args:
        project: Whose program it is.
        engine_address: Where messages go.
        reporter: Shows what the program prints.
        parallel: How many steps run at once.
        dry_run: Whether this is a preview.
    """

    def __init__(
        self, project: Project, engine_address: str, reporter: Reporter, *, parallel: int, dry_run: bool
    ) -> None:
        self._project = project
        self._engine_address = engine_address
        self._reporter = reporter
        self._parallel = parallel
        self._dry_run = dry_run

    @asynccontextmanager
    async def running(self, deployment: Deployment) -> AsyncIterator[bool]:
        """Run the program up to its last registration, and to its end after the block.

        Yields:
            Whether the program got that far; it has been told to stop otherwise.
        """
        monitor = Monitor(self._project, deployment, parallel=self._parallel, dry_run=self._dry_run)
        server, address = await serve_monitor(monitor)
        child = await self._start(address)
        try:
            is_complete = await self._wait(child, monitor, deployment)
            yield is_complete
            if is_complete:
                monitor.released.set()
                await asyncio.wait([asyncio.ensure_future(child.exited())], timeout=GRACE)
        finally:
            await child.stop()
            await server.stop(None)

    async def _start(self, monitor_address: str) -> Child:
        project = self._project
        settings = {
            "monitor": monitor_address,
            "engine": self._engine_address,
            "project": project.name,
            "stack": project.stack,
            "parallel": self._parallel,
            "dry_run": self._dry_run,
            "organization": ORGANIZATION,
            "root_directory": str(project.root),
        }
        environment = os.environ | {
            "PULUMI_CONFIG": json.dumps(dict(project.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(sorted(project.secret_keys)),
        }
        given = ["--engine", self._engine_address]  # as a language host says it, too
        command = [project.python, "-u", str(RUNNER), str(project.main), json.dumps(settings), *given]
        folder = project.main if project.main.is_dir() else project.main.parent
        child = await Child.start(command, folder=folder, environment=environment)
        child.forward(self._show)
        return child

    async def _wait(self, child: Child, monitor: Monitor, deployment: Deployment) -> bool:
        ended = asyncio.create_task(child.exited())
        waits = [
            ended,
            *(asyncio.create_task(event.wait()) for event in (monitor.finished, deployment.stopped)),
        ]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in waits[1:]:
            task.cancel()
        if deployment.stopped.is_set():
            return False
        if monitor.finished.is_set() or ended.result() == 0:
            return True
        if ended.result() != ERROR_SHOWN:
            self._reporter.error(f"program exited with non-zero exit code: {ended.result()}")
        return False

    def _show(self, line: str, *, is_error: bool) -> None:
        if line.strip() or not is_error:
            self._reporter.tell(Message(Severity.INFO, line, self._project.stack_urn))
