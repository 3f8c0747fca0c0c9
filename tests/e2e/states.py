"""Looks into the values of a state file."""

from __future__ import annotations

import json
from typing import Any

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"


def is_secret(value: Any) -> bool:
    """Whether a value of the state is a secret."""
    return isinstance(value, dict) and value.get(SIGNATURE) == SECRET


def in_clear(value: Any) -> Any:
    """A value of the state with its secrets in clear."""
    if is_secret(value):
        return json.loads(value["plaintext"])
    if isinstance(value, dict):
        return {key: in_clear(part) for key, part in value.items()}
    return [in_clear(part) for part in value] if isinstance(value, list) else value
