"""Documents as files: what a program knows of one without reading what is in it."""

from __future__ import annotations

import hashlib
from pathlib import Path


def fingerprint(path: Path) -> str | None:
    """Return a hash of a document's text, by which a change of it shows in the preview, or None."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
