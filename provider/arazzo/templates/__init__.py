"""Values with runtime expressions in them: parameters, payloads, replacements.

``parser`` (with ``embedded``, ``jsontext``) turns a value into the ``tree``, which renders itself;
``replacements`` sets values in a payload.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from .. import expressions
from ..expressions import Context, Expression, ExpressionError
from ..protocol import JSON, MISSING, Missing
from ..syntax import TemplateError
from . import jsontext
from .parser import Parser, body, form, string
from .replacements import ReplacementError, replace
from .tree import Array, Node, Object

__all__ = [
    "ExpressionError",
    "ReplacementError",
    "Template",
    "TemplateError",
    "parse",
    "parse_payload",
    "render",
    "replace",
]

_JSON: Final = re.compile(r"application/(?:json|x-amz-json-[0-9.]+)|text/json|.+\+json")
_FORM: Final = "application/x-www-form-urlencoded"


class Template(NamedTuple):
    """A parsed value.

    Attributes:
        source: The value as written.
        root: Its outermost node.
        payload: Whether it is a request body, which stays as an empty object or array when all its members
            are missing.
    """

    source: JSON
    root: Node
    payload: bool = False

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Yield each expression with the JSON Pointer of the value that holds it, from the template's root.

        A payload that is JSON text counts as the value that it describes. An expression's ``span`` is in that
        string, in a JSON text in all of the text.
        """
        return self.root.expressions()


def parse(value: JSON) -> Template:
    """Parse a parameter's or replacement's value.

    A string that is wholly an expression keeps its value's type; ``{$expr}`` is put into the text. A string
    with an expression that is missing is missing itself.

    Raises:
        ExpressionError: A string is or holds an expression that cannot be read.
        TemplateError: The value nests too deeply.
    """
    return Template(value, Parser().parse(value))


def parse_payload(value: JSON, content_type: str | None = None) -> Template:
    """Parse a request body's payload.

    Text is read by its content type: JSON becomes the value that it describes; in form pairs values are
    encoded and missing pairs left out; in any other format a missing value leaves nothing.

    Raises:
        ExpressionError: As for ``parse``.
        TemplateError: The value nests too deeply, or JSON text is none.
    """
    root = _text(value, content_type) if isinstance(value, str) else Parser().parse(value)
    return Template(value, root, payload=True)


def _text(value: str, content_type: str | None) -> Node:
    stripped = value.strip()
    media = (content_type or "").split(";")[0].strip().lower()
    if expressions.begins(stripped):
        return string(stripped)
    if _JSON.fullmatch(media) and stripped[:1] in set('{["'):
        return jsontext.parse(stripped)
    if not media and stripped[:1] in set("{["):
        try:
            return jsontext.parse(stripped)
        except TemplateError:
            return body(value)
    return form(stripped) if media == _FORM else body(value)


def render(template: Template, context: Context) -> JSON | Missing:
    """Return the value with its expressions resolved.

    What is missing is left out, at any depth: a member with its key, an item, and an object or array that
    loses all it had so. What was written empty stays.
    """
    value = template.root.render(context)
    if value is MISSING and template.payload:
        return (
            {} if isinstance(template.root, Object) else [] if isinstance(template.root, Array) else MISSING
        )
    return value
