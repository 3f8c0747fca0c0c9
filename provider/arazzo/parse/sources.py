"""Source Description Objects; those of type ``arazzo`` are read too, from files next to the document only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

from ..faults import clipped
from ..model import Document, SourceDescription, SourceType
from . import schema
from .steps import check_name

if TYPE_CHECKING:
    from ..faults import Severity
    from .cursor import NodeCursor

_NO_URI: Final = re.compile(r"[\s<>\"{}|\\^`\x00-\x1f]|%(?![0-9A-Fa-f]{2})")
"""What no URI has (RFC 3986, section 2)."""

_TYPES: Final[tuple[SourceType, ...]] = ("openapi", "arazzo")
_NEWER_TYPES: Final[tuple[SourceType, ...]] = ("asyncapi",)


class Include(Protocol):
    """Reads the document that a source's url names, relative to the document that names it."""

    def __call__(self, cursor: NodeCursor, url: str, severity: Severity) -> Document | None:
        """Return the document, or None after writing down, this severely, why there is none."""
        ...


def sources(root: NodeCursor, include: Include) -> tuple[SourceDescription, ...]:
    """Read the source descriptions of a document, in order."""
    found: dict[str, SourceDescription] = {}
    for cursor in root.list("sourceDescriptions", filled=True, unique=False):
        parsed = _source(root, cursor, include)
        if parsed is None:
            continue
        if parsed.name in found:
            cursor.fault(
                "duplicate-source", f"the source {clipped(parsed.name)} is defined twice", "rename one"
            )
        found.setdefault(parsed.name, parsed)
    return tuple(found.values())


def _source(root: NodeCursor, cursor: NodeCursor, include: Include) -> SourceDescription | None:
    if not cursor.is_object(schema.SOURCE):
        return None
    name, url = cursor.text("name"), cursor.text("url")
    type_ = cursor.choice("type", _TYPES, _NEWER_TYPES) or "openapi"
    if name is not None:
        check_name(cursor, "name", name, severity="error")
    at, document = cursor.child("url"), None
    if type_ == "arazzo" and at is not None and url is not None:
        document = include(at, url, "error" if _is_used(root, name or "") else "warning")
    return SourceDescription(name or "", url or "", type_, cursor.extensions(), document, cursor.place)


def _is_used(root: NodeCursor, name: str) -> bool:
    """Whether anything in a document refers to a source."""
    prefix = f"$sourceDescriptions.{name}."
    parts = (root.child(each) for each in ("workflows", "components"))
    texts = (leaf.value for part in parts if part for leaf in part.leaves())
    return any(isinstance(text, str) and prefix in text for text in texts)


def self_uri(root: NodeCursor) -> str | None:
    """Return a document's ``$self`` as written (Arazzo 1.1); None where it has none that could be one."""
    text = root.text("$self") if root.scope.minor else None
    cursor = root.child("$self")
    if text is None or cursor is None:
        return None
    if "#" in text:
        cursor.fault("bad-url", "$self has a fragment", "remove the # and what follows it")
        return None
    if not text or _NO_URI.search(text):
        cursor.fault(
            "bad-url", f"{clipped(text)} is not a URI", "write it as https://example.com/flows.arazzo.yaml"
        )
        return None
    return text
