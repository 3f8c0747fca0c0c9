"""Setting values in a payload (Arazzo 1.0.1, Payload Replacement Object)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import pointers, xmltext, xpath
from ..protocol import JSON, Missing
from ..syntax import MAX_NESTING, TemplateError
from ..values import text as as_text
from ..verdicts import Undecided

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element


class ReplacementError(TemplateError):
    """A replacement whose target is not in the payload."""

    kind = "replacement target"


def replace(
    payload: JSON | Missing,
    replacements: Iterable[tuple[str, JSON | Missing]],
    content_type: str | None = None,
) -> JSON | Missing:
    """Return the payload with the values set; the payload itself is left as it is.

    Args:
        payload: What the request's payload has become.
        replacements: Targets and their values. A value that is missing replaces nothing.
        content_type: The request's. In XML a target is an XPath, otherwise a JSON Pointer; without a content
            type a text that looks like XML is XML.

    Raises:
        ReplacementError: A target is malformed or leads nowhere.
    """
    wanted = [(target, value) for target, value in replacements if not isinstance(value, Missing)]
    if not wanted:
        return payload
    media = (content_type or "").split(";")[0].strip().lower()
    if isinstance(payload, str) and (media.endswith("xml") or (not media and xmltext.is_xml(payload))):
        return _in_xml(payload, wanted)
    for target, value in wanted:
        payload = _in_json(payload, target, value)
    return payload


def _in_json(payload: JSON | Missing, target: str, value: JSON) -> JSON:
    fragment = target.startswith("#")
    try:
        tokens = pointers.parse(target[fragment:], fragment=fragment)
    except pointers.PointerError as error:
        raise ReplacementError(target, error.offset + fragment, str(error)) from None
    if len(tokens) > MAX_NESTING:
        raise ReplacementError(target, 0, f"it goes deeper than {MAX_NESTING}")
    return _put(payload, tokens, value, target, 0)


def _put(payload: JSON | Missing, tokens: tuple[str, ...], value: JSON, target: str, depth: int) -> JSON:
    """Return a copy of ``payload`` with the value set at the tokens from ``depth`` on."""
    if depth == len(tokens):
        return value
    name, last = tokens[depth], depth + 1 == len(tokens)
    if isinstance(payload, dict) and (last or name in payload):
        return {**payload, name: _put(payload.get(name), tokens, value, target, depth + 1)}
    if isinstance(payload, list):
        end = len(payload)
        position = end if last and name == "-" else pointers.index(name, end + last)
        if position is not None:
            item = _put(payload[position] if position < end else None, tokens, value, target, depth + 1)
            return [*payload[:position], item, *payload[position + 1 :]]
    here = pointers.format(tokens[: depth + 1])
    hint = "an array ends with -" if isinstance(payload, list) else ""
    raise ReplacementError(target, 0, f"the payload has no place {here}", hint=hint)


def _in_xml(payload: str, wanted: list[tuple[str, JSON]]) -> str:
    """Return XML text with the values set, as the content of elements, attributes or text nodes."""
    try:
        root = xmltext.read(payload)
    except xmltext.XmlError as error:
        raise TemplateError(payload, 0, str(error)) from None
    for target, value in wanted:
        if not _set(root, target, as_text(value)):
            raise ReplacementError(target, 0, "it selects nothing in the payload")
    return xmltext.write(root)


def _set(root: _Element, target: str, value: str) -> int:
    try:
        return xpath.compile(target).replace(root, value)
    except (xpath.XPathError, Undecided) as error:
        raise ReplacementError(target, 0, str(error)) from None
