"""AWS's partitions (``aws``, ``aws-us-gov``, ``aws-cn``, ...), as botocore's own data tells them."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

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
def _partitions() -> Sequence[Any]:
    found: Sequence[Any] = models.loader().load_data("partitions")["partitions"]
    return found
