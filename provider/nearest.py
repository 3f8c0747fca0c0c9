"""Did you mean: the known name that is most like one that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

_MOST_NAMES: Final = 100
_FEW_NAMES: Final = 12


def did_you_mean(name: str, known: Iterable[str], most: int = 1) -> str:
    """Return a hint that names the nearest of the known names, or lists a few of them, or is empty.

    Args:
        name: What was written.
        known: What could have been.
        most: How many of those to name.
    """
    names = sorted(set(known))
    near = nearest_names(name, names, most)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"known are {', '.join(names)}" if 0 < len(names) <= _FEW_NAMES else ""


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like a name, None where none does or there are too many."""
    return next(iter(nearest_names(name, known)), None)


def nearest_names(name: str, known: Iterable[str], most: int = 1) -> list[str]:
    """Return the known names that look most like a name, whatever their case; of too many, the same only."""
    folded = {each.casefold(): each for each in known}
    if len(name) > _MOST_NAMES or (len(folded) > _MOST_NAMES and most == 1):
        return [folded[name.casefold()]] if name.casefold() in folded else []
    near = difflib.get_close_matches(name.casefold(), folded, n=most, cutoff=0.6 if most == 1 else 0.7)
    return [folded[each] for each in near]


def closest(name: str, known: Iterable[str]) -> str:
    """Return the known name that looks most like a name, however little it does."""
    return difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.0)[0]
