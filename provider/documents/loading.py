"""Documents as files, parsed once per process."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..arazzo import Document


@functools.cache
def load_once(path: Path) -> Document:
    """Return a document.

    Raises:
        DocumentError: It has faults.
    """
    from .. import arazzo  # noqa: PLC0415 - a program's process reads no document

    return arazzo.load(path)
