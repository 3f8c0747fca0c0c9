"""Faults that can be ordered per operation, and when each one strikes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["throttle", "error", "deny", "expire", "hang", "reset", "delay", "lose"]
"""What goes wrong.

throttle: ThrottlingException, with Retry-After where ``retry_after`` is given.
error: InternalServerException (500), or ``status``, ``code`` and ``message`` as given.
deny: AccessDeniedException.
expire: ExpiredTokenException.
hang: no answer for ``seconds``, then the connection closes; the work is not done.
reset: the connection is reset; the work is not done.
delay: the work is done, the answer comes ``seconds`` later.
lose: the work is done, then the connection is reset without an answer.
"""

BEFORE: frozenset[Kind] = frozenset({"throttle", "error", "deny", "expire", "hang", "reset"})
"""The kinds that strike before the work is done, and instead of it."""


@dataclass
class Fault:
    """An order for something to go wrong.

    Attributes:
        operation: ``CreateDatastore``, ``healthlake.TagResource`` where two services have one of that name,
            ``healthlake.*`` or ``*``.
        kind: What goes wrong.
        calls: Which of the matching requests from now on, counted from 1; None for all until cleared. The
            retries that a client makes by itself count.
        seconds: For ``hang`` and ``delay``: how long, in seconds of the caller's own time.
        retry_after: For ``throttle``: seconds in the Retry-After header.
        status, code, message: For ``error``: the answer.
        seen: How many requests have matched.
    """

    operation: str
    kind: Kind
    calls: list[int] | None = field(default_factory=lambda: [1])
    seconds: float = 0.0
    retry_after: float | None = None
    status: int = 500
    code: str = "InternalServerException"
    message: str = ""
    seen: int = 0

    def matches(self, service: str, operation: str) -> bool:
        """Whether it is about this operation."""
        return self.operation in {"*", f"{service}.*", operation, f"{service}.{operation}"}

    def strikes(self) -> bool:
        """Count one matching request and say whether this one is hit."""
        self.seen += 1
        return self.calls is None or self.seen in self.calls

    @property
    def spent(self) -> bool:
        """Whether it can never strike again."""
        return self.calls is not None and self.seen >= max(self.calls, default=0)


def strike(faults: list[Fault], service: str, operation: str) -> Fault | None:
    """Return the first fault that hits this request; every matching one counts it, spent ones are removed."""
    hits = [fault for fault in faults if fault.matches(service, operation) and fault.strikes()]
    faults[:] = [fault for fault in faults if not fault.spent]
    return hits[0] if hits else None
