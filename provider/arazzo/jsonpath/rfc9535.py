"""JSONPath as RFC 9535 has it, by the package ``jsonpath-rfc9535``, with patterns that end in time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import iregexp_check
from jsonpath_rfc9535 import (
    JSONPathEnvironment,
    JSONPathError,
    JSONPathNode,
    JSONPathQuery,
    JSONPathRecursionError,
)
from jsonpath_rfc9535.filter_expressions import (
    ComparisonExpression,
    Expression,
    FilterExpression,
    FilterExpressionLiteral,
    FilterQuery,
    FunctionExtension,
    LogicalExpression,
    PrefixExpression,
    RootFilterQuery,
)
from jsonpath_rfc9535.function_extensions import Match, Search
from jsonpath_rfc9535.segments import JSONPathRecursiveDescentSegment, JSONPathSegment
from jsonpath_rfc9535.selectors import (
    FilterSelector,
    IndexSelector,
    NameSelector,
    SliceSelector,
    WildcardSelector,
)

from .. import patterns
from ..conditions.tree import MIRRORED, Comparison, Operator
from ..verdicts import Undecided
from .paths import PathError, Steps
from .work import Work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..protocol import JSON

_DOT: Final = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|(?P<dot>\.)", re.DOTALL)


class Rfc9535:
    """A compiled query."""

    def __init__(self, text: str) -> None:
        try:
            self._query = _ENVIRONMENT.compile(text)
        except JSONPathError as error:
            token = error.token
            raise PathError(str(error.args[0]), token.index if token else 0) from None
        except RecursionError:
            raise PathError("it nests too deeply") from None
        self.many = _is_wide(self._query)
        self._work = Work()
        self._comparisons = tuple(self._read(self._query, ()))

    def find(self, value: JSON) -> Iterator[JSON]:
        """Yield the values that are selected; raises Undecided."""
        return (node.value for node in self._nodes(value))

    def locate(self, value: JSON) -> list[Steps]:
        """Return where the values are that are selected; raises Undecided."""
        return [node.location for node in self._nodes(value)]

    def _nodes(self, value: JSON) -> Iterator[JSONPathNode]:
        self._work.check(value)
        try:
            yield from self._query.finditer(value)
        except JSONPathRecursionError:
            raise Undecided("the value nests too deeply") from None

    def comparisons(self) -> tuple[Comparison, ...]:
        """Return the comparisons with literals in its filters."""
        return self._comparisons

    def _read(self, query: JSONPathQuery, start: Steps | None) -> Iterator[Comparison]:
        """Note the work of a query, and yield what its filters compare."""
        here = start
        for segment in query.segments:
            deep = isinstance(segment, JSONPathRecursiveDescentSegment)
            self._work.descents += deep
            inside = None if here is None or deep else (*here, "*")
            for selector in segment.selectors:
                if isinstance(selector, FilterSelector):
                    yield from self._walk(selector.expression, inside)
            here = _follow(here, segment)

    def _walk(self, expression: Expression, here: Steps | None) -> Iterator[Comparison]:
        match expression:
            case FilterExpression(expression=inner) | PrefixExpression(right=inner):
                yield from self._walk(inner, here)
            case LogicalExpression(left=left, right=right):
                yield from self._walk(left, here)
                yield from self._walk(right, here)
            case ComparisonExpression(left=left, right=right):
                yield from self._walk(left, here)
                yield from self._walk(right, here)
                yield from _compared(expression, here)
            case FunctionExtension(args=arguments):
                for argument in arguments:
                    yield from self._walk(argument, here)
            case FilterQuery(query=query):
                anew = isinstance(expression, RootFilterQuery)
                self._work.queries += anew and not query.singular_query()
                yield from self._read(query, () if anew else here)


def _compared(expression: ComparisonExpression, here: Steps | None) -> Iterator[Comparison]:
    operator: Operator = expression.operator  # type: ignore[assignment]  # its parser knows no other
    sides = (
        (expression.left, operator, expression.right),
        (expression.right, MIRRORED[operator], expression.left),
    )
    for query, relation, literal in sides:
        if isinstance(query, FilterQuery) and isinstance(literal, FilterExpressionLiteral):
            path = () if isinstance(query, RootFilterQuery) else here
            for segment in query.query.segments:
                path = _follow(path, segment)
            if path is not None:
                yield Comparison(path, relation, literal.value)


def _follow(here: Steps | None, segment: JSONPathSegment) -> Steps | None:
    """Return where a segment leads; None below a descendant segment, which leads anywhere."""
    if here is None or isinstance(segment, JSONPathRecursiveDescentSegment):
        return None
    match segment.selectors:
        case [NameSelector(name=name)]:
            return (*here, name)
        case [IndexSelector(index=index)]:
            return (*here, index)
        case _:
            return (*here, "*")


def _is_wide(query: JSONPathQuery) -> bool:
    """Whether a query asks for many values; a filter asks for those that fit."""
    return any(
        isinstance(segment, JSONPathRecursiveDescentSegment)
        or len(segment.selectors) > 1
        or isinstance(segment.selectors[0], (SliceSelector, WildcardSelector))
        for segment in query.segments
    )


class _Environment(JSONPathEnvironment):
    """The package's environment, with patterns that have a limit of time."""

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        self.function_extensions["match"] = _Match()
        self.function_extensions["search"] = _Search()


class _Match(Match):
    """``match()``: the pattern is all of the text (RFC 9535, section 2.4.6)."""

    def __call__(self, string: object, pattern: object) -> bool:
        return _found(string, pattern, r"\A(?:{})\Z")


class _Search(Search):
    """``search()``: the pattern is somewhere in the text (RFC 9535, section 2.4.7)."""

    def __call__(self, string: object, pattern: object) -> bool:
        return _found(string, pattern, "{}")


def _found(string: object, pattern: object, around: str) -> bool:
    """Search for an I-Regexp (RFC 9485); what is none, and what is not a string, is never found."""
    if not isinstance(string, str) or not isinstance(pattern, str) or not iregexp_check.check(pattern):
        return False
    python = _DOT.sub(lambda match: "[^\\n\\r]" if match["dot"] else match[0], pattern)
    return patterns.matches(patterns.compile_pattern(around.format(python)), string)


_ENVIRONMENT: Final = _Environment()
