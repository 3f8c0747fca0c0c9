"""Whether a document can be run: sound in itself, and fit for the models of the installed botocore."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..models.shapes import Fault
from .loading import load_once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..arazzo import DocumentFault as Flaw

PROPERTY = "document"


@functools.cache
def document_faults(path: Path) -> tuple[Fault, ...]:
    """Return what makes a document impossible to run, read and checked once per process."""
    return tuple(Fault(PROPERTY, str(flaw)) for flaw in _flaws(path) if flaw.severity == "error")


def request_faults(path: Path, workflow_id: str, inputs: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what AWS would refuse of the requests of a sound document's workflow for its known inputs.

    Args:
        path: The document's file.
        workflow_id: The workflow.
        inputs: Its inputs; those that are not known yet are left out.
    """
    from ..models import services as models  # noqa: PLC0415 - see _flaws
    from .known import with_inputs  # noqa: PLC0415 - see _flaws
    from .validation import check_document  # noqa: PLC0415 - see _flaws

    flaws = check_document(with_inputs(load_once(path), workflow_id, inputs), models)
    return tuple(f"{flaw.message} (step {flaw.place.step})" for flaw in flaws if flaw.severity == "error")


def _flaws(path: Path) -> tuple[Flaw, ...]:
    from ..arazzo import DocumentError  # noqa: PLC0415
    from ..models import services as models  # noqa: PLC0415 - a program's process checks nothing
    from .validation import check_document  # noqa: PLC0415

    try:
        return check_document(load_once(path), models)
    except DocumentError as error:
        return error.faults
