"""The table: every kind that this package knows, by name; one module per service has its rows.

To add a resource is to write documents, in ``provider/documents``, and one row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..documents.access import Access
from .healthimaging import HEALTH_IMAGING_DATASTORE
from .healthlake import HEALTHLAKE_DATASTORE, HEALTHLAKE_EXPORT
from .row import Row

__all__ = [
    "ACCESS",
    "HEALTHLAKE_DATASTORE",
    "HEALTHLAKE_EXPORT",
    "HEALTH_IMAGING_DATASTORE",
    "KINDS",
    "RATES",
]

KINDS: Final[Mapping[str, Row]] = {
    row.name: row for row in (HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE, HEALTHLAKE_EXPORT)
}

RATES: Final[Mapping[tuple[str, str], float]] = {
    operation: seconds for row in KINDS.values() for operation, seconds in row.rates.items()
}
"""The seconds between two calls that AWS lets through seldom, whoever sends them."""

ACCESS: Final[tuple[Access, ...]] = tuple({row.access.prefix: row.access for row in KINDS.values()}.values())
"""What IAM has to know of their services."""
