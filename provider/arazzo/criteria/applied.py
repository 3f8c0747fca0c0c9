"""Conditions that are applied to a value: regular expressions, JSONPaths, XPaths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from provider.arazzo import jsonpath, patterns, xmltext, xpath
from provider.arazzo.conditions.tree import Comparison
from provider.arazzo.protocol import JSON
from provider.arazzo.syntax import CriterionError, one_line
from provider.arazzo.values import show
from provider.arazzo.values import text as as_text
from provider.arazzo.verdicts import Undecided, Verdict, undecided


@dataclass(frozen=True, slots=True)
class Applied:
    """A compiled condition that is applied to a value.

    Attributes:
        decide: Applies it.
        dialect: Whether it is a bare comparison.
        comparisons: The comparisons with literals in it, by their paths from the value's root.
    """

    decide: Callable[[JSON], Verdict]
    dialect: bool = False
    comparisons: tuple[Comparison, ...] = ()


@lru_cache(maxsize=256)
def compile(kind: str, text: str, version: str | None) -> Applied:  # noqa: A001 - named after re.compile
    """Compile a condition of type regex, jsonpath or xpath; raises CriterionError, ConditionError."""
    return _COMPILERS[kind](text, version)


def _regex(text: str, _version: str | None) -> Applied:
    try:
        pattern = patterns.compile(text)
    except patterns.PatternError as error:
        raise CriterionError(text, error.offset, str(error)) from None

    shown = one_line(text)

    def decide(value: JSON) -> Verdict:
        try:
            holds = patterns.search(pattern, as_text(value))
        except Undecided as doubt:
            return undecided(shown, doubt)
        return Verdict(holds, f"{shown}: it is {show(value)}")

    return Applied(decide)


def _jsonpath(text: str, version: str | None) -> Applied:
    path = jsonpath.compile(text, version)
    return Applied(path.decide, path.dialect, tuple(path.comparisons()))


def _xpath(text: str, version: str | None) -> Applied:
    try:
        path = xpath.compile(text, version or xpath.DEFAULT)
    except xpath.XPathError as error:
        raise CriterionError(text, 0, str(error)) from None

    shown = one_line(text)

    def decide(value: JSON) -> Verdict:
        if not isinstance(value, str):
            return undecided(shown, "it is applied to JSON, an XPath needs XML text")
        try:
            holds = path.holds(xmltext.read(value))
        except (xmltext.XmlError, xpath.XPathError, Undecided) as error:
            return undecided(shown, error)
        return Verdict(holds, f"{shown}: it {'is so' if holds else 'selects nothing, or is false'}")

    return Applied(decide)


_COMPILERS: Final[dict[str, Callable[[str, str | None], Applied]]] = {
    "regex": _regex,
    "jsonpath": _jsonpath,
    "xpath": _xpath,
}
