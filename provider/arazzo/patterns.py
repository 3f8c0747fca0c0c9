"""Regular expressions that cannot run away."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from .syntax import PartError
from .verdicts import Undecided

if TYPE_CHECKING:
    import regex

SECONDS: Final = 1.0
"""How long one search may take, in seconds."""


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


def matches(pattern: regex.Pattern[str], text: str) -> bool:
    """Whether the pattern matches anywhere in the text; raises Undecided when the time is over."""
    try:
        return pattern.search(text, timeout=SECONDS) is not None
    except TimeoutError:
        raise Undecided(f"the pattern needs more than {SECONDS:g} s for this text") from None
