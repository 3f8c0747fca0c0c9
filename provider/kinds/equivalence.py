"""Two spellings of one thing: what a service fills in where it is left out, short names of a KMS key. Pure.

A store that is made anew loses its data, so what is only written differently must not replace it. Sources:
the API references of HealthLake (KmsEncryptionConfig: "If no key is specified, AWS-owned") and HealthImaging
(CreateDatastore, losslessStorageFormat: HTJ2K by default), and of KMS ("Key identifiers").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Values = Mapping[str, Any]

AWS_OWNED: Final = {"kms_encryption_config": {"cmk_type": "AWS_OWNED_KMS_KEY"}}

_ACCOUNT: Final = 4
_REGION: Final = 3


def lossless_format(value: Any, olds: Values) -> Any:  # noqa: ARG001 - as all of them
    """Return the format that a store has, whether it was asked for or filled in."""
    return value or "HTJ2K"


def encryption(value: Any, olds: Values) -> Any:
    """Return the encryption that a store has: filled in where left out, its key by its ARN.

    Args:
        value: ``sse_configuration`` as the user wrote it.
        olds: What the state has of the store; its ARN tells the account and region of a short name.
    """
    if not value:
        return AWS_OWNED
    config = value.get("kms_encryption_config") if isinstance(value, Mapping) else None
    if not isinstance(config, Mapping) or not isinstance(config.get("kms_key_id"), str):
        return value
    return {"kms_encryption_config": {**config, "kms_key_id": key_arn(config["kms_key_id"], olds)}}


def key_arn(key: str, olds: Values) -> str:
    """Return a key's ARN for its id, ``key/id`` or ``alias/name``; as it is where it cannot be told."""
    parts = str(olds.get("datastore_arn") or "").split(":")
    if key.startswith("arn:") or len(parts) <= _ACCOUNT:
        return key
    name = key if "/" in key else f"key/{key}"
    return f"arn:{parts[1]}:kms:{parts[_REGION]}:{parts[_ACCOUNT]}:{name}"
