"""A value with expressions in it as a tree. Each node can be rendered and names its expressions.

What is missing is left out: a member with its key, an item of an array. An object or array that loses all
that it had is left out too; one that was written empty is a ``ConstantNode`` and stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import quote_plus

from .. import expressions, pointers
from ..expressions import Context, Expression
from ..protocol import JSON, MISSING, Missing
from .embedded import Parts, join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..selectors import Selector


class TemplateNode(Protocol):
    """A part of a template."""

    def render(self, context: Context) -> JSON | Missing:
        """Return the value with its expressions resolved."""
        ...

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Yield each expression with the JSON Pointer, from here, of the value that holds it."""
        ...


class ConstantNode(NamedTuple):
    """A value without expressions."""

    value: JSON

    def render(self, context: Context) -> JSON:  # noqa: ARG002 - a Node
        """Return the value itself."""
        return self.value

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Yield nothing."""
        return iter(())


class Value(NamedTuple):
    """A string that is wholly an expression: the value keeps its type."""

    expression: Expression

    def render(self, context: Context) -> JSON | Missing:
        """Return what the expression refers to."""
        return expressions.evaluate(self.expression, context)

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Yield the one expression."""
        yield "", self.expression


class Selected(NamedTuple):
    """A Selector Object (Arazzo 1.1.0), which stands for what it selects."""

    selector: Selector

    def render(self, context: Context) -> JSON | Missing:
        """Return what is selected; raises SelectorError."""
        return self.selector.find(context)

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Yield the expression of its context."""
        yield "/context", self.selector.context


class LiteralText(NamedTuple):
    """A string with expressions in it; missing when one of them is."""

    parts: Parts

    def render(self, context: Context) -> str | Missing:
        """Return the string with the values put in."""
        return join(self.parts, context)

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Yield the embedded expressions."""
        return _embedded(self.parts)


class Quoted(NamedTuple):
    """A string of a JSON text, with expressions in it (``{"a": "{$inputs.x}"}``).

    Scalars become part of the string. An object or array that would be all of it takes the string's place,
    as the specification's own examples mean it: JSON inside a string is not what an API wants.
    """

    parts: Parts

    def render(self, context: Context) -> JSON | Missing:
        """Return the string with the values put in, or the one object or array."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Expression):
            value = expressions.evaluate(self.parts[0], context)
            if isinstance(value, (dict, list)):
                return value
        return join(self.parts, context)

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Yield the embedded expressions."""
        return _embedded(self.parts)


class Body(NamedTuple):
    """A payload that is text in no format that is known here: what is missing leaves nothing."""

    parts: Parts

    def render(self, context: Context) -> str | Missing:
        """Return the text with the values put in as they are."""
        return join(self.parts, context, missing="")

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Yield the embedded expressions."""
        return _embedded(self.parts)


class Xml(NamedTuple):
    """A payload that is XML text: values are escaped as their places ask for, what is missing leaves nothing.

    Attributes:
        parts: The text, cut at its expressions.
        escapes: For each part that is an expression, what its value's text goes through.
    """

    parts: Parts
    escapes: tuple[Callable[[str], str], ...]

    def render(self, context: Context) -> str | Missing:
        """Return the text with the values put in."""
        pairs = zip(self.parts, self.escapes, strict=True)
        done = (join((part,), context, encode=escape, missing="") for part, escape in pairs)
        return "".join(text for text in done if isinstance(text, str))

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Yield the embedded expressions."""
        return _embedded(self.parts)


class Form(NamedTuple):
    """A payload in application/x-www-form-urlencoded text: a pair whose value is missing is left out."""

    pairs: tuple[Parts, ...]

    def render(self, context: Context) -> str:
        """Return the text with the values put in, encoded."""
        pairs = (join(parts, context, encode=quote_plus) for parts in self.pairs)
        return "&".join(pair for pair in pairs if not isinstance(pair, Missing))

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Yield the embedded expressions."""
        return _embedded(part for parts in self.pairs for part in parts)


class Array(NamedTuple):
    """An array with expressions in it."""

    items: tuple[TemplateNode, ...]

    def render(self, context: Context) -> list[JSON] | Missing:
        """Return the items that are there, or MISSING when none is."""
        values = (item.render(context) for item in self.items)
        return [value for value in values if value is not MISSING] or MISSING

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Yield the items' expressions."""
        for index, item in enumerate(self.items):
            yield from _below(index, item)


class Object(NamedTuple):
    """An object with expressions in its values or, in braces, in its names."""

    members: tuple[tuple[TemplateNode, TemplateNode], ...]

    def render(self, context: Context) -> dict[str, JSON] | Missing:
        """Return the members that are there, or MISSING when none is."""
        done: dict[str, JSON] = {}
        for name, value in self.members:
            key, member = name.render(context), value.render(context)
            if not isinstance(key, Missing) and member is not MISSING:
                done[key] = member
        return done or MISSING

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Yield the expressions of the values, then those of the names, which have the object's pointer."""
        for name, value in self.members:
            if isinstance(name, ConstantNode):
                yield from _below(name.value, value)
            else:
                yield from name.expressions()
                yield from value.expressions()


def _embedded(parts: Iterable[str | Expression]) -> Iterator[tuple[str, Expression]]:
    return (("", part) for part in parts if isinstance(part, Expression))


def _below(name: str | int, node: TemplateNode) -> Iterator[tuple[str, Expression]]:
    prefix = pointers.format([name])
    return ((prefix + pointer, expression) for pointer, expression in node.expressions())
