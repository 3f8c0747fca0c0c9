"""Two spellings of one thing: numbers, JSON strings, what is unset, a key's short name and its ARN. Pure.

A store that is made anew loses its data, so what is only written differently must not replace it. Source: KMS
Developer Guide, "Key identifiers".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

_ACCOUNT: Final = 4
_REGION: Final = 3


def key_arn(key: str, beside: Any) -> str:
    """Return a key's ARN for its id, ``key/id`` or ``alias/name``; as it is where it cannot be told.

    Args:
        key: How it is named.
        beside: The ARN of what it encrypts, or None; it tells the account and the region.
    """
    parts = str(beside or "").split(":")
    if key.startswith("arn:") or len(parts) <= _ACCOUNT:
        return key
    name = key if "/" in key else f"key/{key}"
    return f"arn:{parts[1]}:kms:{parts[_REGION]}:{parts[_ACCOUNT]}:{name}"


def normal(value: Any) -> Any:
    """Return a value in the one form in which two are compared: unset keys out, whole numbers as integers.

    An empty map or list is the same as none, for AWS as for its users.
    """
    if isinstance(value, Mapping):
        kept = {key: normal(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None} or None
    if isinstance(value, list | tuple):
        return [normal(item) for item in value] or None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def says_less(before: Any, after: Any) -> bool:
    """Whether a program says nothing else than before of a value, and perhaps not all of it."""
    return normal(after) is None or covers(after, before)


def unmentioned(path: str, before: Any, after: Any) -> Iterator[str]:
    """Yield the paths that a value has in the state and the program, which says less of it, does not mention.

    Args:
        path: Where the values are.
        before: The value in the state.
        after: The program's value, or None.
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key, value in before.items():
            yield from unmentioned(f"{path}.{key}", value, after.get(key))
    elif normal(after) is None and normal(before) is not None:
        yield path


def covers(held: Any, live: Any) -> bool:
    """Whether what the service reports is what was asked for, however much it adds."""
    if isinstance(held, Mapping) and isinstance(live, Mapping):
        return all(covers(value, live.get(key)) for key, value in held.items())
    return same(held, live)


def overlay(held: Any, live: Any) -> Any:
    """Return what was asked for with the service's value wherever the two differ."""
    if isinstance(held, Mapping) and isinstance(live, Mapping):
        return {
            key: overlay(value, live.get(key)) for key, value in held.items() if live.get(key) is not None
        }
    return held if same(held, live) else live


def same(held: Any, live: Any) -> bool:
    """Whether two values mean the same: numbers by value, JSON texts by what they say."""
    return bool(normal(held) == normal(live) or _json(held) == _json(live) != ())


def _json(value: Any) -> Any:
    """Return what a JSON text of an object says, or () for anything else."""
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return ()
    try:
        return json.loads(value)
    except ValueError:
        return ()
