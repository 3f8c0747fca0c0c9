"""Where a document's text comes from: a file, or the caller. It may be hostile, so its size is bounded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..errors import Place
from .faults import DocumentError, DocumentFault

MAX_BYTES: Final = 4 * 1024 * 1024
"""The largest document that is read, in bytes of UTF-8."""

TEXT_NAME: Final = "<text>"

_TEXT_START: Final = re.compile(r"\s*(?:\{|arazzo\s*:)")


@dataclass(frozen=True, slots=True)
class SourceText:
    """A document's text. ``name`` is its path as given, or ``<text>`` where there is no ``file``."""

    name: str
    text: str
    file: Path | None = None


def read_source(source: str | Path) -> SourceText:
    """Return a document's text: of a file, or the source itself where it is a text.

    A ``str`` is a text if it has a line break or starts with ``{`` or ``arazzo:``, else a path.

    Raises:
        DocumentError: The file cannot be read, is too large or is not UTF-8.
    """
    if isinstance(source, str) and ("\n" in source or _TEXT_START.match(source)):
        return SourceText(TEXT_NAME, _bounded(source, TEXT_NAME))
    path = Path(source)
    return SourceText(str(source), _decode(_read_bytes(path), str(source)), path)


def _read_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"cannot read the document: {reason[:1].lower()}{reason[1:]}"
        hint = "give the path of an Arazzo document"
        raise DocumentError(
            [DocumentFault("error", "unreadable", message, Place(document=str(path)), hint)]
        ) from error


def _decode(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise limit(f"the document is larger than {MAX_BYTES} bytes", Place(document=name))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"the document is not UTF-8: {error.reason} at byte {error.start}"
        raise DocumentError(
            [DocumentFault("error", "encoding", message, Place(document=name, line=line), "save it as UTF-8")]
        ) from error


def _bounded(text: str, name: str) -> str:
    if len(text) > MAX_BYTES:
        raise limit(f"the document is larger than {MAX_BYTES} characters", Place(document=name))
    try:
        text.encode()
    except UnicodeEncodeError as error:
        message = f"the text cannot be written as UTF-8: {error.reason}"
        raise DocumentError([DocumentFault("error", "encoding", message, Place(document=name))]) from error
    return text.removeprefix("\ufeff")


def limit(message: str, place: Place) -> DocumentError:
    """Return the error for a bound that a text goes over."""
    hint = "a document from a source that you trust can be split into several"
    return DocumentError([DocumentFault("error", "limit", message, place, hint)])
