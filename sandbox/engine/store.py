"""Where the state lives: one JSON file per stack, replaced as a whole, and a lock beside it."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .document import dump, load, with_plaintext
from .errors import LockedError, StateError
from .secrets import Crypter, find_passphrase
from .state import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Store:
    """The state of one stack.

    Args:
        folder: Where states are kept, and the passphrase where the environment has none.
        project: The project's name.
        stack: The stack's name.

    Attributes:
        path: The state's file.
    """

    def __init__(self, folder: Path, project: str, stack: str) -> None:
        self._folder = folder
        self.path = folder / f"{project}.{stack}.json"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the stack; the system lets go of it when the process ends, however that comes.

        Raises:
            LockedError: Another process holds it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                message = f"the stack is locked by another run ({lock.name}); wait for it to end"
                raise LockedError(message) from error
            yield

    def load(self) -> Snapshot:
        """Read the state; a stack without one is empty.

        Raises:
            StateError: The file is not a state of a version that is known.
        """
        document = self._read()
        crypter = self._crypter(document)
        return Snapshot(*load(document, crypter), lambda snapshot: self._write(dump(snapshot, crypter)))

    def document(self, *, in_clear: bool = False) -> dict[str, Any]:
        """The whole document as it is on disk, or with its secrets in clear; empty where there is none.

        Raises:
            StateError: The file is not JSON.
        """
        document = self._read()
        return with_plaintext(document, self._crypter(document)) if in_clear else document

    def _read(self) -> dict[str, Any]:
        try:
            document: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise StateError(f"{self.path} is not JSON: {error}") from error
        return document

    def _write(self, document: dict[str, Any]) -> None:
        """Replace the file: whoever reads it sees the state of before or the new one, also after a crash."""
        fresh = self.path.with_suffix(".new")
        fresh.unlink(missing_ok=True)  # one that a killed run left may be readable by others
        fresh.touch(mode=0o600)
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(document, file, indent=4)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _crypter(self, document: dict[str, Any]) -> Crypter:
        described = (document.get("deployment") or {}).get("secrets_providers") or {}
        kind = described.get("type", "passphrase")
        if kind != "passphrase":
            raise StateError(
                f"the secrets of {self.path} are kept by {kind!r}; this engine knows passphrase alone"
            )
        salt = (described.get("state") or {}).get("salt", "")
        return Crypter(lambda: find_passphrase(self._folder), salt)
