"""Property paths, as Pulumi's options write them. Pure.

Source: ``sdk/go/common/resource/property_path.go``. Examples: ``tags.team``, ``tags["a.b"]``, ``list[0]``;
``*`` is any part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ..nearest import closest

ANY: Final = "*"

_PART: Final = re.compile(r'\["((?:[^"\\]|\\.)*)"\]|\[([^\]]*)\]|([^.\[\]]+)')
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def parse(path: str) -> tuple[str, ...]:
    """Return the parts of a path; an index is its digits."""
    return tuple(quoted.replace('\\"', '"') or index or plain for quoted, index, plain in _PART.findall(path))


def reach(path: str, value: Any) -> Any:
    """Return what a path leads to; None where there is nothing, the whole of what ``*`` is any part of."""
    for part in parse(path):
        if part == ANY:
            return value
        if isinstance(value, list) and part.isdecimal():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, Mapping) else None
    return value


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the name that was meant, most likely: the same in snake case, or the most like it."""
    snaked = _HUMP.sub("_", name).lower()
    return closest(snaked, names)
