"""Runtime expressions (Arazzo 1.0.1, Runtime Expressions): ``$steps.create.outputs.id``.

``parser`` turns text into the ``tree``, in which each expression has the function, made by ``evaluator``,
that finds what it refers to.
"""

from __future__ import annotations

from ..syntax import ExpressionError
from .evaluator import Context, evaluate
from .parser import ROOTS, begins, parse_expression
from .tree import Expression, Path, Reading, Root

__all__ = [
    "ROOTS",
    "Context",
    "Expression",
    "ExpressionError",
    "Path",
    "Reading",
    "Root",
    "begins",
    "evaluate",
    "is_expression",
    "parse_expression",
]


def is_expression(text: str) -> bool:
    """Whether a whole text is a runtime expression: ``$inputs.x`` is; ``$5.00`` and ``$foo.bar`` are not."""
    if not begins(text):
        return False
    try:
        parse_expression(text)
    except ExpressionError:
        return False
    return True
