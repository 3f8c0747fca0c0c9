"""Paths in text: where a JSONPath ends, and the plain ones, which need no library."""

from __future__ import annotations

import json
import re
from typing import Final, Literal, NamedTuple

from ..syntax import MAX_DEPTH, CriterionError, PartError

Measure = Literal["", "length", "count"]
Steps = tuple[str | int, ...]

STRING: Final = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
BEGINS: Final = re.compile(r"\$|(?:length|count)\s*\(")

_STEP: Final = re.compile(
    r"\.(?P<name>[^\W\d][\w\-]*)"
    r"|\[\s*(?P<index>-?[0-9]{1,15})\s*\]"
    rf"|\[\s*(?P<quoted>{STRING.pattern})\s*\]",
    re.DOTALL,
)
_WIDE: Final = re.compile(r"\.\.?(?:\*|[^\W\d][\w\-]*)|\.\.(?=\[)")
_IN_BRACKETS: Final = re.compile(rf"{STRING.pattern}|[\[\]]|[^\[\]'\"]+", re.DOTALL)
_FUNCTION: Final = re.compile(r"(length|count)\s*\(\s*(?=\$)")
_CLOSE: Final = re.compile(r"\s*\)")
_CALL: Final = re.compile(r"\(\s*\)")
_LAST: Final = re.compile(r"\.(length|size)$")


_SINGULAR: Final = re.compile(
    r"\$(?:\.(?:[A-Za-z_]|[^\x00-\x7f])(?:\w|[^\x00-\x7f])*"
    r"|\[(?:0|-?[1-9][0-9]{0,14})\]|\['[^'\\\x00-\x1f]*'\]"
    r"|\[\"[^\"\\\x00-\x1f]*\"\])*",
    re.ASCII,
)
"""The singular queries of RFC 9535, section 2.3.5.1, that need no library: no blanks and no escapes."""


class PathError(PartError):
    """A string that is not a JSONPath."""


class Path(NamedTuple):
    """A JSONPath in a string.

    Attributes:
        text: All of it, as written.
        query: The JSONPath alone, without a function or ``.length`` around it.
        steps: Its members and indexes where it has nothing else, or None.
        measure: Whether the number of what it selects is meant: by ``length`` or by ``count``.
    """

    text: str
    query: str
    steps: Steps | None
    measure: Measure = ""


def unquote(string: str) -> str:
    """Return what a string literal means (RFC 9535, section 2.3.1.1); raises ValueError."""
    body = string[1:-1]
    if string[0] == "'":
        body = body.replace("\\'", "'")
        body = re.sub(r'(?<!\\)((?:\\\\)*)"', r'\1\\"', body)
    value = json.loads(f'"{body}"', strict=False)
    return str(value)


def singular(text: str) -> Steps | None:
    """Return the members and indexes of a query of RFC 9535 that has nothing else, None for any other."""
    return _plain(text, 1)[0] if _SINGULAR.fullmatch(text) and _has_only_characters(text) else None


def _has_only_characters(text: str) -> bool:
    """Whether no half of a surrogate pair is in it, which RFC 9535 has nowhere."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def read_path(text: str, start: int) -> tuple[Path, int]:
    """Read the path that begins at ``start``, and return where it ends; raises CriterionError."""
    function = _FUNCTION.match(text, start)
    at = function.end() if function else start
    path, end = _read(text, at)
    if not function:
        return path, end
    close = _CLOSE.match(text, end)
    if not close:
        raise CriterionError(text, end, "a closing parenthesis is missing")
    measure: Measure = "count" if function[1] == "count" else "length"
    return Path(text[start : close.end()], path.query, path.steps, measure), close.end()


def _read(text: str, start: int) -> tuple[Path, int]:
    if not text.startswith("$", start):
        raise CriterionError(text, start, "a JSONPath begins with $")
    steps, at = _plain(text, start + 1)
    end = _wide(text, at)
    query, plain = text[start:end], steps if end == at else None
    call = _CALL.match(text, end)
    last = _LAST.search(query)
    if not last or not (call or (plain is None and last[1] == "length")):
        return Path(query, query, plain), end
    end = call.end() if call else end
    query = query[: last.start()]
    if plain is None:
        return Path(text[start:end], query, None, "count"), end
    return Path(text[start:end], query, plain[:-1], "length"), end


def _plain(text: str, at: int) -> tuple[Steps, int]:
    """Read members and indexes as far as there are any."""
    steps: list[str | int] = []
    while step := _STEP.match(text, at):
        if len(steps) == MAX_DEPTH:
            raise CriterionError(text, at, f"it takes more than {MAX_DEPTH} members")
        steps.append(_key(text, step))
        at = step.end()
    return tuple(steps), at


def _key(text: str, step: re.Match[str]) -> str | int:
    if step["index"]:
        return int(step["index"])
    if step["name"]:
        return step["name"]
    try:
        return unquote(step["quoted"])
    except ValueError:
        raise CriterionError(text, step.start(), "the name has an escape that means nothing") from None


def _wide(text: str, at: int) -> int:
    """Go on over every other kind of step: wildcards, slices, filters, descendants."""
    while True:
        if text.startswith("[", at):
            at = _brackets(text, at)
        elif step := _WIDE.match(text, at):
            at = step.end()
        else:
            return at


def _brackets(text: str, start: int) -> int:
    depth, at = 0, start
    while piece := _IN_BRACKETS.match(text, at):
        depth += {"[": 1, "]": -1}.get(piece[0], 0)
        at = piece.end()
        if depth == 0:
            return at
        if depth > MAX_DEPTH:
            raise CriterionError(text, at, f"it nests deeper than {MAX_DEPTH}")
    raise CriterionError(text, start, "the bracket is not closed")
