"""The record of a run: each process of a run tells the others which stores its part of the program names.

Dynamic resources, each explicit provider of the plugin and each version of it have processes of their own,
and the engine tells each about its own resources alone. What one of them adopts, no other must delete. A
program in Python tells, too, what it adopts and reads: with ``--target`` the engine leaves most of that out.

The record is a file of the user's, named after the engine's address. What a process wrote counts as long as
it lives; what a program wrote, as long as its language host does.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

_LOGGER: Final = logging.getLogger("pulumi_health.engine")


class RunRecord:
    """What the processes of one run name. Where no record can be kept, it is empty, and one warning says so.

    Args:
        address: Returns the engine's ``host:port``, or None where there is no engine.
        lasts: The process as long as which counts what is told here.
        folder: Where records are kept; a folder that belongs to somebody else is not used.
    """

    def __init__(
        self, address: Callable[[], str | None], lasts: int | None = None, folder: Path | None = None
    ) -> None:
        self._address = address
        self._lasts = os.getpid() if lasts is None else lasts
        self._folder = folder
        self._complained = False

    def tell(self, resource_id: str, urn: str, way: str) -> None:
        """Tell the others that the program names a resource of AWS.

        Args:
            resource_id: Its id.
            urn: The URN, or the name, of the resource of the program.
            way: How it names it (``verbs.holders.Way``).
        """
        line = json.dumps({"process": self._lasts, "id": resource_id, "urn": urn, "way": way})
        try:
            path = self._path()
            if path is None:
                return
            if not path.exists():
                _clear(path.parent)
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
        except OSError as error:
            self._complain(error)

    def others(self, resource_id: str) -> Iterator[tuple[str, str]]:
        """Yield who else names a resource of AWS, and how, as other processes of this run tell."""
        for told in self._told():
            if told["id"] == resource_id and told["process"] != self._lasts and _lives(told["process"]):
                yield told["urn"], told["way"]

    def _told(self) -> list[dict[str, Any]]:
        try:
            path = self._path()
            return [] if path is None else _read(path)
        except OSError as error:
            self._complain(error)
            return []

    def _complain(self, error: OSError) -> None:
        if not self._complained:
            _LOGGER.warning("the processes of this run cannot tell each other what they adopt: %s", error)
        self._complained = True

    def _path(self) -> Path | None:
        address = self._address()
        if address is None or os.name != "posix":  # elsewhere, to ask whether a process lives ends it
            return None
        folder = self._folder or Path(tempfile.gettempdir()) / f"pulumi-health-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = folder.stat()
        if owner.st_uid != os.getuid() or owner.st_mode & 0o077:
            return None
        return folder / f"{re.sub(r'[^0-9A-Za-z.]', '-', address)}.jsonl"


def _read(path: Path) -> list[dict[str, Any]]:
    """Return what a record tells; a line that a full disk has cut off tells nothing."""
    told = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    for line in lines:
        with contextlib.suppress(json.JSONDecodeError):
            told.append(json.loads(line))
    return told


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _clear(folder: Path) -> None:
    """Remove the records of runs whose processes have all ended; one that is empty is only being made."""
    for path in folder.glob("*.jsonl"):
        told = _read(path)
        if told and not any(_lives(each["process"]) for each in told):
            path.unlink(missing_ok=True)
