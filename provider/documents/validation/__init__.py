"""Documents against AWS's models: what would go wrong in a run, found before anything is called.

``check_document`` takes a document without faults of its own (``provider.arazzo.try_load``) and compares its
requests, answers and states with botocore's model of each source's service. It is pure: the models are a
parameter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...arazzo.faults import DocumentError, Ledger, in_order
from . import answers, dialect, requests, spellings, states
from .calls import Models, calls_of

if TYPE_CHECKING:
    from ...arazzo.faults import DocumentFault
    from ...arazzo.model import Document
    from .calls import ServiceCall

__all__ = ["Models", "check_document"]


def check_document(document: Document, models: Models) -> tuple[DocumentFault, ...]:
    """Compare a document, and those that it includes, with the models of the services that it calls.

    Args:
        document: A document without errors of its own.
        models: Where botocore's models come from (the module ``provider.models.services``).

    Returns:
        Everything that was found, in the order of the text: what AWS would refuse and values that are not
        there as errors, states that nobody looks at and failures after which a workflow would go on as
        warnings, dialects as notes.
    """
    ledger = Ledger()
    try:
        for each in _with_included(document, {}).values():
            _check(each, models, ledger)
    except DocumentError as error:
        ledger.faults.extend(error.faults)
    return in_order(ledger.faults)


def _with_included(document: Document, found: dict[str, Document]) -> dict[str, Document]:
    """Return a document and all that it includes by name, each once."""
    if document.name not in found:
        found[document.name] = document
        for source in document.sources:
            if source.document is not None:
                _with_included(source.document, found)
    return found


def _check(document: Document, models: Models, ledger: Ledger) -> None:
    dialect.check_dialect(document, ledger)
    every: list[ServiceCall] = []
    for workflow in document.workflows:
        calls = calls_of(document, workflow, models, ledger)
        every += calls.values()
        for call in calls.values():
            requests.check_requests(call, calls)
            answers.check_answers(call)
            states.check_states(call, calls)
    spellings.check_spellings(document, every, ledger)
