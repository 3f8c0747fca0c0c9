"""Reading a document and those that it includes: the way in for everyone who has a path or a string."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from . import identities, parse
from .faults import DocumentError, DocumentFault, Ledger, clipped, errors_of, in_order
from .parse.cursor import NodeCursor, Scope
from .parse.targets import ON_CHANNEL
from .source import SourceText, read_source
from .tree import compose

if TYPE_CHECKING:
    from pathlib import Path

    from .faults import Severity
    from .model import Document

MAX_INCLUDES: Final = 8
"""How deep documents may include one another."""
MAX_DOCUMENTS: Final = 32
"""How many documents one may include in all."""


def load(source: str | Path, *, channels: bool = False) -> Document:
    """Read a document (Arazzo 1.0 or 1.1) and every document that its sources of type ``arazzo`` name.

    Args:
        source: A path, or the text itself: a ``str`` with a line break, or that starts with ``{`` or
            ``arazzo:``.
        channels: Whether steps on channels are welcome: the document is only looked at, or a caller for
            channels will run it.

    Raises:
        DocumentError: The document cannot be read or run; ``faults`` holds everything that was found.
    """
    document, faults = try_load(source)
    if not channels and any(fault.code == ON_CHANNEL for fault in faults):
        faults = tuple(
            replace(each, severity="error") if each.code == ON_CHANNEL else each for each in faults
        )
        raise DocumentError(faults)
    if document is None:
        raise DocumentError(faults)
    return document


def try_load(source: str | Path) -> tuple[Document | None, tuple[DocumentFault, ...]]:
    """Read a document as ``load`` does, and return it with everything that was found instead of raising.

    Returns:
        The document, None where it has errors; and its faults, warnings and notes in the order of the text.
    """
    library = _Library()
    try:
        text = read_source(source)
        document = library.document(text, (text.file.resolve(),) if text.file else ())
    except DocumentError as error:
        document = None
        library.ledger.faults.extend(error.faults)
    faults = in_order(library.ledger.faults)
    return (None if errors_of(faults) else document), faults


@dataclass(slots=True)
class _Library:
    """The documents that were read so far, each file once.

    Attributes:
        ledger: The faults of all of them.
        documents: The included ones by file, None for those that cannot be read.
    """

    ledger: Ledger = field(default_factory=Ledger)
    documents: dict[Path, Document | None] = field(default_factory=dict)

    def document(self, text: SourceText, chain: tuple[Path, ...]) -> Document | None:
        """Read a string; ``chain`` are the files that lead to it, its own last."""
        root, faults = compose(text)
        for fault in faults:
            self.ledger.add(fault)
        place = identities.place_of(text.file)
        base = identities.base_of(root, place)

        def include(cursor: NodeCursor, url: str, severity: Severity) -> Document | None:
            if text.file is None:
                message = "a document that is given as a string has no folder in which to look for this one"
                cursor.fault("no-folder", message, "load it from a file", severity=severity)
                return None
            path = identities.find(cursor, url, base, text.file, severity)
            return None if path is None else self._included(cursor, path, chain, severity)

        scope = Scope(text.name, self.ledger, minor=parse.minor_of(root))
        return parse.document(
            NodeCursor(root, "", scope), include, partial(identities.resolve_reference, place)
        )

    def _included(
        self, cursor: NodeCursor, path: Path, chain: tuple[Path, ...], severity: Severity
    ) -> Document | None:
        file = path.resolve()
        if file in chain:
            cursor.fault("endless-sources", "the documents include one another", "remove one of the sources")
            return None
        if not file.is_file():
            hint = "give its path relative to this document's folder"
            message = f"there is no file {clipped(str(path))}"
            cursor.fault("unreadable", message, hint, severity=severity)
            return None
        if len(chain) > MAX_INCLUDES or len(self.documents) >= MAX_DOCUMENTS:
            message = f"documents are included more than {MAX_INCLUDES} deep or {MAX_DOCUMENTS} in all"
            cursor.fault("limit", message, "include fewer")
            return None
        if file not in self.documents:
            self.documents[file] = self._read(path, (*chain, file))
        return self.documents[file]

    def _read(self, path: Path, chain: tuple[Path, ...]) -> Document | None:
        try:
            return self.document(read_source(path), chain)
        except DocumentError as error:
            self.ledger.faults.extend(error.faults)
            return None
