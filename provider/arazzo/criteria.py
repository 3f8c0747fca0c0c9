"""Criteria (Arazzo 1.0.1, Criterion Object)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from provider.arazzo.expressions import Context, Expression
from provider.arazzo.protocol import JSON
from provider.arazzo.syntax import CriterionError
from provider.arazzo.verdicts import Verdict

__all__ = ["Comparison", "Criterion", "CriterionError", "Verdict", "compile", "evaluate"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A value of the response that a criterion compares with a literal.

    Attributes:
        path: Where the value is, from the root of the response's body; ``*`` for any member or element.
        operator: ``==``, ``!=``, ``<``, ``<=``, ``>`` or ``>=``, with the literal on the right.
        literal: What it is compared with.
    """

    path: tuple[str | int, ...]
    operator: str
    literal: JSON


@dataclass(frozen=True, slots=True)
class Criterion:
    """A compiled criterion.

    Attributes:
        text: The condition as written.
        type: Its type.
        version: The version of a jsonpath or xpath, if the document names one.
        context: The expression that gives the value it is applied to (None for a simple one without context).
        dialect: True for a bare comparison of type jsonpath, which no JSONPath standard knows.
    """

    text: str
    type: Literal["simple", "regex", "jsonpath", "xpath"]
    version: str | None = None
    context: Expression | None = None
    dialect: bool = False

    def expressions(self) -> tuple[Expression, ...]:
        """Every runtime expression of the criterion: its context's and those in its condition."""
        raise NotImplementedError

    def comparisons(self) -> tuple[Comparison, ...]:
        """The values of the response's body that are compared with literals."""
        raise NotImplementedError


def compile(  # noqa: A001 - named after what it does, as in `re`
    condition: str,
    type: str | Mapping[str, JSON] | None = None,  # noqa: A002 - the specification's field
    context: str | None = None,
) -> Criterion:
    """Compile a Criterion Object's fields; raises CriterionError, ConditionError, ExpressionError."""
    raise NotImplementedError(condition, type, context)


def evaluate(criterion: Criterion, context: Context) -> Verdict:
    """Decide a criterion; one that cannot be evaluated does not hold and says why."""
    raise NotImplementedError(criterion, context)
