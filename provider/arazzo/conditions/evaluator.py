"""Deciding a condition, and saying what was compared with what.

A part that cannot be evaluated is neither true nor false: ``false && it`` is false, ``true || it`` is true,
and everything else with it cannot be evaluated either (Kleene's logic), in whatever order the parts stand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic

from provider.arazzo.conditions.tree import (
    All,
    Compare,
    Condition,
    Literal,
    Node,
    Not,
    Operand,
    Operator,
    R,
    Some,
)
from provider.arazzo.protocol import JSON, Missing
from provider.arazzo.values import Rules, show, truth
from provider.arazzo.verdicts import Undecided, Verdict, undecided

_ORDERS: Final[dict[Operator, tuple[int, ...]]] = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}

_EQUALITIES: Final[dict[Operator, bool]] = {"==": True, "!=": False}


class Several(tuple[JSON, ...]):
    """The values of an operand that refers to more than one: a comparison holds when it does for any."""

    __slots__ = ()


Answer = tuple[bool, str]
"""Whether a node holds, and why: what its operands are."""


def decide(condition: Condition[R], find: Callable[[R], JSON | Missing], rules: Rules) -> Verdict:
    """Decide a condition.

    Args:
        condition: The condition.
        find: Looks an operand up.
        rules: How values are compared.
    """
    root = condition.root
    try:
        holds, why = _Judge(find, rules).holds(root)
    except Undecided as doubt:
        return undecided(root.text, doubt)
    return Verdict(holds, why if isinstance(root, (All, Some)) else f"{root.text}: {why}")


@dataclass(frozen=True, slots=True)
class _Judge(Generic[R]):
    find: Callable[[R], JSON | Missing]
    rules: Rules

    def holds(self, node: Node[R]) -> Answer:
        """Decide a node; raises Undecided."""
        match node:
            case Compare():
                return self.compare(node)
            case All():
                return self.join(node.parts, deciding=False)
            case Some():
                return self.join(node.parts, deciding=True)
            case Not():
                holds, why = self.holds(node.part)
                return not holds, why
            case _:
                value = self.value(node)
                return truth(value), f"it is {show(value)}"

    def value(self, node: Node[R]) -> JSON | Missing:
        """Return what a node is as an operand; raises Undecided."""
        match node:
            case Operand():
                return self.find(node.reference)
            case Literal():
                return node.value
            case _:
                return self.holds(node)[0]

    def compare(self, node: Compare[R]) -> Answer:
        left, right = self.value(node.left), self.value(node.right)
        answers = {self.relate(one, node.operator, other) for one in _each(left) for other in _each(right)}
        if True not in answers and None in answers:
            raise Undecided(_unordered(node, left, right))
        return True in answers, _found(node, left, right)

    def relate(self, left: JSON | Missing, operator: Operator, right: JSON | Missing) -> bool | None:
        """Compare two values; None where they have no order."""
        if operator in _EQUALITIES:
            return self.rules.equal(left, right) is _EQUALITIES[operator]
        order = self.rules.order(left, right)
        return None if order is None else order in _ORDERS[operator]

    def join(self, parts: tuple[Node[R], ...], *, deciding: bool) -> Answer:
        """Decide ``&&`` (where a false part decides) or ``||`` (where a true part does)."""
        whys, doubt = [], None
        for part in parts:
            try:
                holds, why = self.holds(part)
            except Undecided as error:
                doubt = doubt or error
                continue
            told = why if isinstance(part, (All, Some)) else f"{part.text}: {why}"
            if holds is deciding:
                return deciding, told
            whys.append(told)
        if doubt:
            raise doubt
        return not deciding, "; ".join(whys)


def _each(value: JSON | Missing) -> tuple[JSON | Missing, ...]:
    return value if isinstance(value, Several) else (value,)


def _found(node: Compare[R], left: JSON | Missing, right: JSON | Missing) -> str:
    """Say what the operands are; a literal's value need not be told."""
    sides = ((node.left, left), (node.right, right))
    told = [(side.text, show(value)) for side, value in sides if not isinstance(side, Literal)]
    if len(told) == 1:
        return f"it is {told[0][1]}"
    return " and ".join(f"{text} is {value}" for text, value in told) or "both are literals"


def _unordered(node: Compare[R], left: JSON | Missing, right: JSON | Missing) -> str:
    for side, value in ((node.left, left), (node.right, right)):
        if isinstance(value, Missing):
            return f"{side.text} is not there"
    return f"{show(left)} and {show(right)} have no order"
