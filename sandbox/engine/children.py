"""Child processes in groups of their own, so that a Ctrl-C at the terminal reaches the engine alone."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Protocol

from .errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

GRACE = 5.0
"""Seconds that a process has to end after it was interrupted."""
_DRAIN = 1.0
_LINE_LIMIT = 2**24


class LineSink(Protocol):
    """Takes what a child prints."""

    def __call__(self, line: str, *, is_error: bool) -> None:
        """Take one line, without its end."""


class Child:
    """A child process whose output is read line by line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._readers: list[asyncio.Task[None]] = []

    @classmethod
    async def start(cls, command: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> Child:
        """Start a command."""
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=folder,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
                limit=_LINE_LIMIT,
            )
        except OSError as error:
            raise EngineError(f"cannot start {command[0]} in {folder}: {error}") from error
        return cls(process)

    async def first_line(self) -> str:
        """The first line of the output, before the rest is forwarded."""
        return (await self._stream(is_error=False).readline()).decode(errors="replace")

    def forward(self, sink: LineSink) -> None:
        """Hand every further line to a sink."""
        self._readers = [
            asyncio.create_task(self._read(sink, is_error=is_error)) for is_error in (False, True)
        ]

    async def exited(self) -> int:
        """Wait for the end; its output has been forwarded by then."""
        await asyncio.gather(*self._readers)
        return await self._process.wait()

    async def stop(self) -> None:
        """Interrupt the process group, and kill it where it does not end within its grace."""
        for sign in (signal.SIGINT, signal.SIGKILL):
            self.signal(sign)
            try:
                await asyncio.wait_for(asyncio.shield(self._process.wait()), GRACE)
                break
            except TimeoutError:
                continue
        if self._readers:
            await asyncio.wait(self._readers, timeout=_DRAIN)

    def signal(self, sign: signal.Signals) -> None:
        """Send a signal to the process group, if it is still there."""
        if self._process.returncode is None:
            try:
                os.killpg(self._process.pid, sign)
            except ProcessLookupError:
                return

    def _stream(self, *, is_error: bool) -> asyncio.StreamReader:
        stream = self._process.stderr if is_error else self._process.stdout
        if stream is None:
            raise AssertionError("the child was started without pipes")
        return stream

    async def _read(self, sink: LineSink, *, is_error: bool) -> None:
        stream = self._stream(is_error=is_error)
        while line := await stream.readline():
            sink(line.decode(errors="replace").rstrip("\r\n"), is_error=is_error)
