"""Values with runtime expressions in them: parameters, payloads, replacements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provider.arazzo.expressions import Context, Expression
from provider.arazzo.protocol import JSON, Missing
from provider.arazzo.syntax import TemplateError

__all__ = ["Template", "TemplateError", "parse", "parse_payload", "render", "replace"]


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed value. ``source`` is the value as written."""

    source: JSON

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Yield each expression with the JSON Pointer of the value that holds it."""
        raise NotImplementedError


def parse(value: JSON) -> Template:
    """Parse a parameter's or replacement's value; raises ExpressionError."""
    raise NotImplementedError(value)


def parse_payload(value: JSON, content_type: str | None = None) -> Template:
    """Parse a request body's payload, also JSON and form text; raises ExpressionError, TemplateError."""
    raise NotImplementedError(value, content_type)


def render(template: Template, context: Context) -> JSON | Missing:
    """Return the value with its expressions resolved; what is missing is left out with its key."""
    raise NotImplementedError(template, context)


def replace(
    payload: JSON, replacements: Sequence[tuple[str, JSON | Missing]], content_type: str | None = None
) -> JSON:
    """Return the payload with (target, value) pairs set; raises TemplateError."""
    raise NotImplementedError(payload, replacements, content_type)
