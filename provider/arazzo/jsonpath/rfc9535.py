"""JSONPath as RFC 9535 has it, by the package ``jsonpath-rfc9535``; no path and no pattern can run away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

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
    FilterContext,
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
from ..meter import Meter
from ..verdicts import Undecided
from .paths import PathError, Steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..protocol import JSON

BUDGET: Final = 500_000
"""How many values one evaluation may visit or filter."""

_DOT: Final = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|(?P<dot>\.)", re.DOTALL)


class Rfc9535:
    """A compiled query."""

    def __init__(self, text: str) -> None:
        self._environment = _Environment()
        try:
            query = self._environment.compile(text)
        except JSONPathError as error:
            token = error.token
            raise PathError(str(error.args[0]), token.index if token else 0) from None
        except RecursionError:
            raise PathError("it nests too deeply") from None
        self.many = any(_is_wide(segment) for segment in query.segments)
        self._comparisons = tuple(self._prepare(query.segments, ()))
        self._query = _Query(env=self._environment, segments=query.segments)

    def find(self, value: JSON) -> Iterator[JSON]:
        """Yield the values that are selected; raises Undecided."""
        self._environment.renew()
        try:
            for node in self._query.finditer(value):
                yield node.value
        except JSONPathRecursionError:
            raise Undecided("the value nests too deeply") from None

    def locate(self, value: JSON) -> list[Steps]:
        """Return where the values are that are selected; raises Undecided."""
        self._environment.renew()
        try:
            return [node.location for node in self._query.nodes(value, _Located)]
        except JSONPathRecursionError:
            raise Undecided("the value nests too deeply") from None

    def comparisons(self) -> tuple[Comparison, ...]:
        """Return the comparisons with literals in its filters."""
        return self._comparisons

    def _prepare(self, segments: Sequence[JSONPathSegment], start: Steps | None) -> Iterator[Comparison]:
        """Exchange filters and their queries for bounded ones, and yield what the filters compare."""
        here = start
        for segment in segments:
            deep = isinstance(segment, JSONPathRecursiveDescentSegment)
            inside = None if here is None or deep else (*here, "*")
            for selector in segment.selectors:
                if isinstance(selector, FilterSelector):
                    yield from self._walk(selector.expression, inside)
                    selector.expression = _Filter(selector.expression.token, selector.expression.expression)
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
                yield from self._prepare(
                    query.segments, () if isinstance(expression, RootFilterQuery) else here
                )
                expression.query = _Query(env=self._environment, segments=query.segments)


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


def _is_wide(segment: JSONPathSegment) -> bool:
    """Whether a segment asks for many values; a filter asks for those that fit."""
    if isinstance(segment, JSONPathRecursiveDescentSegment) or len(segment.selectors) > 1:
        return True
    return isinstance(segment.selectors[0], (SliceSelector, WildcardSelector))


class _Environment(JSONPathEnvironment):
    """The package's environment with a meter, and with patterns that have a limit of time."""

    def __init__(self) -> None:
        super().__init__()
        self.renew()

    def renew(self) -> None:
        """Begin an evaluation, with all that it may spend."""
        self.meter = Meter(BUDGET)
        self.searches = patterns.Searches()

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        self.function_extensions["match"] = _Match(self)
        self.function_extensions["search"] = _Search(self)


class _Filter(FilterExpression):
    """A filter that pays for each value it is asked about."""

    __slots__ = ()

    def evaluate(self, context: FilterContext) -> bool:
        environment: Any = context.env
        environment.meter.spend()
        return super().evaluate(context)


class _Query(JSONPathQuery):
    """A query whose nodes are paid from the environment's meter."""

    __slots__ = ()

    def finditer(self, value: Any) -> Iterator[JSONPathNode]:
        return self.nodes(value, _Node)

    def nodes(self, value: Any, kind: type[_Node]) -> Iterator[JSONPathNode]:
        """Yield the nodes that are selected, each of a kind."""
        environment: Any = self.env
        root = kind(value=value, location=(), parent=None, root=value)
        root.meter = environment.meter
        nodes: Any = [root]
        for segment in self.segments:
            nodes = segment.resolve(nodes)
        return iter(nodes)


class _Node(JSONPathNode):
    """A node that pays for its children, and knows no more of its place than it needs."""

    __slots__ = ("meter",)

    meter: Meter

    def new_child(
        self,
        value: object,
        key: int | str,  # noqa: ARG002 - the package's signature
        parent: JSONPathNode | None,  # noqa: ARG002 - the package's signature
    ) -> _Node:
        self.meter.spend()
        child = _Node(value=value, location=(), parent=None, root=self.root)
        child.meter = self.meter
        return child


class _Located(_Node):
    """A node that knows its place."""

    __slots__ = ()

    def new_child(self, value: object, key: int | str, parent: JSONPathNode | None) -> _Located:  # noqa: ARG002 - as above
        self.meter.spend()
        child = _Located(value=value, location=(*self.location, key), parent=None, root=self.root)
        child.meter = self.meter
        return child


class _Match(Match):
    """``match()``: the pattern is all of the text (RFC 9535, section 2.4.6)."""

    def __init__(self, environment: _Environment) -> None:
        self._environment = environment

    def __call__(self, string: object, pattern: object) -> bool:
        return _found(self._environment, string, pattern, r"\A(?:{})\Z")


class _Search(Search):
    """``search()``: the pattern is somewhere in the text (RFC 9535, section 2.4.7)."""

    def __init__(self, environment: _Environment) -> None:
        self._environment = environment

    def __call__(self, string: object, pattern: object) -> bool:
        return _found(self._environment, string, pattern, "{}")


def _found(environment: _Environment, string: object, pattern: object, around: str) -> bool:
    """Search for an I-Regexp (RFC 9485); what is none, and what is not a string, is never found."""
    if not isinstance(string, str) or not isinstance(pattern, str) or not iregexp_check.check(pattern):
        return False
    python = _DOT.sub(lambda match: "[^\\n\\r]" if match["dot"] else match[0], pattern)
    return environment.searches.find(patterns.compile_pattern(around.format(python)), string)
