"""Source Description Objects; those of type ``arazzo`` are read too, from files next to the document only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, Protocol
from urllib.parse import unquote, urlsplit

from ..faults import clipped
from ..model import Document, SourceDescription
from . import schema
from .steps import check_name

if TYPE_CHECKING:
    from .cursor import Cursor

_TYPES: Final[tuple[Literal["openapi", "arazzo"], ...]] = ("openapi", "arazzo")


class Include(Protocol):
    """Reads the document that a source's url names, relative to the document that names it."""

    def __call__(self, cursor: Cursor, url: str) -> Document | None:
        """Return the document, or None after writing down why there is none."""
        ...


def sources(root: Cursor, include: Include) -> tuple[SourceDescription, ...]:
    """Read the source descriptions of a document, in order."""
    found: dict[str, SourceDescription] = {}
    for cursor in root.list("sourceDescriptions", filled=True):
        parsed = _source(cursor, include)
        if parsed is None:
            continue
        if parsed.name in found:
            cursor.fault(
                "duplicate-source", f"the source {clipped(parsed.name)} is there twice", "rename one"
            )
        found.setdefault(parsed.name, parsed)
    return tuple(found.values())


def _source(cursor: Cursor, include: Include) -> SourceDescription | None:
    if not cursor.is_object(schema.SOURCE):
        return None
    name, url, type_ = cursor.text("name"), cursor.text("url"), cursor.choice("type", _TYPES) or "openapi"
    if name is not None:
        check_name(cursor, "name", name)
    at = cursor.child("url")
    document = include(at, url) if type_ == "arazzo" and at is not None and url is not None else None
    return SourceDescription(name or "", url or "", type_, cursor.extensions(), document, cursor.place)


def local_path(cursor: Cursor, url: str) -> str | None:
    """Return the path of a url that names a local file; None, with the fault written down, for any other."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        cursor.fault("bad-url", f"{clipped(url)} is no URL: {error}", "give the path of a file")
        return None
    if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
        message = f"the document {clipped(url)} is not on this machine, and nothing is fetched"
        cursor.fault("remote-source", message, "save it beside this document and name its path")
        return None
    return unquote(parts.path)
