"""Setting values in a payload (Arazzo 1.1.0, Payload Replacement Object)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from .. import jsonpath, pointers, xmltext, xpath
from ..protocol import JSON, Missing
from ..selectors import SelectorType
from ..syntax import MAX_NESTING, CriterionError, PartError, TemplateError
from ..values import as_text
from ..verdicts import Undecided

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element


class ReplacementError(TemplateError):
    """A replacement whose target is not in the payload."""

    kind = "replacement target"


def replace(
    payload: JSON | Missing,
    replacements: Iterable[tuple[str, JSON | Missing] | tuple[str, JSON | Missing, SelectorType | None]],
    content_type: str | None = None,
) -> JSON | Missing:
    """Return the payload with the values set; the payload itself is left as it is.

    Args:
        payload: What the request's payload has become.
        replacements: Targets, their values and, from Arazzo 1.1 on, what the targets are written in. A value
            that is missing replaces nothing.
        content_type: The request's. In XML a target is an XPath by default, otherwise a JSON Pointer; without
            a content type a string that looks like XML is XML.

    Raises:
        ReplacementError: A target is malformed or leads nowhere.
    """
    media = (content_type or "").split(";")[0].strip().lower()
    xml = isinstance(payload, str) and (media.endswith("xml") or (not media and xmltext.is_xml(payload)))
    for target, value, *given in replacements:
        if isinstance(value, Missing):
            continue
        way = given[0] if given and given[0] else SelectorType("xpath" if xml else "jsonpointer")
        payload = _WAYS[way.language](payload, target, value, way.version)
    return payload


def _by_path(payload: JSON | Missing, target: str, value: JSON, version: str | None) -> JSON:
    """Set the value at each place that a JSONPath selects."""
    try:
        places = jsonpath.select(target, version).locate(payload) if isinstance(payload, (dict, list)) else []
    except Undecided as doubt:
        raise ReplacementError(target, 0, str(doubt)) from None
    if not places:
        raise ReplacementError(target, 0, "it selects nothing in the payload")
    for place in places:
        payload = _put(payload, tuple(map(str, place)), value, target, 0)
    return payload


def _by_pointer(payload: JSON | Missing, target: str, value: JSON, _version: str | None) -> JSON:
    fragment = target.startswith("#")
    try:
        tokens = pointers.parse_pointer(target[fragment:], fragment=fragment)
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


def _by_xpath(payload: JSON | Missing, target: str, value: JSON, version: str | None) -> str:
    """Return XML text with the value set, as the content of elements, attributes or text nodes."""
    if not isinstance(payload, str):
        raise ReplacementError(target, 0, "an XPath is applied to XML text")
    try:
        root = xmltext.read_xml(payload)
    except xmltext.XmlError as error:
        raise TemplateError(payload, 0, str(error)) from None
    if not _set(root, target, version or xpath.DEFAULT, as_text(value)):
        raise ReplacementError(target, 0, "it selects nothing in the payload")
    return xmltext.write_xml(root)


def _set(root: _Element, target: str, version: str, value: str) -> int:
    try:
        return xpath.compile_xpath(target, version).replace(root, value)
    except (xpath.XPathError, Undecided) as error:
        raise ReplacementError(target, 0, str(error)) from None


def check_target(target: str, way: SelectorType) -> None:
    """Check a target by itself; raises ReplacementError."""
    try:
        _CHECKS[way.language](target, way.version)
    except PartError as error:
        raise ReplacementError(target, error.offset, str(error)) from None
    except CriterionError as error:
        raise ReplacementError(target, error.offset, error.reason) from None


_WAYS: Final[Mapping[str, Callable[[JSON | Missing, str, JSON, str | None], JSON]]] = {
    "jsonpointer": _by_pointer,
    "jsonpath": _by_path,
    "xpath": _by_xpath,
}
_CHECKS: Final[Mapping[str, Callable[[str, str | None], object]]] = {
    "jsonpointer": lambda target, _: pointers.parse_pointer(
        target.removeprefix("#"), fragment=target.startswith("#")
    ),
    "jsonpath": jsonpath.select,
    "xpath": lambda target, version: xpath.compile_xpath(target, version or xpath.DEFAULT),
}
