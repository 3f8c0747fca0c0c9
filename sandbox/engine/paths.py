"""Property paths (``a.b[0]["c d"].*``), as ``ignore_changes`` and ``replace_on_changes`` take them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from sandbox.engine.values import is_secret, secret

if TYPE_CHECKING:
    from sandbox.engine.values import Properties, Value

Path: TypeAlias = tuple[str | int, ...]

_PART = re.compile(r"""\.?([^.\[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\[(\*)\]""")


def parse_path(text: str) -> Path:
    """Split a path into property names, indices and ``*``; text that is no path is one name."""
    parts: list[str | int] = []
    position = 0
    while position < len(text):
        match = _PART.match(text, position)
        if match is None:
            return (text,)
        name, index, quoted, star = match.groups()
        parts.append(int(index) if index else name or star or re.sub(r"\\(.)", r"\1", quoted or ""))
        position = match.end()
    return tuple(parts)


def covers(path: Path, other: Path) -> bool:
    """Whether ``other`` is at or below ``path``."""
    return len(path) <= len(other) and all(p in ("*", o) for p, o in zip(path, other, strict=False))


def reset(path: Path, old: Properties, new: Properties) -> bool:
    """Put back in ``new`` what ``old`` has at the path; False where the path leads nowhere in one of them."""
    return bool(path) and _reset(path, old, new, lost_secret=False)


def _reset(path: Path, old: Value, new: Value, *, lost_secret: bool) -> bool:
    while is_secret(old):
        old, lost_secret = old["value"], True
    while is_secret(new):
        new, lost_secret = new["value"], False
    key, rest = path[0], path[1:]
    if key == "*":
        return _reset_all(rest, old, new, lost_secret=lost_secret)
    if not rest:
        return _reset_leaf(key, old, new, lost_secret=lost_secret)
    if isinstance(key, str) and not _has(new, key):
        return not _has(old, key)
    if isinstance(key, int) and not (_has(old, key) and _has(new, key)):
        return not isinstance(old, list) and not isinstance(new, list)
    return _reset(rest, old[key] if _has(old, key) else None, new[key], lost_secret=lost_secret)


def _reset_leaf(key: str | int, old: Value, new: Value, *, lost_secret: bool) -> bool:
    if _has(old, key):
        if not isinstance(new, dict if isinstance(key, str) else list):
            return False
        if isinstance(key, int) and not _has(new, key):
            return False
        new[key] = secret(old[key]) if lost_secret else old[key]
        return True
    if isinstance(key, int):
        return not _has(new, key)
    if isinstance(new, dict):
        new.pop(key, None)
    return True


def _reset_all(rest: Path, old: Value, new: Value, *, lost_secret: bool) -> bool:
    if isinstance(old, dict) and isinstance(new, dict):
        keys: list[str | int] = [*old, *(key for key in new if key not in old)] if not rest else [*old]
    elif isinstance(old, list) and isinstance(new, list):
        keys = list(range(min(len(old), len(new))))
    else:
        return not rest and isinstance(new, dict | list)
    path_found = [_reset((key, *rest), old, new, lost_secret=lost_secret) for key in keys]
    return all(path_found) and (isinstance(new, dict) or len(old) == len(new))


def _has(container: Value, key: str | int) -> bool:
    if isinstance(key, int):
        return isinstance(container, list) and key < len(container)
    return isinstance(container, dict) and key in container
