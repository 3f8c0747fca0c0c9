"""A general interpreter of Arazzo 1.0 and 1.1 documents. It knows neither Pulumi nor AWS nor the time.

``load`` reads a document, ``try_load`` also returns all that is wrong with it, ``run`` runs one of its
workflows with a caller of yours.
"""

from ..timing.pacing import Clock
from .faults import DocumentError, DocumentFault
from .loading import load, try_load
from .model import Document
from .protocol import (
    MISSING,
    Caller,
    ChannelCaller,
    Event,
    Failure,
    Message,
    Operation,
    Request,
    Response,
)
from .runner import Result, run

__all__ = [
    "MISSING",
    "Caller",
    "ChannelCaller",
    "Clock",
    "Document",
    "DocumentError",
    "DocumentFault",
    "Event",
    "Failure",
    "Message",
    "Operation",
    "Request",
    "Response",
    "Result",
    "load",
    "run",
    "try_load",
]
