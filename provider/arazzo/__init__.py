"""A general interpreter of Arazzo 1.0 and 1.1 documents. It knows neither Pulumi nor AWS nor the time.

``load`` reads a document, ``check`` reads it with everything that is wrong with it, ``run`` runs one of its
workflows with a caller of yours.
"""

from .faults import DocumentError, Fault
from .loading import check, load
from .model import Document
from .protocol import (
    MISSING,
    Caller,
    ChannelCaller,
    Clock,
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
    "Event",
    "Failure",
    "Fault",
    "Message",
    "Operation",
    "Request",
    "Response",
    "Result",
    "check",
    "load",
    "run",
]
