"""Values inside XML text: escaped as the place asks for where each stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .. import xmltext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .embedded import Parts

_IN_TEXT: Final = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
_IN_TAG: Final = {**_IN_TEXT, ord('"'): "&quot;", ord("'"): "&apos;"}
_ANSWERS: Final = (
    "response.body",
    "request.body",
    "message.payload",
    "steps",
    "workflows.outputs",
    "outputs",
)
"""Roots whose texts may be XML that a service sent; a caller's inputs never are."""


def escapes(parts: Parts) -> Iterator[Callable[[str], str]]:
    """Yield, for each part of an XML text, what its text goes through where it is an expression."""
    before = ""
    for part in parts:
        if isinstance(part, str):
            before += part
            yield str
        elif _is_open(before, "<![CDATA[", "]]>"):
            yield _in_section
        elif _is_open(before, "<", ">"):
            yield _in_tag
        else:
            yield _answer if part.root in _ANSWERS else _in_text


def _is_open(before: str, opening: str, closing: str) -> bool:
    return before.rfind(opening) > before.rfind(closing)


def _in_text(text: str) -> str:
    """Escape an element's content."""
    return text.translate(_IN_TEXT)


def _in_tag(text: str) -> str:
    """Escape an attribute's value."""
    return text.translate(_IN_TAG)


def _in_section(text: str) -> str:
    """Divide what would end a CDATA section (XML 1.0, section 2.7)."""
    return text.replace("]]>", "]]]]><![CDATA[>")


def _answer(text: str) -> str:
    """Leave an element that a service sent as it is (Arazzo 1.1.0, Runtime Expressions), escape the rest."""
    if not text.lstrip().startswith("<"):
        return _in_text(text)
    try:
        xmltext.check_xml(text)
    except xmltext.XmlError:
        return _in_text(text)
    return text
