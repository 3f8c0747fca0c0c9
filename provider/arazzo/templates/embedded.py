"""Expressions in text: ``https://{$inputs.host}/x`` (Arazzo 1.1.0, expression-string)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from .. import expressions
from ..expressions import Context, Expression
from ..protocol import MISSING, Missing
from ..syntax import ExpressionError
from ..values import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Parts: TypeAlias = "tuple[str | Expression, ...]"
"""A string cut at its expressions."""


def split(text: str) -> Parts:
    """Cut a string at its embedded expressions.

    Braces around anything that is not a runtime expression (``{$5}``, ``{name}``) are text.

    Raises:
        ExpressionError: An expression in braces cannot be read, or its brace is not closed.
    """
    return tuple(_split(text))


def has_expressions(parts: Parts) -> bool:
    """Whether a string that was cut has any expression."""
    return not all(isinstance(part, str) for part in parts)


def _split(text: str) -> Iterator[str | Expression]:
    done = 0
    brace = text.find("{$")
    while brace >= 0:
        close = text.find("}", brace)
        inner = text[brace + 1 : close if close >= 0 else None]
        if expressions.begins(inner):
            if close < 0:
                raise ExpressionError(text, brace, "the brace is not closed")
            if done < brace:
                yield text[done:brace]
            yield _parse(text, brace + 1, inner)
            done = close + 1
        brace = text.find("{$", brace + 1)
    if done < len(text):
        yield text[done:]


def _parse(text: str, start: int, inner: str) -> Expression:
    try:
        expression = expressions.parse_expression(inner)
    except ExpressionError as error:
        raise ExpressionError(text, start + error.offset, error.reason, hint=error.hint) from None
    return replace(expression, span=(start, start + len(inner)))


def join(
    parts: Iterable[str | Expression],
    context: Context,
    *,
    encode: Callable[[str], str] = str,
    missing: str | Missing = MISSING,
) -> str | Missing:
    """Put the values of the expressions into the text.

    Args:
        parts: The text, cut at its expressions.
        context: What the expressions refer to.
        encode: What is done to each value's text.
        missing: What stands for a value that is not there; MISSING makes the whole text missing.
    """
    done: list[str] = []
    for part in parts:
        if isinstance(part, str):
            done.append(part)
            continue
        value = expressions.evaluate(part, context)
        if value is not MISSING:
            done.append(encode(as_text(value)))
        elif isinstance(missing, str):
            done.append(missing)
        else:
            return MISSING
    return "".join(done)
