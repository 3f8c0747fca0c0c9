"""XML text, read safely: no entities of its own, no network, bounded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

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


def read_xml(text: str) -> _Element:
    """Return the root element.

    Raises:
        XmlError: The text is not well-formed, has a document type, or is too large.
    """
    from lxml import etree  # noqa: PLC0415 - imported by the few documents that need it

    if len(text) > _MAX_CHARACTERS:
        raise XmlError(f"it is longer than {_MAX_CHARACTERS} characters")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        # The text is decoded already; what a declaration says of its encoding no longer holds.
        root = etree.fromstring(_DECLARATION.sub("", text, count=1).encode(errors="surrogatepass"), parser)
    except etree.XMLSyntaxError as error:
        raise XmlError(f"it is not XML: {error.msg}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlError("it declares a document type")
    return root


def write_xml(root: _Element) -> str:
    """Return an element and all below it as text."""
    from lxml import etree  # noqa: PLC0415 - as above

    return etree.tostring(root, encoding="unicode", with_tail=False)
