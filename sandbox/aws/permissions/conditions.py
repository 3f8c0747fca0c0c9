"""The Condition element: operators over the keys of a request.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

Context = Mapping[str, tuple[str, ...]]
"""The values of a request's condition keys, by the key in lower case."""

_WILDCARDS: Final = {r"\*": ".*", r"\?": "."}
_ARN_PARTS: Final = 6


def like(pattern: str, text: str) -> bool:
    """Whether a string fits a pattern, in which ``*`` stands for any characters and ``?`` for one."""
    expression = re.escape(pattern)
    for escaped, wildcard in _WILDCARDS.items():
        expression = expression.replace(escaped, wildcard)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def arn_like(pattern: str, text: str) -> bool:
    """Whether an ARN fits a pattern, part by part: no wildcard reaches over a colon but in the last part."""
    patterns, parts = pattern.split(":", _ARN_PARTS - 1), text.split(":", _ARN_PARTS - 1)
    return len(patterns) == len(parts) and all(map(like, patterns, parts))


_OPERATORS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "StringEquals": lambda pattern, text: pattern == text,
    "StringEqualsIgnoreCase": lambda pattern, text: pattern.casefold() == text.casefold(),
    "StringLike": like,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
    "Bool": lambda pattern, text: pattern.casefold() == text.casefold(),
}
_NEGATED: Final = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
_FORM: Final = re.compile(r"(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?")


def is_operator(name: str) -> bool:
    """Whether a condition operator is known, with its prefix and suffix."""
    found = _FORM.fullmatch(name)
    return found is not None and (found[2] in _OPERATORS or found[2] in _NEGATED or name == "Null")


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key, such as ``StringEquals`` on ``iam:PassedToService``."""

    operator: str
    key: str
    values: tuple[str, ...]

    def holds(self, context: Context) -> bool:
        """Whether it holds for a request."""
        actual = context.get(self.key.lower())
        if self.operator == "Null":
            return (actual is None) == (self.values[0] == "true")
        quantifier, name, if_exists = _form(self.operator)
        if actual is None:
            return bool(if_exists) or quantifier == "ForAllValues" or name in _NEGATED
        fits = (self._fits(name, text, context) for text in actual)
        return all(fits) if quantifier == "ForAllValues" or not quantifier else any(fits)

    def _fits(self, name: str, text: str, context: Context) -> bool:
        compare = _OPERATORS[_NEGATED.get(name, name)]
        return any(compare(filled(value, context), text) for value in self.values) is not (name in _NEGATED)


def _form(operator: str) -> tuple[str | None, str, str | None]:
    found = _FORM.fullmatch(operator)
    assert found is not None  # noqa: S101  # a policy with another one is not read
    return found[1], found[2], found[3]


def filled(pattern: str, context: Context) -> str:
    """Return a pattern with its policy variables, such as ``${aws:username}``, filled in."""
    return re.sub(r"\$\{([^}]+)\}", lambda found: _variable(found[1], context), pattern)


def _variable(name: str, context: Context) -> str:
    if name in {"*", "?", "$"}:
        return name
    values = context.get(name.lower())
    return values[0] if values else f"${{{name}}}"
