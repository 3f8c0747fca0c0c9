"""What was asked of the emulated services, request by request."""

from __future__ import annotations

import json
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from moto.core.request import Request

from .wire import Route

CAPACITY: Final = 100_000
_NOT_KEPT: Final = frozenset({"Action", "Version", "WebIdentityToken"})
"""What of a form is not a parameter, or is a credential."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request as it came, retries included. Headers, and so credentials, are not kept.

    Attributes:
        number: Counted from 1 since the sandbox started, also over a cleared journal.
        at: The clock's time in seconds since the epoch.
        service: ``healthlake``, ``medical-imaging`` or ``sts``.
        operation: ``CreateFHIRDatastore``, or None where no operation was recognised.
        region: The region it was signed for, or None.
        parameters: The body's members and those in the path and query, as sent.
        attempt: Which attempt of the client's own retries it is, from 1.
        status: The HTTP status of the answer, or None where none was sent.
        code: The error code of the answer, or None.
        fault: The kind of the ordered fault that struck, or None.
    """

    number: int
    at: float
    service: str
    operation: str | None
    region: str | None
    parameters: dict[str, Any]
    attempt: int
    status: int | None
    code: str | None
    fault: str | None


class Journal:
    """The last requests, oldest first; the caller does the locking."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=CAPACITY)
        self._number = 0

    def next_number(self) -> int:
        """Return the number of the next entry."""
        self._number += 1
        return self._number

    def add(self, entry: Entry) -> None:
        """Append an entry."""
        self._entries.append(entry)

    def entries(self, operation: str | None = None) -> list[Entry]:
        """Return the entries, of one operation where it is given."""
        return [entry for entry in self._entries if operation in {None, entry.operation}]

    def counts(self) -> dict[str, int]:
        """Return how many requests there were per operation."""
        return dict(Counter(entry.operation or "unknown" for entry in self._entries))

    def clear(self) -> None:
        """Forget the entries."""
        self._entries.clear()


def sent_parameters(route: Route | None, request: Request, body: bytes) -> dict[str, Any]:
    """Return what the caller sent, readable also where it is wrong."""
    if request.mimetype == "application/x-www-form-urlencoded":
        return {name: value for name, value in parse_qsl(body.decode()) if name not in _NOT_KEPT}
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        parsed = body.decode(errors="replace")
    members = parsed if isinstance(parsed, dict) else {"body": parsed}
    query = {name: values if len(values) > 1 else values[0] for name, values in request.args.lists()}
    return {**(route.path_parameters if route else {}), **query, **members}


def attempt(request: Request) -> int:
    """Return which attempt the client says this is (``amz-sdk-request: attempt=2; max=5``)."""
    header = request.headers.get("amz-sdk-request", "")
    fields = dict(part.strip().partition("=")[::2] for part in header.split(";"))
    number = fields.get("attempt", "")
    return int(number) if number.isdecimal() else 1
