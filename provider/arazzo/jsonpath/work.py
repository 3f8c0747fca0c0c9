"""How much work a path may make, judged by the value's size before the path is evaluated.

The libraries that evaluate paths have no limit of their own. A path visits at most each value once, once more
per level for each further descent (``..``), and all anew for each value where a filter has a path from the
root.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..verdicts import Undecided

if TYPE_CHECKING:
    from ..protocol import JSON

BUDGET: Final = 2_000_000
"""How many values one evaluation may visit: some seconds."""


@dataclass(slots=True)
class Work:
    """What of a path makes its work.

    Attributes:
        descents: How often it descends to all that is below; in its filters, too.
        queries: How many paths in its filters lead from the root to more than one value.
    """

    descents: int = 0
    queries: int = 0

    def check(self, value: JSON) -> None:
        """Raise Undecided where the path makes too much work on a value."""
        size, depth = _measures(value)
        if size ** (1 + self.queries) * depth ** max(0, self.descents - 1) > BUDGET:
            raise Undecided("it takes too much work")


def _measures(value: JSON) -> tuple[int, int]:
    """Return how many values there are, and on how many levels."""
    size, depth, level = 0, 0, [value]
    while level:
        size, depth = size + len(level), depth + 1
        level = [inner for each in level for inner in _inner(each)]
    return size, depth


def _inner(value: JSON) -> list[JSON]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
