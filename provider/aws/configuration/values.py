"""Single values of the stack's configuration, each of its form or refused in one line. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ...errors import ConfigurationError
from ...timing import durations

Get = Callable[[str], Any]
"""Returns the value of a key (``aws:region``), or None; a structured one may be JSON text."""


def string(get: Get, key: str) -> str | None:
    """Return a string, or None where it is not set or empty."""
    value = get(key)
    return value if isinstance(value, str) and value else None


def flag(get: Get, key: str) -> bool | None:
    """Return a switch; None where it is not set, so that AWS's own chain decides."""
    value = get(key)
    if value in {None, ""}:
        return None
    if value not in {True, False, "true", "false"}:
        raise malformed(key, "true or false")
    return value in {True, "true"}


def mapping(get: Get, key: str) -> Mapping[str, Any]:
    """Return an object; an empty one where it is not set."""
    value = _structured(get, key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise malformed(key, "an object")
    return value


def listing(get: Get, key: str) -> list[Any]:
    """Return a list; an empty one where it is not set."""
    value = _structured(get, key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise malformed(key, "a list")
    return value


def strings(get: Get, key: str) -> frozenset[str]:
    """Return a list's members as strings: account ids may be written as numbers."""
    return frozenset(map(str, listing(get, key)))


def only(get: Get, key: str) -> str | None:
    """Return the one member of a list, or None where it is not set."""
    found = listing(get, key)
    if len(found) > 1:
        raise ConfigurationError(
            f"{key} names several files", hint="boto3 reads only one: put everything into it"
        )
    return str(found[0]) if found else None


def seconds(value: Any, key: str) -> int | None:
    """Return a duration in seconds, or None where it is not set."""
    if value is None:
        return None
    found = durations.parse_duration(value)
    if found is None:
        raise malformed(key, "a duration like 1h30m")
    return int(found)


def malformed(key: str, form: str) -> ConfigurationError:
    """Return the error for a value that is not of its form."""
    return ConfigurationError(
        f"the stack's configuration {key} is not {form}",
        hint=f"set it with `pulumi config set --path`, as in the documentation of {key}",
    )


def _structured(get: Get, key: str) -> Any:
    value = get(key)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise malformed(key, "structured") from None
