"""A condition as a tree. What its operands refer to is left open: expressions here, paths in a JSONPath."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar
from typing import Literal as OneOf

from ..protocol import JSON

Operator = OneOf["==", "!=", "<", "<=", ">", ">="]

MIRRORED: Final[dict[Operator, Operator]] = {
    "==": "==",
    "!=": "!=",
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
}
"""The operator that says the same with its sides exchanged."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A value that is compared with a literal.

    Attributes:
        path: Where the value is, from the root of what the condition is applied to; ``*`` for any member.
        operator: The operator with the literal on the right.
        literal: What it is compared with.
    """

    path: tuple[str | int, ...]
    operator: Operator
    literal: JSON


class Reference(Protocol):
    """What an operand refers to: a runtime expression, a path."""

    @property
    def text(self) -> str:
        """The reference as written."""
        ...


R = TypeVar("R", bound=Reference)


@dataclass(frozen=True, slots=True)
class Literal:
    """``true``, ``null``, ``1.5`` or ``'text'``."""

    text: str
    value: JSON


@dataclass(frozen=True, slots=True)
class Operand(Generic[R]):
    """A value that is looked up."""

    text: str
    reference: R


@dataclass(frozen=True, slots=True)
class Compare(Generic[R]):
    """Two values and a comparison operator."""

    text: str
    left: Node[R]
    operator: Operator
    right: Node[R]


@dataclass(frozen=True, slots=True)
class Not(Generic[R]):
    """``!``."""

    text: str
    part: Node[R]


@dataclass(frozen=True, slots=True)
class All(Generic[R]):
    """``&&`` between two or more parts."""

    text: str
    parts: tuple[Node[R], ...]


@dataclass(frozen=True, slots=True)
class Some(Generic[R]):
    """``||`` between two or more parts."""

    text: str
    parts: tuple[Node[R], ...]


Node = Literal | Operand[R] | Compare[R] | Not[R] | All[R] | Some[R]


@dataclass(frozen=True, slots=True)
class Condition(Generic[R]):
    """A parsed condition: its text and its outermost node."""

    text: str
    root: Node[R]

    def nodes(self) -> Iterator[Node[R]]:
        """Yield every node, from left to right, each before its parts."""
        waiting: list[Node[R]] = [self.root]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(_parts(node)))

    def references(self) -> Iterator[R]:
        """Yield what the operands refer to."""
        for node in self.nodes():
            if isinstance(node, Operand):
                yield node.reference

    def comparisons(self) -> Iterator[tuple[R, Operator, JSON]]:
        """Yield each comparison of an operand with a literal, the literal on the right."""
        for node in self.nodes():
            match node:
                case Compare(
                    left=Operand(reference=reference), operator=operator, right=Literal(value=value)
                ):
                    yield reference, operator, value
                case Compare(
                    left=Literal(value=value), operator=operator, right=Operand(reference=reference)
                ):
                    yield reference, MIRRORED[operator], value


def _parts(node: Node[R]) -> tuple[Node[R], ...]:
    match node:
        case Compare():
            return (node.left, node.right)
        case Not():
            return (node.part,)
        case All() | Some():
            return node.parts
        case _:
            return ()
