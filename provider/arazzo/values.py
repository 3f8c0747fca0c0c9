"""JSON values as conditions and templates see them: members, strings, truth, equality and order."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeGuard

from .protocol import JSON, MISSING, Missing

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN: Final = 80
_PLAIN: Final = frozenset({str, int})
_READABLE: Final = json.JSONEncoder(ensure_ascii=False)
_DENSE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_LONGEST_NUMBER: Final = 400


def walk(value: JSON | Missing, path: Iterable[str | int]) -> JSON | Missing:
    """Take member after member; MISSING where one is not there.

    A string member of an object is its property, a number indexes an array from 0, and ``length`` of an array
    or a string counts its elements or characters.
    """
    for key in path:
        if isinstance(value, dict):
            value = value.get(key, MISSING)
        elif isinstance(value, list) and isinstance(key, int):
            value = value[key] if -len(value) <= key < len(value) else MISSING
        elif isinstance(value, (list, str)) and key == "length":
            value = len(value)
        elif isinstance(value, list) and str(key).isdecimal():
            position = int(key)  # ``.0``, which documents write for ``[0]``
            value = value[position] if position < len(value) else MISSING
        else:
            return MISSING
    return value


def as_text(value: JSON) -> str:
    """Return a value as it is put into a string (Arazzo 1.1.0, Runtime Expressions).

    Strings as they are, everything else as JSON: ``null``, ``true``, ``1.5``, ``{"a":1}``.
    """
    if isinstance(value, str):
        return value
    return _DENSE.encode(value)


def show(value: JSON | Missing) -> str:
    """Return a value for a message, on one line and cut to a readable length."""
    if isinstance(value, Missing):
        return "not there"
    shown = _READABLE.encode(value)
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 3]}..."


def truth(value: JSON | Missing) -> bool:
    """Decide a value that stands alone (Arazzo 1.1.0, Condition Evaluation).

    False are ``false``, ``null`` and what is missing; and, as in the specification's rules for xpath and
    jsonpath conditions, zero and whatever is empty: a string, an array, an object.
    """
    return bool(value)


def number(value: JSON | Missing) -> float | None:
    """Return a value as a number: numbers, and strings that are a JSON number, else None."""
    if isinstance(value, str):
        if len(value) > _LONGEST_NUMBER or not _NUMBER.fullmatch(value):
            return None
        return float(value) if any(mark in value for mark in ".eE") else int(value)
    return value if is_number(value) else None


def is_number(value: JSON | Missing) -> TypeGuard[float]:
    """Whether a value is a JSON number; Python's booleans are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


class Rules(NamedTuple):
    """How values are compared.

    Attributes:
        fold: Strings are compared without regard to case.
        coerce: A string that is a number is one beside a number.
        sparse: What is missing, or null, equals an empty object and an empty array: many services leave out
            what is empty.
    """

    fold: bool
    coerce: bool
    sparse: bool = False

    def equal(self, left: JSON | Missing, right: JSON | Missing) -> bool:
        """Compare two values of any kind; what is missing equals null and nothing else."""
        if type(left) is type(right) and type(left) in _PLAIN:  # what most conditions compare
            return left == right or (self.fold and isinstance(left, str) and self._same(left, right))
        one, other = _or_null(left), _or_null(right)
        if isinstance(one, (list, dict)) and isinstance(other, (list, dict)):
            return self._alike(one, other)
        if self.sparse and None in (one, other) and ([] in (one, other) or {} in (one, other)):
            return True
        return self._same(one, other)

    def _alike(self, left: JSON, right: JSON) -> bool:
        """Compare two objects or arrays; iterates instead of recursing, so that no nesting is too deep."""
        pairs = [(left, right)]
        while pairs:
            one, other = pairs.pop()
            if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
                pairs.extend(zip(one, other, strict=True))
            elif isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
                pairs.extend((member, other[name]) for name, member in one.items())
            elif not self._same(one, other):
                return False
        return True

    def _same(self, one: JSON, other: JSON) -> bool:
        if isinstance(one, bool) or isinstance(other, bool):
            return one is other
        if isinstance(one, str) and isinstance(other, str):
            return one == other or (self.fold and one.casefold() == other.casefold())
        if isinstance(one, (list, dict)) or isinstance(other, (list, dict)):
            return False
        if self.coerce and is_number(one) is not is_number(other):
            return number(one) == number(other)
        return bool(one == other)

    def order(self, left: JSON | Missing, right: JSON | Missing) -> int | None:
        """Return -1, 0 or 1, or None where the two have no order (only numbers and strings do)."""
        one, other = self._number(left), self._number(right)
        if one is not None and other is not None:
            return (one > other) - (one < other)
        if isinstance(left, str) and isinstance(right, str):
            first, second = (left.casefold(), right.casefold()) if self.fold else (left, right)
            return (first > second) - (first < second)
        return None

    def _number(self, value: JSON | Missing) -> float | None:
        return number(value) if self.coerce or is_number(value) else None


def _or_null(value: JSON | Missing) -> JSON:
    return None if isinstance(value, Missing) else value


LOOSE: Final = Rules(fold=True, coerce=True)
"""The rules of simple conditions (Arazzo 1.0.1, Operators; 1.1.0, Simple Conditions)."""

EXACT: Final = Rules(fold=False, coerce=False, sparse=True)
"""The rules of bare comparisons: those of JSONPath (RFC 9535, section 2.3.5.2.2), and of empty literals."""
