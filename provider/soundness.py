"""Whether a document can be run: sound in itself, and fit for the models of the installed botocore."""

from __future__ import annotations

import functools
from pathlib import Path

from provider.session import load
from provider.shapes import Fault

PROPERTY = "document"


@functools.cache
def document_faults(path: Path) -> tuple[Fault, ...]:
    """Return what makes a document impossible to run, read and checked once per process."""
    from provider import models  # noqa: PLC0415 - a program's process checks nothing
    from provider.arazzo import DocumentError  # noqa: PLC0415
    from provider.validation import check_document  # noqa: PLC0415

    try:
        found = check_document(load(path), models)
    except DocumentError as error:
        found = error.faults
    return tuple(Fault(PROPERTY, str(fault)) for fault in found if fault.severity == "error")
