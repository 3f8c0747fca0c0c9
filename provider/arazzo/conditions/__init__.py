"""Conditions (Arazzo 1.0.1, Criterion Object, Literals and Operators): ``$statusCode == 200 && $inputs.a``.

``parser`` turns text into the ``tree``; ``evaluator`` compiles it into what decides. The same grammar serves
simple conditions, whose operands are runtime expressions, and comparisons of JSONPaths.
"""

from __future__ import annotations

import re
from typing import Final

from ..expressions import Context, Expression
from ..expressions.parser import read_expression
from ..syntax import ConditionError
from ..values import LOOSE
from ..verdicts import Verdict
from . import evaluator
from .evaluator import Decider
from .parser import Language
from .parser import parse_comparison as parse_in
from .tree import Condition

__all__ = [
    "Condition",
    "ConditionError",
    "Decider",
    "Verdict",
    "compile_condition",
    "decide_condition",
    "parse_condition",
]


def _read(text: str, start: int) -> tuple[Expression, int]:
    expression = read_expression(text, start)
    return expression, expression.span[1]


def _unquote(string: str) -> str:
    quote = string[0]
    return string[1:-1].replace(quote * 2, quote)


_SIMPLE: Final[Language[Expression]] = Language(
    begins=re.compile(r"\$"),
    read=_read,
    string=re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*\""""),
    unquote=_unquote,
)


def parse_condition(text: str) -> Condition[Expression]:
    """Parse a simple condition; raises ConditionError, or ExpressionError for an operand."""
    return parse_in(text, _SIMPLE)


def compile_condition(condition: Condition[Expression]) -> Decider[Context]:
    """Compile a simple condition into what decides it."""
    return evaluator.compile_decider(condition, lambda expression: expression.find, LOOSE)


def decide_condition(condition: Condition[Expression], context: Context) -> Verdict:
    """Decide a simple condition; one that cannot be evaluated does not hold."""
    return compile_condition(condition).verdict(context)
