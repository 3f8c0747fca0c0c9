"""Scalars of YAML 1.2 with JSON's types, as plain values."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .protocol import JSON

MAX_DIGITS: Final = 400
"""The longest number, in characters."""

CORE: Final = "tag:yaml.org,2002:"
"""What the standard tags begin with (YAML 1.2, section 10)."""

_WORDS: Final[dict[str, JSON]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?\Z")
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}


class ScalarError(ValueError):
    """A scalar that has no value; ``code`` and ``hint`` are a fault's."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        self.code = code
        self.hint = hint
        super().__init__(message)


def resolve_scalar(text: str, tag: str | None, *, plain: bool) -> JSON:
    """Return the value of a scalar.

    Args:
        text: Its text.
        tag: Its tag, if it has one.
        plain: Whether it stands there without quotes.

    Raises:
        ScalarError: The tag is unknown, the text is not of its type, or it is a number out of range.
    """
    if tag in (None, "!"):
        return _plain(text) if plain and tag is None else text
    kind = str(tag).removeprefix(CORE)
    if kind == "str":
        return text
    if kind not in _TYPES:
        raise unknown_tag(str(tag))
    value = _plain(text)
    if type(value) not in _TYPES[kind]:
        raise ScalarError("wrong-type", f"{text!r} is no {kind}", "remove the tag, or correct the value")
    return value


def unknown_tag(tag: str) -> ScalarError:
    """Return the error for a tag that is not one of JSON's types."""
    hint = "remove the tag; a document holds plain values only"
    return ScalarError("unknown-tag", f"the tag {tag!r} is not one of JSON's types", hint)


def _plain(text: str) -> JSON:
    if text in _WORDS:
        return _WORDS[text]
    if not _NUMBER.match(text):
        return text
    number = (int if _INTEGER.match(text) else float)(text) if len(text) <= MAX_DIGITS else math.inf
    if isinstance(number, float) and math.isinf(number):
        raise ScalarError("number-range", "the number is too large", "quote it if it is a string")
    return number
