"""Regular expressions that cannot run away."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from provider.arazzo.syntax import PartError
from provider.arazzo.verdicts import Undecided

if TYPE_CHECKING:
    import regex

SECONDS: Final = 1.0
"""How long one search may take, in seconds of processor time."""


class PatternError(PartError):
    """A text that is no regular expression."""


@lru_cache(maxsize=256)
def compile(text: str, flags: int = 0) -> regex.Pattern[str]:  # noqa: A001 - named after re.compile
    """Compile a pattern in the syntax of the package ``regex``; raises PatternError."""
    import regex  # noqa: PLC0415 - imported by the documents that have a pattern

    try:
        return regex.compile(text, flags)
    except regex.error as error:
        raise PatternError(str(error), getattr(error, "pos", None) or 0) from None
    except (RecursionError, OverflowError, MemoryError):
        raise PatternError("it is too complex") from None


def search(pattern: regex.Pattern[str], text: str, seconds: float = SECONDS) -> bool:
    """Whether the pattern matches anywhere in the text; raises Undecided when that takes too long."""
    try:
        return pattern.search(text, timeout=seconds) is not None
    except TimeoutError:
        raise Undecided(f"the pattern needs more than {seconds:g} s for this text") from None
