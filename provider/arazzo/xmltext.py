"""XML text, read safely: no entities of its own, no network, bounded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NoReturn
from xml.parsers import expat

from .syntax import PartError

if TYPE_CHECKING:
    from lxml.etree import _Element

_DECLARATION: Final = re.compile(r"\s*<\?xml[^>]*\?>")
_MAX_CHARACTERS: Final = 10_000_000


class XmlError(PartError):
    """A text that is not XML, or that declares entities."""


def is_xml(text: object) -> bool:
    """Whether a value looks like XML text."""
    return isinstance(text, str) and text.lstrip().startswith("<")


def check_xml(text: str) -> None:
    """Check a text by the standard library, which expands nothing once a document type is refused.

    Raises:
        XmlError: The text is not well-formed, has a document type, or is too large.
    """
    if len(text) > _MAX_CHARACTERS:
        raise XmlError(f"it is longer than {_MAX_CHARACTERS} characters")
    parser = expat.ParserCreate(namespace_separator=" ")  # so that an unknown prefix is an error
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(_encoded(text), True)
    except expat.ExpatError as error:
        raise XmlError(f"it is not XML: {error}") from None


def _refuse(*_: Any) -> NoReturn:
    raise XmlError("it declares a document type")


def _encoded(text: str) -> bytes:
    # The text is decoded already; what a declaration says of its encoding no longer holds.
    return _DECLARATION.sub("", text, count=1).encode(errors="surrogatepass")


def read_xml(text: str) -> _Element:
    """Return the root element, for an XPath; the extra xpath has to be installed.

    Raises:
        XmlError: The text is not well-formed, has a document type, or is too large.
    """
    from lxml import etree  # noqa: PLC0415 - see xpath.require

    check_xml(text)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(_encoded(text), parser)
    except etree.XMLSyntaxError as error:
        raise XmlError(f"it is not XML: {error.msg}") from None


def write_xml(root: _Element) -> str:
    """Return an element and all below it as text."""
    from lxml import etree  # noqa: PLC0415 - see xpath.require

    return etree.tostring(root, encoding="unicode", with_tail=False)
