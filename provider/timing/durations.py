"""Durations as users write them (``90s``, ``40m``, ``1h30m``) and as they read them. Pure."""

from __future__ import annotations

import re
from typing import Any, Final

_UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)([hms])")
_WHOLE: Final = re.compile(rf"(?:{_PART.pattern})+")
_MINUTE: Final = 60


def parse_duration(value: Any) -> float | None:
    """Return a duration in seconds, or None where the value is none.

    Args:
        value: Text in the manner of Pulumi's custom timeouts (``1h30m``), or a number of seconds.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if value > 0 else None
    if not isinstance(value, str) or not _WHOLE.fullmatch(value):
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(value)) or None


def readable(seconds: float) -> str:
    """Return a duration as people write it: ``8s``, ``3m20s``, ``1h05m``."""
    whole = max(0, round(seconds))
    if whole < _MINUTE:
        return f"{whole}s"
    minutes, rest = divmod(whole, _MINUTE)
    if minutes < _MINUTE:
        return f"{minutes}m{rest:02}s"
    return f"{minutes // _MINUTE}h{minutes % _MINUTE:02}m"
