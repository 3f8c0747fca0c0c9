"""Finds and ends the processes that a run has started."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def descendants(pid: int, pattern: str = "") -> list[int]:
    """The children of a process and theirs, whose command line contains the pattern."""
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in listing.splitlines()]
    family, found = {pid}, []
    grown = True
    while grown:
        young = [row for row in rows if int(row[1]) in family and int(row[0]) not in family]
        grown = bool(young)
        family |= {int(row[0]) for row in young}
        found += [int(row[0]) for row in young if pattern in row[-1]]
    return found


def kill_all(pids: Iterable[int]) -> None:
    """Kill processes that may be gone already."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
