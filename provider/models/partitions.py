"""AWS's partitions (``aws``, ``aws-us-gov``, ``aws-cn``, ...), as botocore's own data tells them."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any, Final

from . import services as models


def partition(region: str) -> str | None:
    """Return the partition of a region (``aws`` for ``eu-west-1``), or None where none is like it."""
    for each in _partitions():
        if region in each["regions"] or re.match(each["regionRegex"], region):
            return str(each["id"])
    return None


@functools.cache
def domains() -> tuple[str, ...]:
    """Return the domains of AWS's own endpoints (``amazonaws.com``)."""
    outputs = [each["outputs"] for each in _partitions()]
    return tuple(each[name] for each in outputs for name in ("dnsSuffix", "dualStackDnsSuffix"))


@functools.cache
def regions_of(service: str) -> tuple[str, ...]:
    """Return the regions in which a service is known to exist; empty where that is not known.

    Args:
        service: botocore's name of the service (``medical-imaging``).
    """
    endpoints = models.loader().load_data("endpoints")["partitions"]
    found = [each["services"].get(service, {}).get("endpoints", ()) for each in endpoints]
    listed = sorted(region for regions in found for region in regions)
    return tuple(listed) or _DOCUMENTED.get(service, ())


_DOCUMENTED: Final = {
    "medical-imaging": ("ap-southeast-2", "eu-west-1", "eu-west-2", "us-east-1", "us-west-2"),
}
"""The regions of services for which botocore has none (AWS General Reference, "HealthImaging endpoints")."""


@functools.cache
def _partitions() -> Sequence[Any]:
    found: Sequence[Any] = models.loader().load_data("partitions")["partitions"]
    return found
