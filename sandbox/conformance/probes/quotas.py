"""How many stores an account may have, and how the next one is refused."""

from __future__ import annotations

from typing import Any, Final

from ...aws import IMAGING, LAKE
from ..bench import Bench, Reply

_DEFAULT: Final = 10


def imaging(bench: Bench) -> None:
    """Make HealthImaging stores until one is refused."""
    refused = _until_refused(bench, IMAGING)
    bench.note("imaging-quota", refused, refused=not refused.ok)


def lake(bench: Bench) -> None:
    """Make HealthLake stores until one is refused."""
    refused = _until_refused(bench, LAKE)
    bench.note("lake-quota", refused, refused=not refused.ok)


def _until_refused(bench: Bench, service: str) -> Reply:
    """Return the first refusal, or the last answer where even one above the default quota is made."""
    name: dict[str, Any] = {"DatastoreName" if service == LAKE else "datastoreName": "conformance-quota"}
    for _ in range(_DEFAULT):
        reply = bench.create(service, **name)
        if not reply.ok:
            return reply
    return bench.create(service, **name)
