"""Where the state lives: one JSON file per stack, replaced as a whole, and a lock beside it."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sandbox.engine import state
from sandbox.engine.errors import LockedError, StateError
from sandbox.engine.secrets import Crypter, find_passphrase
from sandbox.engine.state import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Store:
    """The state of one stack.

    Args:
        folder: Where states are kept, and the passphrase where the environment has none.
        project: The project's name.
        stack: The stack's name.
    """

    def __init__(self, folder: Path, project: str = "", stack: str = "") -> None:
        self._folder = folder
        self._path = folder
        self._crypter: Crypter | None = None
        self.choose(project, stack)

    def choose(self, project: str, stack: str) -> None:
        """Take the state of another stack in the folder."""
        self._path = self._folder / f"{project}.{stack}.json"

    @property
    def path(self) -> Path:
        """The state's file."""
        return self._path

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the stack; the system lets go of it when the process ends, however that comes.

        Raises:
            LockedError: Another process holds it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("w", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise LockedError(
                    f"the stack is locked by another run ({lock.name}); wait for it to end"
                ) from error
            yield

    def load(self) -> Snapshot:
        """Read the state; a stack without one is empty.

        Raises:
            StateError: The file is not a state of a version that is known.
        """
        document = self.document()
        self._crypter = self._make_crypter(document)
        resources, operations = state.load(document, self._crypter) if document else ([], [])
        return Snapshot(resources, operations, self.save)

    def document(self, *, in_clear: bool = False) -> dict[str, Any]:
        """The whole document as it is on disk; empty where there is none.

        Raises:
            StateError: The file is not JSON.
        """
        try:
            document: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise StateError(f"{self._path} is not JSON: {error}") from error
        return state.with_plaintext(document, self._make_crypter(document)) if in_clear else document

    def save(self, snapshot: Snapshot) -> None:
        """Replace the file: whoever reads it sees the state of before or the new one, also after a crash."""
        crypter = self._crypter or self._make_crypter({})
        text = json.dumps(state.dump(snapshot, crypter), indent=4)
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def decrypt(self, salt: str, ciphertext: str) -> str:
        """Decrypt a configuration value."""
        return Crypter(find_passphrase(os.environ, self._folder), salt).decrypt(ciphertext)

    def _make_crypter(self, document: dict[str, Any]) -> Crypter:
        described = (document.get("deployment") or {}).get("secrets_providers") or {}
        if described.get("type", "passphrase") != "passphrase":
            raise StateError(
                f"the state's secrets are kept by {described['type']!r}; only passphrase is known here"
            )
        salt = (described.get("state") or {}).get("salt", "")
        return Crypter(find_passphrase(os.environ, self._folder), salt)
