"""Deciding a condition, and saying what was compared with what.

A condition is compiled once into two functions: one decides it, as often as a step is asked, and one says
why, where somebody wants to know.

A part that cannot be evaluated is neither true nor false: ``false && it`` is false, ``true || it`` is true,
and everything else with it cannot be evaluated either (Kleene's logic), in whatever order the parts stand.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Final, Generic, NamedTuple, TypeVar

from ..protocol import JSON, Missing
from ..values import Rules, show, truth
from ..verdicts import Undecided, Verdict, undecided
from .tree import All, Compare, Condition, Literal, Node, Not, Operand, Operator, R, Some

C = TypeVar("C")
"""What a condition is decided on: the context of expressions, or a value."""

Value = JSON | Missing

Relation = Callable[[Value, Value], bool | None]
"""Compares two values; returns None where they have no order."""

PAIRS: Final = 100_000
"""How many pairs of values one comparison may look at."""

_SIGNS: Final[dict[Operator, tuple[int, ...]]] = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}


class Several(tuple[JSON, ...]):
    """The values of an operand that refers to more than one: a comparison holds when it does for any."""

    __slots__ = ()


class Decider(NamedTuple, Generic[C]):
    """A compiled condition, or a part of one.

    Attributes:
        text: The part as written.
        holds: Whether it holds; raises Undecided.
        why: Why it does or does not: what its operands are; raises Undecided.
        whole: Whether ``why`` names the strings that matter itself, as that of ``&&`` and ``||`` does.
    """

    text: str
    holds: Callable[[C], bool]
    why: Callable[[C], str]
    whole: bool = False

    def told(self, given: C) -> str:
        """Return the text with why it does or does not hold."""
        return self.why(given) if self.whole else f"{self.text}: {self.why(given)}"

    def verdict(self, given: C) -> Verdict:
        """Decide it, and say why."""
        try:
            return Verdict(self.holds(given), self.told(given))
        except Undecided as doubt:
            return undecided(self.text, doubt)


def compile_decider(
    condition: Condition[R], find: Callable[[R], Callable[[C], Value]], rules: Rules
) -> Decider[C]:
    """Compile a condition.

    Args:
        condition: The condition.
        find: Returns the function that looks an operand up.
        rules: How values are compared.
    """
    return _Compiler(find, rules).part(condition.root)


class _Compiler(Generic[R, C]):
    def __init__(self, find: Callable[[R], Callable[[C], Value]], rules: Rules) -> None:
        self._find = find
        self._rules = rules

    def part(self, node: Node[R]) -> Decider[C]:
        """Compile a node that is true or false."""
        match node:
            case Compare():
                return self._compare(node)
            case All():
                return _join(node.text, [self.part(each) for each in node.parts], deciding=False)
            case Some():
                return _join(node.text, [self.part(each) for each in node.parts], deciding=True)
            case Not():
                inner = self.part(node.part)
                return Decider(node.text, lambda given: not inner.holds(given), inner.why)
            case _:
                value = self._value(node)
                return Decider(
                    node.text, lambda given: truth(value(given)), lambda given: f"it is {show(value(given))}"
                )

    def _value(self, node: Node[R]) -> Callable[[C], Value]:
        """Compile a node that is an operand."""
        match node:
            case Operand():
                return self._find(node.reference)
            case Literal():
                value = node.value
                return lambda _given: value
            case _:
                return self.part(node).holds

    def _compare(self, node: Compare[R]) -> Decider[C]:
        left, right, relate = self._value(node.left), self._value(node.right), self._relation(node.operator)
        literal = node.right.value if isinstance(node.right, Literal) else None  # which most compare with

        def holds(given: C) -> bool:
            one = left(given)
            other = right(given) if literal is None else literal
            several = isinstance(one, Several) or isinstance(other, Several)
            answer = _any(relate, one, other) if several else relate(one, other)
            if answer is None:
                raise Undecided(_unordered(node, one, other))
            return answer

        return Decider(node.text, holds, lambda given: _found(node, left(given), right(given)))

    def _relation(self, operator: Operator) -> Relation:
        equal, order = self._rules.equal, self._rules.order
        if operator == "==":
            return equal
        if operator == "!=":
            return lambda left, right: not equal(left, right)
        signs = _SIGNS[operator]

        def ordered(left: Value, right: Value) -> bool | None:
            sign = order(left, right)
            return None if sign is None else sign in signs

        return ordered


def _any(relate: Relation, left: Value, right: Value) -> bool | None:
    """Compare each value of one operand with each of the other, up to one pair that fits."""
    doubt = False
    for count, (one, other) in enumerate(product(_each(left), _each(right))):
        if count == PAIRS:
            raise Undecided("it takes too much work")
        answer = relate(one, other)
        if answer:
            return True
        doubt = doubt or answer is None
    return None if doubt else False


def _join(text: str, parts: list[Decider[C]], *, deciding: bool) -> Decider[C]:
    """Compile ``&&`` (where a false part decides) or ``||`` (where a true part does)."""

    def decisive(given: C) -> Decider[C] | None:
        """Return the part that decides, or None where none does; raises Undecided."""
        doubt = None
        for part in parts:
            try:
                if part.holds(given) is deciding:
                    return part
            except Undecided as error:
                doubt = doubt or error
        if doubt:
            raise doubt
        return None

    def holds(given: C) -> bool:
        return (decisive(given) is not None) is deciding

    def why(given: C) -> str:
        part = decisive(given)
        return part.told(given) if part else "; ".join(each.told(given) for each in parts)

    return Decider(text, holds, why, whole=True)


def _each(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, Several) else (value,)


def _found(node: Compare[R], left: Value, right: Value) -> str:
    """Say what the operands are; a literal's value need not be told."""
    sides = ((node.left, left), (node.right, right))
    told = [(side.text, show(value)) for side, value in sides if not isinstance(side, Literal)]
    if len(told) == 1:
        return f"it is {told[0][1]}"
    return " and ".join(f"{text} is {value}" for text, value in told) or "both are literals"


def _unordered(node: Compare[R], left: Value, right: Value) -> str:
    for side, value in ((node.left, left), (node.right, right)):
        if isinstance(value, Missing):
            return f"{side.text} has no value"
    return f"{show(left)} and {show(right)} have no order"
