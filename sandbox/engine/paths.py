"""Property paths (``a.b[0]["c d"].*``), as ``ignore_changes`` and ``replace_on_changes`` take them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from .values import is_secret, secret

if TYPE_CHECKING:
    from .values import Properties, Value

Path: TypeAlias = tuple[str | int, ...]

_PART = re.compile(r"""\.?([^.\[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\[(\*)\]""")


def parse_path(text: str) -> Path:
    """Split a path into property names, indices and ``*``; text that is not a path is one name."""
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
    return len(path) <= len(other) and all(part in ("*", o) for part, o in zip(path, other, strict=False))


def reset(path: Path, old: Properties, new: Properties) -> bool:
    """Put back in ``new`` what ``old`` has at the path; False where the path leads nowhere in one of them."""
    return bool(path) and _reset(path, old, new, hides=False)


def _reset(path: Path, old: Value, new: Value, *, hides: bool) -> bool:
    """Reset below a path; ``hides`` where a secret of the old value covers what is put back."""
    while is_secret(old):
        old, hides = old["value"], True
    while is_secret(new):
        new, hides = new["value"], False
    key, rest = path[0], path[1:]
    if key == "*":
        return _reset_each(rest, old, new, hides=hides)
    if not rest:
        return _reset_leaf(key, old, new, hides=hides)
    if isinstance(key, str) and not _has(new, key):
        return not _has(old, key)
    if isinstance(key, int) and not (_has(old, key) and _has(new, key)):
        return not isinstance(old, list) and not isinstance(new, list)
    return _reset(rest, old[key] if _has(old, key) else None, new[key], hides=hides)


def _reset_leaf(key: str | int, old: Value, new: Value, *, hides: bool) -> bool:
    if not _has(old, key):
        if isinstance(key, int):
            return not _has(new, key)
        if isinstance(new, dict):
            new.pop(key, None)
        return True
    if not (isinstance(new, dict) if isinstance(key, str) else _has(new, key)):
        return False
    new[key] = secret(old[key]) if hides else old[key]
    return True


def _reset_each(rest: Path, old: Value, new: Value, *, hides: bool) -> bool:
    keys: list[str | int]
    if isinstance(old, dict) and isinstance(new, dict):
        keys = [*old] if rest else [*old, *(key for key in new if key not in old)]
    elif isinstance(old, list) and isinstance(new, list):
        keys = list(range(min(len(old), len(new))))
    else:
        return not rest and isinstance(new, dict | list)
    reached = [_reset((key, *rest), old, new, hides=hides) for key in keys]
    return all(reached) and (isinstance(new, dict) or len(old) == len(new))


def _has(container: Value, key: str | int) -> bool:
    if isinstance(key, int):
        return isinstance(container, list) and key < len(container)
    return isinstance(container, dict) and key in container
