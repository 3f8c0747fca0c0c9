"""Which document a source's url means (Arazzo 1.1.0, Relative References, Identity-Based Referencing).

A relative url is resolved against the document's ``$self``, without one against where it was read from. A
document is found by the URI that it gives itself: among those beside the one that names it, since nothing is
fetched.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urljoin, urlsplit

from .faults import DocumentError, clipped
from .parse import minor_of
from .source import MAX_BYTES, read_source
from .tree import compose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .faults import Severity
    from .parse.cursor import NodeCursor
    from .tree import Node

_SUFFIXES: Final = (".yaml", ".yml", ".json")
_MOST_FILES: Final = 200
"""How many files of a folder are looked at for the document of a URI."""


def place_of(file: Path | None) -> str:
    """Return the URI that a document was read from; empty for a string."""
    return "" if file is None else file.resolve().as_uri()


def base_of(root: Node, place: str) -> str:
    """Return the URI that a document's relative references are resolved against."""
    own = _self_of(root)
    return place if own is None else resolve_reference(place, own)


def resolve_reference(base: str, reference: str) -> str:
    """Resolve a URI reference (RFC 3986, section 5); one that is malformed is returned as it is."""
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference


def _self_of(root: Node) -> str | None:
    node = root.fields.get("$self")
    found = node.value if node is not None and minor_of(root) else None
    return found if isinstance(found, str) and "#" not in found else None


def find(cursor: NodeCursor, url: str, base: str, file: Path, severity: Severity) -> Path | None:
    """Return the file of the document that a source's url means; None, with the fault written down, for none.

    Args:
        cursor: The url in the text.
        url: The url as written.
        base: What it is resolved against.
        file: The file of the document that names it.
        severity: How bad it is that there is none.
    """
    try:
        target, given = urlsplit(urljoin(base, url)), urlsplit(url)
    except ValueError as error:
        cursor.fault("bad-url", f"{clipped(url)} is not a URL: {error}", "give the path of a file")
        return None
    if _is_local(target.scheme, target.netloc):
        return file.parent / unquote(given.path if base == place_of(file) else target.path)
    known = _by_identity(file.parent, target.geturl())
    if known is not None:
        return known
    beside = file.parent / unquote(given.path)
    if not given.scheme and not given.netloc and beside.is_file():
        message = f"the document {clipped(target.geturl())} is found by its place, not by its URI"
        cursor.fault("found-by-place", message, f"give it $self: {target.geturl()}", severity="note")
        return beside
    message = f"the document {clipped(target.geturl())} is not on this machine, and nothing is fetched"
    hint = f"save it beside this document and name its path, or give the copy $self: {target.geturl()}"
    cursor.fault("remote-source", message, hint, severity=severity)
    return None


def _is_local(scheme: str, host: str) -> bool:
    return scheme in ("", "file") and host in ("", "localhost")


def _by_identity(folder: Path, uri: str) -> Path | None:
    """Return the document in a folder that gives itself a URI."""
    return next((path for path in _documents(folder) if _identity(path) == uri), None)


def _documents(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that may be documents with a ``$self``, by name."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)
    for path in paths[:_MOST_FILES]:
        try:
            if path.stat().st_size <= MAX_BYTES and b"$self" in path.read_bytes():
                yield path
        except OSError:
            continue  # what cannot be read is not the document that is looked for


def _identity(path: Path) -> str | None:
    try:
        root, _ = compose(read_source(path))
    except DocumentError:
        return None  # what cannot be read is not the document that is looked for
    own = _self_of(root)
    return None if own is None else resolve_reference(place_of(path), own)
