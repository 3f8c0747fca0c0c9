"""XPath parsers that cannot run away.

Each token of elementpath's parsers is given a meter: what passes through it is paid from a budget for the
whole evaluation, an item with 1 and a string with its length. Ranges are paid before they are made. A
function that takes a regular expression would run it without a limit of time: ``matches`` is done by
``patterns``, the others are refused.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from elementpath.datatypes import Integer
from elementpath.regex import RegexError, translate_pattern
from elementpath.xpath1 import XPath1Parser
from elementpath.xpath2 import XPath2Parser
from elementpath.xpath30 import XPath30Parser
from elementpath.xpath31 import XPath31Parser

from .. import patterns
from ..meter import Meter
from ..verdicts import Undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elementpath import XPathToken

    _Token = XPathToken
else:
    _Token = object  # the meter is mixed into each of their classes

BUDGET: Final = 500_000
_MAX_BITS: Final = 10_000
_REFUSED: Final = {"replace": 3, "tokenize": 2, "analyze-string": 2}
"""Functions that take a pattern, and with how many arguments they do."""

_PARSERS: Final[dict[str, type[XPath1Parser]]] = {
    "xpath-10": XPath1Parser,
    "xpath-20": XPath2Parser,
    "xpath-30": XPath30Parser,
    "xpath-31": XPath31Parser,
}


class _Meter(Meter):
    """A budget that is paid by size.

    Attributes:
        searches: Those of the evaluation.
    """

    def __init__(self, budget: int) -> None:
        super().__init__(budget)
        self.searches = patterns.Searches()

    def pay(self, value: Any) -> Any:
        """Pay for a value and return it."""
        if isinstance(value, int) and value.bit_length() > _MAX_BITS:
            raise Undecided("a number in it becomes too large")
        self.spend(1 + len(value) if isinstance(value, (str, list)) else 1)
        return value


class Metered(_Token):
    """What is mixed into each token class; the parser carries the meter."""

    def evaluate(self, context: Any = None) -> Any:
        """Evaluate as the token does, and pay for the result."""
        if self.symbol == "to":
            self._pay_range(context)
        elif self.symbol == "matches":
            return self._matches(context)
        elif len(self) >= _REFUSED.get(self.symbol, len(self) + 1):
            raise Undecided(f"{self.symbol}() with a pattern is not available, matches() is")
        return _meter(self).pay(super().evaluate(context))

    def select(self, context: Any = None) -> Iterator[Any]:
        """Select as the token does, and pay for each item."""
        meter = _meter(self)
        for item in super().select(context):
            yield meter.pay(item)

    def _pay_range(self, context: Any) -> None:
        first, last = self.get_operands(context, cls=Integer)
        if isinstance(first, int) and isinstance(last, int):
            _meter(self).spend(max(0, last - first))

    def _matches(self, context: Any) -> bool:
        """Do fn:matches (XPath and XQuery Functions and Operators 3.1, section 5.6.3)."""
        text = self.get_argument(context, default="", cls=str)
        pattern = self.get_argument(context, 1, required=True, cls=str)
        letters = self.get_argument(context, 2, default="", cls=str)
        try:
            return _meter(self).searches.find(patterns.compile_pattern(_translate(pattern, letters)), text)
        except (RegexError, patterns.PatternError) as error:
            raise Undecided(f"the pattern cannot be read: {error}") from None


def _meter(token: _Token) -> _Meter:
    parser: Any = token.parser
    meter: _Meter = parser.meter
    return meter


def _translate(pattern: str, letters: str) -> str:
    """Return an XPath pattern and its flags as one pattern of Python's."""
    if wrong := set(letters) - set("smixq"):
        raise RegexError(f"{wrong.pop()!r} is not a flag")
    if "q" in letters:
        pattern = "".join(f"\\{each}" if not each.isalnum() else each for each in pattern)
    flags = "".join(sorted(set(letters) - {"q"}))
    return f"(?{flags}){translate_pattern(pattern)}" if flags else translate_pattern(pattern)


def parse_xpath(text: str, version: str, names: dict[str, str]) -> XPathToken:
    """Parse an XPath of a version (``xpath-10`` to ``xpath-31``) with these prefixes.

    Raises:
        ElementPathError: It is not an XPath of that version.
        Undecided: What elementpath evaluates beforehand takes too much work.
    """
    parser: Any = _parser(version)
    own = {prefix: uri for prefix, uri in names.items() if prefix not in parser.DEFAULT_NAMESPACES}
    instance = parser(own)
    instance.meter = _Meter(BUDGET)
    token: XPathToken = instance.parse(text)
    return token


def renew(token: XPathToken) -> None:
    """Give a parsed XPath a full budget again."""
    parser: Any = token.parser
    parser.meter = _Meter(BUDGET)


@cache
def _parser(version: str) -> type[XPath1Parser]:
    base = _PARSERS[version]
    table = {
        symbol: type(token.__name__, (Metered, token), {"__module__": token.__module__})
        for symbol, token in base.symbol_table.items()
    }
    return type(f"Metered{base.__name__}", (base,), {"symbol_table": table})
