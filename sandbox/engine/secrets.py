"""Secrets at rest, in the format of Pulumi's passphrase provider: PBKDF2-SHA256 and AES-256-GCM.

The passphrase is that of the environment (``PULUMI_CONFIG_PASSPHRASE`` or ``PULUMI_CONFIG_PASSPHRASE_FILE``);
with neither, one is made up once and kept beside the state, readable by its owner alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sandbox.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.engine.values import Value

ROUNDS = 1_000_000
_CHECK = "pulumi"


class Crypter:
    """Encrypts and decrypts with one passphrase and salt; the key is derived when it is first needed.

    Attributes:
        state: ``v1:SALT:CHECK``, CHECK a known text encrypted, by which a wrong passphrase is noticed.
    """

    def __init__(self, passphrase: str, state: str = "") -> None:
        self._passphrase = passphrase
        self._state = state
        self._known: dict[str, str] = {}

    @cached_property
    def _key(self) -> tuple[AESGCM, str]:
        salt_text = self._state.split(":", 2)[1] if self._state else _encode(secrets.token_bytes(8))
        salt = base64.b64decode(salt_text)
        cipher = AESGCM(hashlib.pbkdf2_hmac("sha256", self._passphrase.encode(), salt, ROUNDS, 32))
        if self._state:
            _decrypt(cipher, self._state.split(":", 2)[2])
        return cipher, self._state or f"v1:{salt_text}:{_encrypt(cipher, _CHECK)}"

    def description(self) -> dict[str, Any]:
        """The deployment's ``secrets_providers``; empty before the first secret."""
        if not self._state and "_key" not in self.__dict__:
            return {}
        return {
            "type": "passphrase",
            "state": {"salt": self._key[1] if "_key" in self.__dict__ else self._state},
        }

    def encrypt_value(self, value: Value) -> str:
        """Encrypt a property value; an unchanged one keeps its text, so that states compare."""
        text = json.dumps(value, sort_keys=True)
        if text not in self._known:
            self._known[text] = self.encrypt(text)
        return self._known[text]

    def encrypt(self, text: str) -> str:
        """Encrypt a text, as ``secure:`` configuration values hold one."""
        return _encrypt(self._key[0], text)

    def decrypt_value(self, marked: Mapping[str, Any]) -> Value:
        """Decrypt a secret of the state: ``ciphertext``, or ``plaintext`` as exported in clear."""
        if "plaintext" in marked:
            return json.loads(marked["plaintext"])
        text = self.decrypt(marked["ciphertext"])
        self._known[json.dumps(json.loads(text), sort_keys=True)] = marked["ciphertext"]
        return json.loads(text)

    def decrypt(self, ciphertext: str) -> str:
        """Decrypt a text, as ``secure:`` configuration values hold one.

        Raises:
            EngineError: The passphrase is not the one that it was encrypted with.
        """
        return _decrypt(self._key[0], ciphertext)


def find_passphrase(environment: Mapping[str, str], folder: Path) -> str:
    """The passphrase of the environment, or that of the state folder, made up where there is none yet."""
    if "PULUMI_CONFIG_PASSPHRASE" in environment:
        return environment["PULUMI_CONFIG_PASSPHRASE"]
    if file := environment.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
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
    _, nonce, sealed = ciphertext.split(":")
    try:
        return cipher.decrypt(base64.b64decode(nonce), base64.b64decode(sealed), None).decode()
    except InvalidTag as error:
        raise EngineError(
            "a secret cannot be decrypted: the passphrase is not the one it was encrypted with; "
            "set PULUMI_CONFIG_PASSPHRASE as it was then"
        ) from error


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()
