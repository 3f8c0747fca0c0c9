"""Values with runtime expressions in them: parameters, payloads, replacements.

``parser`` (with ``embedded``, ``jsontext``) turns a value into the ``tree``, which renders itself;
``replacements`` sets values in a payload.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from .. import expressions, xmltext
from ..expressions import Context, Expression, ExpressionError
from ..protocol import JSON, MISSING, Missing
from ..syntax import TemplateError
from . import jsontext
from .parser import Parser, body, form, string, xml
from .replacements import ReplacementError, check_target, replace
from .tree import Array, Object, TemplateNode

__all__ = [
    "ExpressionError",
    "Media",
    "ReplacementError",
    "Template",
    "TemplateError",
    "check_target",
    "media_of",
    "parse_payload",
    "parse_template",
    "render",
    "replace",
]

_JSON: Final = re.compile(r"application/(?:json|x-amz-json-[0-9.]+)|text/json|.+\+json")
Media = Literal["json", "form", "xml", "other", ""]
"""The format of a payload; empty where neither its content type nor its text tells."""

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
    root: TemplateNode
    payload: bool = False

    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Yield each expression with the JSON Pointer of the value that holds it, from the template's root.

        A payload that is JSON text counts as the value that it describes. An expression's ``span`` is in that
        string, in a JSON text in all of the text.
        """
        return self.root.expressions()


def parse_template(value: JSON, *, selecting: bool = False) -> Template:
    """Parse a parameter's or replacement's value.

    Args:
        value: The value.
        selecting: Whether Selector Objects count (Arazzo 1.1).

    A string that is wholly an expression keeps its value's type; ``{$expr}`` is put into the text. A string
    with an expression that is missing is missing itself.

    Raises:
        ExpressionError: A string is or holds an expression that cannot be read.
        SelectorError: A Selector Object cannot be read.
        TemplateError: The value nests too deeply.
    """
    return Template(value, Parser(selecting=selecting).parse(value))


def parse_payload(value: JSON, content_type: str | None = None, *, selecting: bool = False) -> Template:
    """Parse a request body's payload.

    Text is read by its content type: JSON becomes the value that it describes; in form pairs values are
    encoded and missing pairs left out; in XML values are escaped; in any other format they stay as they are.
    In these a missing value leaves nothing.

    Raises:
        ExpressionError, SelectorError: As for ``parse_template``.
        TemplateError: The value nests too deeply, or JSON text is none.
    """
    text = isinstance(value, str)
    root = _text(value, content_type, selecting) if text else Parser(selecting=selecting).parse(value)
    return Template(value, root, payload=True)


def media_of(content_type: str | None, text: JSON = None) -> Media:
    """Return the format of a payload: by its content type, without one by what its text looks like."""
    media = (content_type or "").split(";")[0].strip().lower()
    if not media:
        return "xml" if xmltext.is_xml(text) else ""
    if media.endswith("xml"):
        return "xml"
    return "json" if _JSON.fullmatch(media) else "form" if media == _FORM else "other"


def _text(value: str, content_type: str | None, selecting: bool) -> TemplateNode:  # noqa: FBT001 - as parse_payload has it
    stripped = value.strip()
    media = media_of(content_type, value)
    if expressions.begins(stripped):
        return string(stripped)
    if media == "json" and stripped[:1] in set('{["'):
        return jsontext.parse_json_template(stripped, selecting=selecting)
    if not media and stripped[:1] in set("{["):
        try:
            return jsontext.parse_json_template(stripped, selecting=selecting)
        except TemplateError:
            return body(value)
    if media == "form":
        return form(stripped)
    return xml(value) if media == "xml" else body(value)


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
