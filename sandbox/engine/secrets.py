"""Secrets at rest, in the format of Pulumi's passphrase provider: PBKDF2-SHA256 and AES-256-GCM.

The passphrase is that of the environment (``PULUMI_CONFIG_PASSPHRASE`` or ``PULUMI_CONFIG_PASSPHRASE_FILE``);
with neither, one is made up once and kept beside the state, readable by its owner alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from .values import Value

ROUNDS = 1_000_000
_CHECK = "pulumi"


class Crypter:
    """Encrypts and decrypts with one passphrase and salt. The key is derived when it is first needed.

    Args:
        passphrase: Finds what the key is derived from; asked when the key is.
        salt: ``v1:SALT:CHECK`` of an existing state, CHECK a known text encrypted, by which a wrong
            passphrase is noticed; empty for a new state.
    """

    def __init__(self, passphrase: Callable[[], str], salt: str = "") -> None:
        self._find_passphrase = passphrase
        self._salt = salt
        self._known: dict[str, str] = {}

    def description(self) -> dict[str, Any]:
        """The deployment's ``secrets_providers``; empty while there has been no secret."""
        return {"type": "passphrase", "state": {"salt": self._salt}} if self._salt else {}

    def encrypt_value(self, value: Value) -> str:
        """Encrypt a property value; an unchanged one keeps its text, so that states compare."""
        text = json.dumps(value, sort_keys=True)
        if text not in self._known:
            self._known[text] = self.encrypt(text)
        return self._known[text]

    def decrypt_value(self, marked: Mapping[str, Any]) -> Value:
        """Decrypt a secret of the state: ``ciphertext``, or ``plaintext`` as exported in clear."""
        if "plaintext" in marked:
            return json.loads(marked["plaintext"])
        value = json.loads(self.decrypt(marked["ciphertext"]))
        self._known[json.dumps(value, sort_keys=True)] = marked["ciphertext"]
        return value

    def encrypt(self, text: str) -> str:
        """Encrypt a string, as ``secure:`` configuration values hold one."""
        return _encrypt(self._cipher, text)

    def decrypt(self, ciphertext: str) -> str:
        """Decrypt a string.

        Raises:
            EngineError: The passphrase is not the one that it was encrypted with.
        """
        return _decrypt(self._cipher, ciphertext)

    @cached_property
    def _cipher(self) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  most states need none

        salt = self._salt.split(":")[1] if self._salt else _encode(secrets.token_bytes(8))
        passphrase = self._find_passphrase().encode()
        cipher = AESGCM(hashlib.pbkdf2_hmac("sha256", passphrase, base64.b64decode(salt), ROUNDS, 32))
        if self._salt:
            _decrypt(cipher, self._salt.split(":", 2)[2])
        else:
            self._salt = f"v1:{salt}:{_encrypt(cipher, _CHECK)}"
        return cipher


def find_passphrase(folder: Path) -> str:
    """The passphrase of the environment, or that of a folder of states, made up where there is none yet."""
    if "PULUMI_CONFIG_PASSPHRASE" in os.environ:
        return os.environ["PULUMI_CONFIG_PASSPHRASE"]
    if file := os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    path = folder / "passphrase"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def _encrypt(cipher: AESGCM, text: str) -> str:
    nonce = secrets.token_bytes(12)
    return f"v1:{_encode(nonce)}:{_encode(cipher.encrypt(nonce, text.encode(), None))}"


def _decrypt(cipher: AESGCM, ciphertext: str) -> str:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415  as above

    try:
        _, nonce, sealed = ciphertext.split(":")
        return cipher.decrypt(base64.b64decode(nonce), base64.b64decode(sealed), None).decode()
    except (InvalidTag, ValueError) as error:
        raise EngineError(
            "a secret cannot be decrypted: the passphrase is not the one that it was encrypted with; "
            "set PULUMI_CONFIG_PASSPHRASE as it was then"
        ) from error


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()
