"""Which parts of the host can be reached, and the one warning for each that cannot."""

from __future__ import annotations

import threading
from enum import StrEnum
from typing import Final

from .engine import ENGINE
from .internals import MissingPartError, in_stock_host


class Part(StrEnum):
    """What is taken from the host beyond its own interface; the value is what a user is told goes without."""

    REQUEST = "the resource's URN, timeout and progress"
    ANSWER = "an end of the waits once the engine has gone"
    MESSAGES = "progress messages"
    ERRORS = "one-line errors and resources kept half-way"
    CANCEL = "stopping at the first Ctrl-C"
    INTERRUPT = "answers of an interrupted host"
    FUNCTIONS = "claims that come off within the run that made them"
    THREADS = "more than 4 operations at a time"


_lock: Final = threading.Lock()
_warned: Final[set[Part]] = set()


def warn_missing(part: Part, error: MissingPartError) -> None:
    """Warn that a part of the host is missing, once per process; elsewhere nothing is missed."""
    if not in_stock_host():
        return
    with _lock:
        if part in _warned:
            return
        _warned.add(part)
    ENGINE.send(
        "WARNING",
        "",
        f"this Pulumi SDK ({_version('pulumi')}, grpcio {_version('grpcio')}) does without {part}: {error}",
    )


def _version(package: str) -> str:
    import importlib.metadata  # noqa: PLC0415 - slow to import, and seldom needed

    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"
