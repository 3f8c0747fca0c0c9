"""Conditions that are applied to a value: regular expressions, JSONPaths, XPaths."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from .. import jsonpath, patterns, xmltext, xpath
from ..conditions.evaluator import Decider
from ..conditions.tree import Comparison
from ..protocol import JSON
from ..syntax import CriterionError, one_line
from ..values import as_text, show
from ..verdicts import Undecided


class Applied(NamedTuple):
    """A compiled condition that is applied to a value.

    Attributes:
        decider: Decides it on a value.
        dialect: Whether it is a bare comparison.
        comparisons: The comparisons with literals in it, by their paths from the value's root.
    """

    decider: Decider[JSON]
    dialect: bool = False
    comparisons: tuple[Comparison, ...] = ()


@lru_cache(maxsize=256)
def compile_applied(kind: str, text: str, version: str | None) -> Applied:
    """Compile a condition of type regex, jsonpath or xpath; raises CriterionError, ConditionError."""
    return _COMPILERS[kind](text, version)


def require_xpath(text: str) -> None:
    """Raise CriterionError where what an XPath needs is not installed."""
    try:
        xpath.require()
    except xpath.XPathError as error:
        raise CriterionError(text, 0, str(error)) from None


def _regex(text: str, _version: str | None) -> Applied:
    try:
        pattern = patterns.compile_pattern(text)
    except patterns.PatternError as error:
        raise CriterionError(text, error.offset, str(error)) from None

    def holds(value: JSON) -> bool:
        return patterns.matches(pattern, as_text(value))

    return Applied(Decider(one_line(text), holds, lambda value: f"it is {show(value)}"))


def _jsonpath(text: str, version: str | None) -> Applied:
    path = jsonpath.compile_jsonpath(text, version)
    return Applied(path.decider, path.dialect, path.comparisons)


def _xpath(text: str, version: str | None) -> Applied:
    try:
        path = xpath.compile_xpath(text, version or xpath.DEFAULT)
    except xpath.XPathError as error:
        raise CriterionError(text, 0, str(error)) from None

    def holds(value: JSON) -> bool:
        if not isinstance(value, str):
            raise Undecided("it is applied to JSON, an XPath needs XML text")
        try:
            return path.holds(xmltext.read_xml(value))
        except (xmltext.XmlError, xpath.XPathError) as error:
            raise Undecided(str(error)) from None

    def why(value: JSON) -> str:
        return "it holds" if holds(value) else "it selects nothing, or is false"

    return Applied(Decider(one_line(text), holds, why))


_COMPILERS: Final[dict[str, Callable[[str, str | None], Applied]]] = {
    "regex": _regex,
    "jsonpath": _jsonpath,
    "xpath": _xpath,
}
