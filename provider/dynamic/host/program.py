"""The other process: a Pulumi program's own, which the engine interrupts once a resource has failed."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Final

from . import internals

_RUNTIME: Final = "pulumi-language-python-exec"


def end_program_quietly() -> None:
    """Let an interrupted Pulumi program end at once and without a word.

    Otherwise it prints two tracebacks of a KeyboardInterrupt among the errors that matter, and may stay for
    5 s with registrations that nobody answers any more. Does nothing in other processes, where the program
    handles SIGINT itself, and where ``PULUMI_HEALTH_DEBUG`` is set.
    """
    if internals.debugging() or not _is_program():
        return
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda _signal, _frame: os._exit(1))


def _is_program() -> bool:
    """Say whether the engine's language runtime runs this process, and its main thread asks."""
    started_by_runtime = any(Path(argument).name == _RUNTIME for argument in sys.orig_argv)
    return started_by_runtime and threading.current_thread() is threading.main_thread()
