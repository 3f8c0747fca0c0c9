"""More than the host's 4 threads, so that long waits stand side by side."""

from __future__ import annotations

import threading
from typing import Final

from . import internals
from .part import Part, warn_missing

THREADS: Final = 256
"""The host cannot know ``--parallel`` (4 per core, or what the user says); threads are made when needed."""

_lock: Final = threading.Lock()


def more_threads(count: int = THREADS) -> None:
    """Let the host run up to ``count`` calls at a time, also those that queue already.

    A limit that is higher already stays. Other people's dynamic resources in the same host run in the same
    pool, and gain by it too.
    """
    try:
        pool = internals.thread_pool(internals.server())
    except internals.MissingPartError as error:
        warn_missing(Part.THREADS, error)
        return
    with _lock:
        missing = count - pool._max_workers  # noqa: SLF001 - checked in internals
        if missing <= 0:
            return
        pool._max_workers = count  # noqa: SLF001
    # The pool makes a thread when something is submitted: without these, what queues now would queue on.
    for _ in range(min(missing, pool._work_queue.qsize())):  # noqa: SLF001
        pool.submit(_nothing)


def _nothing() -> None:
    return
