"""XPath 1.0, 2.0, 3.0 and 3.1 over XML text, by ``elementpath`` and ``lxml``: the extra ``xpath``.

Only a document that has an XPath imports them. Texts, ranges and the XML are bounded; an XPath's own patterns
have no limit of time.

Prefixes are those of the XML text. From 2.0 on, a name without prefix is in the text's default namespace, so
that ``/order/item`` finds what its author sees.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from importlib import import_module
from math import prod
from threading import get_ident
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..syntax import MAX_LENGTH, PartError
from ..xmltext import write_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elementpath import XPathContext, XPathToken
    from lxml.etree import _Element

    from ..protocol import JSON

_PARSERS: Final = {
    "xpath-10": ("xpath1", "XPath1Parser"),
    "xpath-20": ("xpath2", "XPath2Parser"),
    "xpath-30": ("xpath30", "XPath30Parser"),
    "xpath-31": ("xpath31", "XPath31Parser"),
}
VERSIONS: Final = tuple(_PARSERS)
DEFAULT: Final = "xpath-31"

_PREFIX: Final = re.compile(r"([^\W\d][\w.\-]*):(?![:=])")

_MAX_RANGE: Final = 100_000
_RANGE: Final = re.compile(r"(-?\d{1,20})\s+to\s+(-?\d{1,20})")
_STRING: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_INSTALL: Final = "pip install 'pulumi-aws-health-datastores[xpath]'"

_SLIPS: Final = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError)
"""What elementpath raises on some malformed texts instead of an error of its own (``Q{a``)."""


class XPathError(PartError):
    """A text that is not an XPath of its version, or that cannot be evaluated on its subject."""


class XPath(NamedTuple):
    """A parsed XPath.

    Attributes:
        text: The XPath as written.
        version: ``xpath-10``, ``xpath-20``, ``xpath-30`` or ``xpath-31``.
    """

    text: str
    version: str = DEFAULT

    def holds(self, root: _Element) -> bool:
        """Return the effective boolean value of its result (Arazzo 1.1.0, XPath Conditions).

        Raises:
            XPathError: It cannot be evaluated on this document.
        """
        with _guard():
            token, context = self._apply(root)
            return token.boolean_value(token.evaluate(context))

    def select(self, root: _Element) -> list[JSON]:
        """Return what it selects as plain values: elements that hold others as XML text, else their text.

        Raises:
            XPathError: It cannot be evaluated on this document.
        """
        with _guard():
            token, context = self._apply(root)
            return [_plain(each) for each in token.select_results(context)]

    def replace(self, root: _Element, value: str) -> int:
        """Set what it selects to a value: an element's content, an attribute, a text.

        Returns:
            How many nodes were set.

        Raises:
            XPathError: It cannot be evaluated on this document, or selects what cannot be set.
        """
        from elementpath import XPathNode  # noqa: PLC0415 - see require

        wrong = next((each for each in value if not _may_stand(each)), None)
        if wrong is not None:
            raise XPathError(f"the value has the character {wrong!r}, which cannot stand in XML")
        with _guard():
            token, context = self._apply(root)
            nodes = list(token.select(context))
        for node in nodes:
            if not isinstance(node, XPathNode):
                raise XPathError(f"it yields {node!r}, where a place in the payload is wanted")
            _set(node, value)
        return len(nodes)

    def _apply(self, root: _Element) -> tuple[XPathToken, XPathContext]:
        """Return the parsed token and a context; the prefixes are those of the document."""
        from elementpath import XPathContext  # noqa: PLC0415 - see require

        names = {prefix: uri for each in root.iter() for prefix, uri in each.nsmap.items() if prefix}
        if None in root.nsmap and self.version != "xpath-10":
            names[""] = root.nsmap[None]
        token = _parse(self.text, self.version, frozenset(names.items()), get_ident())
        return token, XPathContext(root.getroottree())


def require() -> None:
    """Return where the packages are installed.

    Raises:
        XPathError: They are not.
    """
    try:
        # Here and below: only a document with an XPath needs them, and only this extra has them.
        import elementpath  # noqa: F401, PLC0415
        import lxml.etree  # noqa: F401, PLC0415
    except ImportError as error:
        raise XPathError(f"an XPath needs the extra xpath ({error}): {_INSTALL}") from None


def compile_xpath(text: str, version: str = DEFAULT) -> XPath:
    """Check an XPath; raises XPathError. Prefixes are left open until a document binds them."""
    require()
    if len(text) > MAX_LENGTH:
        raise XPathError(f"it is longer than {MAX_LENGTH} characters")
    prefixes = frozenset((prefix, f"urn:{prefix}") for prefix in _PREFIX.findall(text))
    ranges = (int(last) - int(first) for first, last in _RANGE.findall(_STRING.sub("", text)))
    if prod(max(1, length) for length in ranges) > _MAX_RANGE:
        raise XPathError(f"its ranges have more than {_MAX_RANGE} numbers")
    with _guard():
        _parse(text, version, prefixes, get_ident())
    return XPath(text, version)


@lru_cache(maxsize=256)
def _parse(text: str, version: str, names: frozenset[tuple[str, str]], _thread: int) -> XPathToken:
    """Parse an XPath once per thread: some tokens keep what they are evaluated with."""
    module, name = _PARSERS[version]
    parser: Any = getattr(import_module(f"elementpath.{module}"), name)
    own = {prefix: uri for prefix, uri in names if prefix not in parser.DEFAULT_NAMESPACES}
    token: XPathToken = parser(own).parse(text)
    return token


@contextmanager
def _guard() -> Iterator[None]:
    """Turn what the package raises into XPathError."""
    from elementpath import ElementPathError  # noqa: PLC0415 - see require

    try:
        yield
    except ElementPathError as error:
        raise XPathError(error.message) from None
    except RecursionError:
        raise XPathError("it nests too deeply") from None
    except _SLIPS as error:
        raise XPathError(f"elementpath cannot read it: {error!r}") from None


def _may_stand(character: str) -> bool:
    """Whether it is a character of XML 1.0 (section 2.2)."""
    return (
        " " <= character <= "\ud7ff"
        or "\ue000" <= character <= "\ufffd"
        or character >= "\U00010000"
        or character in "\t\n\r"
    )


def _plain(value: Any) -> JSON:
    """Return a node or an atomic value as JSON."""
    tag = getattr(value, "tag", None)
    if isinstance(tag, str):
        return write_xml(value) if len(value) else value.text or ""
    if isinstance(value, (bool, int, str)):
        return value
    return float(value) if isinstance(value, (float, Decimal)) else str(value)


def _set(node: Any, value: str) -> None:
    match node.node_kind:
        case "attribute":
            node.parent.value.set(node.name, value)
        case "element":
            for child in list(node.value):
                node.value.remove(child)
            node.value.text = value
        case "text":
            before = node.parent.children.index(node) - 1
            if before < 0:
                node.parent.value.text = value
            else:
                node.parent.children[before].value.tail = value
        case other:
            raise XPathError(f"it selects a {other}, where elements, attributes and texts can be set")
