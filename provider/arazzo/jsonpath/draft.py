"""JSONPath as Goessner's draft has it (draft-goessner-dispatch-jsonpath-00), by the package ``jsonpath-ng``.

What that package adds of its own (arithmetic, sorting, ``sub``, ``=~``) is refused: it is in no standard, and
its patterns have no limit of time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.filter import And, Expression, Filter, Or
from jsonpath_ng.ext.parser import parse
from jsonpath_ng.jsonpath import Child, Descendants, Fields, Index, JSONPath, Root, Slice, This, Wildcard

from ..conditions.tree import MIRRORED, Comparison, Operator
from .paths import PathError, Steps
from .work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..protocol import JSON

_OPERATORS: Final[dict[str, Operator]] = {**{each: each for each in MIRRORED}, "=": "=="}
_MAX_DESCENDANTS: Final = 3


class Draft:
    """A compiled path."""

    def __init__(self, text: str) -> None:
        try:
            self._path: Any = parse(text)
            walk = _Walk()
            walk.visit(self._path, ())
        except JSONPathError as error:
            raise PathError(str(error)) from None
        except RecursionError:
            raise PathError("it nests too deeply") from None
        self._comparisons, self._work = tuple(walk.comparisons), walk.work
        self.many = walk.many

    def locate(self, value: JSON) -> list[Steps]:
        """Return where the values are that are selected; raises Undecided."""
        self._work.check(value)
        return [_place(each) for each in self._path.find(value)]

    def find(self, value: JSON) -> Iterator[JSON]:
        """Yield the values that are selected; raises Undecided."""
        self._work.check(value)
        return (each.value for each in self._path.find(value))

    def comparisons(self) -> tuple[Comparison, ...]:
        """Return the comparisons with literals in its filters."""
        return self._comparisons


class _Walk:
    """Goes through a path: notes its work and what filters compare, refuses what is in no standard."""

    def __init__(self) -> None:
        self.comparisons: list[Comparison] = []
        self.work = Work()
        self.many = False

    def visit(self, node: Any, here: Steps | None) -> Steps | None:
        """Return where a node leads; None below a descendant step, which leads anywhere."""
        follow = _FOLLOW.get(type(node))
        if follow is None:
            raise PathError(f"{node} is not part of a JSONPath standard")
        several = len(getattr(node, "fields", ())) > 1 or len(getattr(node, "indices", ())) > 1
        self.many = self.many or several or isinstance(node, (Descendants, Slice, Wildcard))
        return follow(self, node, here)

    def child(self, node: Any, here: Steps | None) -> Steps | None:
        return self.visit(node.right, self.visit(node.left, here))

    def below(self, node: Any, here: Steps | None) -> None:
        self.work.descents += 1
        if self.work.descents > _MAX_DESCENDANTS:
            raise PathError(f"it descends more than {_MAX_DESCENDANTS} times")
        self.visit(node.left, here)
        self.visit(node.right, None)

    def filter(self, node: Any, here: Steps | None) -> Steps | None:
        inside = _then(here, "*")
        for expression in node.expressions:
            self.visit(expression, inside)
        return inside

    def expression(self, node: Any, here: Steps | None) -> Steps | None:
        path = self._query(node.target, here)
        if isinstance(node.value, JSONPath):  # members of the root, or of what is filtered
            self.visit(node.value, here)
        elif node.op == "=~":
            raise PathError("=~ is not part of a JSONPath standard; RFC 9535 has search()")
        elif node.op in _OPERATORS and path is not None:
            self.comparisons.append(Comparison(path, _OPERATORS[node.op], node.value))
        return None

    def _query(self, node: Any, here: Steps | None) -> Steps | None:
        """Visit a path in a filter."""
        outer, self.many = self.many, False
        path = self.visit(node, here)
        self.work.queries += self.many and _is_from_root(node)
        self.many = outer
        return path

    def junction(self, node: Any, here: Steps | None) -> None:
        for operand in node.operands:
            self.visit(operand, here)


def _is_from_root(node: Any) -> bool:
    while isinstance(node, (Child, Descendants)):
        node = node.left
    return isinstance(node, Root)


def _place(datum: Any) -> Steps:
    """Return the members and indexes that lead to a value."""
    steps: list[str | int] = []
    while datum.context is not None:
        part = datum.path
        step = part.indices[0] if isinstance(part, Index) else part.fields[0]
        before = isinstance(part, Index) and step < 0
        steps.append(step + len(datum.context.value) if before else step)
        datum = datum.context
    return tuple(reversed(steps))


def _then(here: Steps | None, step: str | int) -> Steps | None:
    return None if here is None else (*here, step)


_FOLLOW: Final[dict[type, Callable[[_Walk, Any, Steps | None], Steps | None]]] = {
    Root: lambda _walk, _node, _here: (),
    This: lambda _walk, _node, here: here,
    Child: _Walk.child,
    Descendants: _Walk.below,
    Fields: lambda _walk, node, here: _then(here, node.fields[0] if len(node.fields) == 1 else "*"),
    Index: lambda _walk, node, here: _then(here, node.indices[0] if len(node.indices) == 1 else "*"),
    Slice: lambda _walk, _node, here: _then(here, "*"),
    Wildcard: lambda _walk, _node, here: _then(here, "*"),
    Filter: _Walk.filter,
    Expression: _Walk.expression,
    And: _Walk.junction,
    Or: _Walk.junction,
}
