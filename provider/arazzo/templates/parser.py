"""JSON value to template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import expressions, pointers, selectors
from ..syntax import MAX_NESTING, TemplateError
from .embedded import Parts, has_expressions, split
from .tree import Array, Body, ConstantNode, Form, LiteralText, Object, Selected, TemplateNode, Value, Xml
from .xmlescapes import escapes

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..protocol import JSON


def string(value: str) -> TemplateNode:
    """Parse a string: wholly an expression, with expressions in it, or plain."""
    if expressions.begins(value):
        return Value(expressions.parse_expression(value))
    return name(value)


def name(value: str) -> TemplateNode:
    """Parse a member's name, where only expressions in braces count."""
    parts = split(value) if isinstance(value, str) else ()
    return LiteralText(parts) if has_expressions(parts) else ConstantNode(value)


@dataclass(frozen=True, slots=True)
class Parser:
    """Parses JSON values; how strings are read can be exchanged.

    Attributes:
        string: Parses a string.
        name: Parses a member's name.
        selecting: Whether Selector Objects count (Arazzo 1.1).
    """

    string: Callable[[str], TemplateNode] = string
    name: Callable[[str], TemplateNode] = name
    selecting: bool = False

    def parse(self, value: JSON, path: tuple[str | int, ...] = ()) -> TemplateNode:
        """Parse any JSON value.

        Raises:
            ExpressionError: A string is or holds an expression that cannot be read.
            TemplateError: The value nests too deeply.
            SelectorError: A Selector Object in it is wrong.
        """
        if len(path) > MAX_NESTING:
            raise TemplateError(pointers.format(path), 0, f"it nests deeper than {MAX_NESTING}")
        match value:
            case str():
                return self.string(value)
            case list():
                items = tuple(self.parse(item, (*path, index)) for index, item in enumerate(value))
                return Array(items) if _vary(*items) else ConstantNode(value)
            case dict() if self.selecting and selectors.is_selector(value):
                return Selected(selectors.compile_selector(value))
            case dict():
                members = tuple(
                    (self.name(key), self.parse(member, (*path, key))) for key, member in value.items()
                )
                return Object(members) if any(_vary(*pair) for pair in members) else ConstantNode(value)
            case _:
                return ConstantNode(value)


def _vary(*nodes: TemplateNode) -> bool:
    return not all(isinstance(node, ConstantNode) for node in nodes)


def body(value: str) -> TemplateNode:
    """Parse a payload's text in a format that is not known here."""
    parts = split(value)
    return Body(parts) if has_expressions(parts) else ConstantNode(value)


def xml(value: str) -> TemplateNode:
    """Parse a payload's XML text."""
    parts = split(value)
    if not has_expressions(parts):
        return ConstantNode(value)
    return Xml(parts, tuple(escapes(parts)))


def form(value: str) -> TemplateNode:
    """Parse a payload's text of form pairs: ``a={$inputs.a}&b=1``."""
    parts = split(value)
    return Form(tuple(_pairs(parts))) if has_expressions(parts) else ConstantNode(value)


def _pairs(parts: Parts) -> list[Parts]:
    pairs: list[Parts] = [()]
    for part in parts:
        first, *rest = part.split("&") if isinstance(part, str) else [part]
        pairs[-1] += (first,)
        pairs += [(each,) for each in rest]
    return pairs
