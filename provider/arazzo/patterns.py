"""Regular expressions that cannot run away."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ..timing.clock import worked
from .syntax import PartError
from .verdicts import Undecided

if TYPE_CHECKING:
    import regex

SECONDS: Final = 1.0
"""How long the searches of one evaluation may take together, in seconds of processor time."""


class PatternError(PartError):
    """A string that is not a regular expression."""


@lru_cache(maxsize=256)
def compile_pattern(text: str, flags: int = 0) -> regex.Pattern[str]:
    """Compile a pattern in the syntax of the package ``regex``; raises PatternError."""
    import regex  # noqa: PLC0415 - imported by the documents that have a pattern

    try:
        return regex.compile(text, flags)
    except regex.error as error:
        raise PatternError(str(error), getattr(error, "pos", None) or 0) from None
    except (RecursionError, OverflowError, MemoryError):
        raise PatternError("it is too complex") from None


class Searches:
    """The searches of one evaluation, which share the time that they may take.

    Args:
        seconds: Of processor time.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._seconds = self._left = SECONDS if seconds is None else seconds

    def find(self, pattern: regex.Pattern[str], text: str) -> bool:
        """Whether the pattern matches anywhere in the text; raises Undecided when the time is over."""
        if self._left > 0:
            began = worked()
            with suppress(TimeoutError):
                found = pattern.search(text, timeout=self._left) is not None
                self._left -= worked() - began
                return found
        self._left = 0
        raise Undecided(f"the pattern needs more than {self._seconds:g} s for this text")


def matches(pattern: regex.Pattern[str], text: str, seconds: float | None = None) -> bool:
    """Search once, with all the time of an evaluation."""
    return Searches(seconds).find(pattern, text)
