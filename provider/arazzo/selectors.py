"""Selector Objects (Arazzo 1.1.0): a part of structured data, by JSONPath, XPath or JSON Pointer.

The specification leaves open what several selected nodes become. Here a query that asks for one thing
(members, indexes, filters) gives its value, an array of them where a filter lets several pass; one that asks
for many (wildcards, slices, descendants, several selectors) always gives an array. What selects nothing is
missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from . import expressions, jsonpath, pointers, xmltext, xpath
from .protocol import JSON, MISSING, Missing
from .syntax import CriterionError, PartError, SelectorError
from .verdicts import Undecided

if TYPE_CHECKING:
    from .expressions import Context, Expression

Language = Literal["jsonpath", "xpath", "jsonpointer"]
Select = Callable[[JSON], JSON | Missing]
"""Selects from a value; raises Undecided."""

_VERSIONS: Final[Mapping[Language, tuple[str, ...]]] = {
    "jsonpath": jsonpath.VERSIONS,
    "xpath": xpath.VERSIONS,
    "jsonpointer": pointers.VERSIONS,
}


class SelectorType(NamedTuple):
    """What a selector or a replacement's target is written in.

    Attributes:
        language: The language.
        version: Its version, or None for the specification's default.
    """

    language: Language
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Selector:
    """A compiled Selector Object.

    Attributes:
        text: The selector as written.
        type: What it is written in.
        context: The expression that gives the value it is applied to.
        select: Selects from that value; raises Undecided. ``find`` is what to call.
    """

    text: str
    type: SelectorType
    context: Expression
    select: Select = field(repr=False, compare=False)

    def find(self, context: Context) -> JSON | Missing:
        """Return what is selected, or MISSING where nothing is, or where there is nothing to select from.

        Raises:
            SelectorError: It cannot be applied to what its context is.
        """
        value = self.context.find(context)
        if isinstance(value, Missing):
            return MISSING
        try:
            return self.select(value)
        except Undecided as doubt:
            raise SelectorError(self.text, 0, f"{self.context.text}: {doubt}") from None


def is_selector(value: JSON) -> bool:
    """Whether a value in a payload or a parameter is a Selector Object and no data: by its three fields."""
    if not isinstance(value, dict) or not {"context", "selector", "type"} <= value.keys():
        return False
    others = value.keys() - {"context", "selector", "type"}
    context = value["context"]
    return (
        isinstance(context, str)
        and expressions.begins(context)
        and all(each.startswith("x-") for each in others)
    )


def compile_selector(value: Mapping[str, JSON]) -> Selector:
    """Compile a Selector Object.

    Raises:
        SelectorError: Its type, its version or its selector is wrong.
        ExpressionError: Its context cannot be read.
    """
    text, context = value["selector"], value["context"]
    if not isinstance(text, str) or not isinstance(context, str):
        raise SelectorError(str(text), 0, "its selector and its context must be strings")
    kind = selector_type(value["type"], text)
    root = expressions.parse_expression(context)
    try:
        return Selector(text, kind, root, _COMPILERS[kind.language](text, kind.version))
    except PartError as error:
        raise SelectorError(text, error.offset, str(error)) from None
    except CriterionError as error:
        raise SelectorError(text, error.offset, error.reason, hint=error.hint) from None


def selector_type(given: JSON, text: str) -> SelectorType:
    """Return what a selector is written in: by a name or an Expression Type Object; raises SelectorError."""
    name = given.get("type") if isinstance(given, dict) else given
    language = next((each for each in _VERSIONS if each == name), None)
    if language is None:
        raise SelectorError(text, 0, f"its type {name!r} is not jsonpath, xpath or jsonpointer")
    version = given.get("version") if isinstance(given, dict) else None
    known = _VERSIONS[language]
    if isinstance(given, dict) and version not in known:
        raise SelectorError(text, 0, f"its version {version!r} is not {' or '.join(known)}")
    return SelectorType(language, version)


def _pointer(text: str, _version: str | None) -> Select:
    fragment = text.startswith("#")
    tokens = pointers.parse_pointer(text[fragment:], fragment=fragment)

    def select(value: JSON) -> JSON | Missing:
        if not isinstance(value, (dict, list)):
            raise Undecided("a JSON Pointer is applied to an object or an array")
        return pointers.get(value, tokens)

    return select


def _jsonpath(text: str, version: str | None) -> Select:
    query = jsonpath.select(text, version)

    def select(value: JSON) -> JSON | Missing:
        if not isinstance(value, (dict, list)):
            raise Undecided("a JSONPath is applied to an object or an array")
        return _one_or_all(list(query.find(value)), many=query.many)

    return select


def _xpath(text: str, version: str | None) -> Select:
    path = xpath.compile_xpath(text, version or xpath.DEFAULT)

    def select(value: JSON) -> JSON | Missing:
        if not isinstance(value, str):
            raise Undecided("an XPath is applied to XML text")
        try:
            return _one_or_all(path.select(xmltext.read_xml(value)), many=False)
        except (xmltext.XmlError, xpath.XPathError) as error:
            raise Undecided(str(error)) from None

    return select


def _one_or_all(values: list[JSON], *, many: bool) -> JSON | Missing:
    if many:
        return values
    if not values:
        return MISSING
    return values[0] if len(values) == 1 else values


_COMPILERS: Final[Mapping[Language, Callable[[str, str | None], Select]]] = {
    "jsonpointer": _pointer,
    "jsonpath": _jsonpath,
    "xpath": _xpath,
}
