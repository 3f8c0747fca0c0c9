"""What every small language of a document shares: its errors, which say where a fault is, and its bounds."""

from __future__ import annotations

from typing import ClassVar, Final

from ..errors import NOWHERE, Place, ProviderError

MAX_LENGTH: Final = 8_192
"""The most characters that one expression, condition or path may have."""

MAX_DEPTH: Final = 64
"""How deep parentheses and negations may nest, and how many members a path may have."""

MAX_NESTING: Final = 100
"""How deep a payload's objects and arrays may nest."""

_SHOWN: Final = 60


class TextError(ProviderError):
    """A string of the document that cannot be read.

    Attributes:
        text: The whole text.
        offset: 0-based position of the fault in it.
    """

    kind: ClassVar[str] = "text"

    def __init__(
        self, text: str, offset: int, reason: str, *, place: Place = NOWHERE, hint: str = ""
    ) -> None:
        self.text = text
        self.offset = offset
        what = f"cannot read the {self.kind} {shorten(text)} at character {offset + 1}"
        super().__init__(what, place=place, reason=reason, hint=hint)


class ExpressionError(TextError):
    """A runtime expression that cannot be read (Arazzo 1.0.1, Runtime Expressions)."""

    kind = "expression"


class ConditionError(TextError):
    """A condition that cannot be read (Arazzo 1.0.1, Criterion Object)."""

    kind = "condition"


class CriterionError(TextError):
    """A criterion that can never be evaluated: its type, version, context or condition is wrong."""

    kind = "criterion"


class SelectorError(TextError):
    """A selector that cannot be read, or not be applied (Arazzo 1.1.0, Selector Object)."""

    kind = "selector"


class TemplateError(TextError):
    """A payload that cannot be read, or a replacement that cannot be made (Request Body Object)."""

    kind = "payload"


class PartError(ProviderError):
    """A part of a string that cannot be read; whoever knows the whole text makes a ``TextError`` of it.

    Attributes:
        offset: 0-based position of the fault in the part.
    """

    def __init__(self, reason: str, offset: int = 0) -> None:
        self.offset = offset
        super().__init__(reason)


def check_length(text: str, error: type[TextError]) -> None:
    """Raise the error for a string that is longer than any sensible one."""
    if len(text) > MAX_LENGTH:
        raise error(text, MAX_LENGTH, f"it is longer than {MAX_LENGTH} characters")


def one_line(text: str) -> str:
    """Return a string with its line breaks and runs of blanks as single blanks."""
    return " ".join(text.split())


def shorten(text: str) -> str:
    """Quote a string for a message, on one line and cut to a readable length."""
    line = one_line(text)
    return f"`{line}`" if len(line) <= _SHOWN else f"`{line[: _SHOWN - 3]}...`"
