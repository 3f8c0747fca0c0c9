"""Text to condition.

::

    some       = all *( "||" all )
    all        = comparison *( "&&" comparison )
    comparison = unary [ ( "==" / "!=" / "<" / "<=" / ">" / ">=" ) unary ]
    unary      = "!" unary / "(" some ")" / literal / operand

Comparisons do not chain (``1 < $x < 5``): no reading of one would be what its author meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final, Generic, NamedTuple, NoReturn

from ..syntax import MAX_DEPTH, ConditionError, check_length, one_line
from .tree import MIRRORED, All, Compare, Condition, Literal, Node, Not, Operand, Operator, R, Some


class Language(NamedTuple, Generic[R]):
    """What differs between a simple condition and a comparison of JSONPaths.

    Attributes:
        begins: Matches where an operand begins.
        read: Reads the operand that begins at an offset; returns it and the offset after it.
        string: Matches a literal string.
        unquote: Returns what a literal string means; raises ValueError for an escape that means nothing.
        empties: Whether ``{}`` and ``[]`` are literals.
    """

    begins: re.Pattern[str]
    read: Callable[[str, int], tuple[R, int]]
    string: re.Pattern[str]
    unquote: Callable[[str], str]
    empties: bool = False


_BLANK: Final = re.compile(r"\s*")
_COMPARISON: Final = re.compile(r"==(?!=)|!=(?!=)|<=|>=|<|>")
_OPERATORS: Final[dict[str, Operator]] = {each: each for each in MIRRORED}
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.])")
_EMPTY: Final = re.compile(r"\{\s*\}|\[\s*\]")
_WORD: Final = re.compile(r"\w+")
_CONSTANTS: Final = {"true": True, "false": False, "null": None}
_HINTS: Final = {
    "=": "== compares",
    "!": "!= compares, ! negates",
    "&": "&& joins two conditions",
    "|": "|| joins two conditions",
    "and": "&& joins two conditions",
    "or": "|| joins two conditions",
    "not": "! negates",
    "{": "write an expression without braces in a condition",
}


def parse_comparison(text: str, language: Language[R]) -> Condition[R]:
    """Parse a whole text; raises ConditionError, and what the language raises for an operand."""
    check_length(text, ConditionError)
    reader = _Reader(text, language)
    root = reader.some()
    if reader.at != len(text):
        reader.unexpected()
    return Condition(text, root)


class _Reader(Generic[R]):
    """Reads a condition by recursive descent; ``at`` is the offset of what comes next, blanks skipped."""

    def __init__(self, text: str, language: Language[R]) -> None:
        self.text = text
        self.language = language
        self.depth = 0
        self.at = 0
        self.take(_BLANK)

    def some(self) -> Node[R]:
        start, parts = self.at, self.list(self.all, "||")
        return parts[0] if len(parts) == 1 else Some(self.since(start), tuple(parts))

    def all(self) -> Node[R]:
        start, parts = self.at, self.list(self.comparison, "&&")
        return parts[0] if len(parts) == 1 else All(self.since(start), tuple(parts))

    def list(self, part: Callable[[], Node[R]], separator: str) -> list[Node[R]]:
        parts = [part()]
        while self.skip(separator):
            parts.append(part())
        return parts

    def comparison(self) -> Node[R]:
        start, left = self.at, self.unary()
        operator = _OPERATORS.get(self.take(_COMPARISON))
        if operator is None:
            return left
        right = self.unary()
        if _COMPARISON.match(self.text, self.at):
            self.fail("comparisons do not chain", "join two of them with && or use parentheses")
        return Compare(self.since(start), left, operator, right)

    def unary(self) -> Node[R]:
        start = self.at
        if self.skip("!"):
            part = self.nested(self.unary)
            return Not(self.since(start), part)
        if self.skip("("):
            inner = self.nested(self.some)
            if not self.skip(")"):
                self.fail("a closing parenthesis is missing")
            return inner
        return self.value()

    def nested(self, part: Callable[[], Node[R]]) -> Node[R]:
        if self.depth == MAX_DEPTH:
            self.fail(f"it nests deeper than {MAX_DEPTH}")
        self.depth += 1
        inner = part()
        self.depth -= 1
        return inner

    def value(self) -> Node[R]:
        start = self.at
        if self.language.begins.match(self.text, start):
            reference, self.at = self.language.read(self.text, start)
            self.take(_BLANK)
            return Operand(self.since(start), reference)
        if string := self.take(self.language.string):
            return Literal(string, self.unquote(string, start))
        if number := self.take(_NUMBER):
            return Literal(number, json.loads(number))
        if self.language.empties and (empty := self.take(_EMPTY)):
            return Literal(empty, json.loads(empty))
        word = _WORD.match(self.text, start)
        if not word or word[0] not in _CONSTANTS:
            self.unexpected()
        self.take(_WORD)
        return Literal(word[0], _CONSTANTS[word[0]])

    def unquote(self, string: str, start: int) -> str:
        try:
            return self.language.unquote(string)
        except ValueError:
            raise ConditionError(self.text, start, "the string has an escape that means nothing") from None

    def take(self, pattern: re.Pattern[str]) -> str:
        """Return what matches here, or nothing, and go on after it and the blanks that follow."""
        match = pattern.match(self.text, self.at)
        if not match:
            return ""
        blank = _BLANK.match(self.text, match.end())
        self.at = blank.end() if blank else match.end()
        return match[0]

    def skip(self, symbol: str) -> bool:
        if not self.text.startswith(symbol, self.at):
            return False
        self.at += len(symbol)
        self.take(_BLANK)
        return True

    def since(self, start: int) -> str:
        """Return what was read since then, on one line."""
        return one_line(self.text[start : self.at])

    def unexpected(self) -> NoReturn:
        """Raise for what stands here and does not belong."""
        if self.at == len(self.text):
            self.fail("it ends where a value is expected" if self.text.strip() else "it is empty")
        word = _WORD.match(self.text, self.at)
        found = word[0] if word else self.text[self.at]
        if found in "'\"":
            self.fail("the quote is not closed", "a quote inside a string is written twice")
        lower = found.lower()
        hint = f"write {lower}" if lower in _CONSTANTS else _HINTS.get(lower, "")
        if word and not hint and not found[0].isdigit():
            hint = f"write a string as '{found}'"
        self.fail(f"{found!r} is not expected here", hint)

    def fail(self, reason: str, hint: str = "") -> NoReturn:
        raise ConditionError(self.text, self.at, reason, hint=hint)
