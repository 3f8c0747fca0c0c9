"""JSON Pointers (RFC 6901): reading, writing, following."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from .protocol import JSON, MISSING, Missing
from .syntax import PartError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

VERSIONS: Final = ("rfc6901",)
"""What Arazzo 1.1 calls the only version that there is."""

_BAD_ESCAPE: Final = re.compile(r"~(?![01])")
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,17}")


class PointerError(PartError):
    """A string that is not a JSON Pointer."""


def parse_pointer(text: str, *, fragment: bool = False) -> tuple[str, ...]:
    """Return a pointer's reference tokens, unescaped.

    Args:
        text: The pointer: empty, or ``/`` before each token.
        fragment: Whether it follows a ``#``, where characters may be percent-encoded (RFC 6901, section 6).

    Raises:
        PointerError: It does not start with ``/``, or a ``~`` is not followed by 0 or 1.
    """
    text = unquote(text) if fragment else text
    if text and not text.startswith("/"):
        raise PointerError("a JSON Pointer is empty or starts with /", 0)
    if fault := _BAD_ESCAPE.search(text):
        raise PointerError("in a JSON Pointer ~ is written ~0, and / in a name ~1", fault.start())
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in text.split("/")[1:])


def format(tokens: Iterable[str | int]) -> str:  # noqa: A001 - the opposite of parse
    """Return the pointer of some reference tokens."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def get(value: JSON, tokens: Sequence[str]) -> JSON | Missing:
    """Follow a pointer; MISSING where it leads to nothing."""
    for token in tokens:
        if isinstance(value, dict):
            value = value.get(token, MISSING)
        elif isinstance(value, list):
            position = index(token, len(value))
            value = MISSING if position is None else value[position]
        else:
            return MISSING
    return value


def index(token: str, length: int) -> int | None:
    """Return the array index that a token means, or None where there is no such element."""
    if not _INDEX.fullmatch(token):
        return None
    position = int(token)
    return position if position < length else None
