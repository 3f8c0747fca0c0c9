"""The table: every kind that this package knows, by name; one module per service has its rows.

To add a resource is to write documents, in ``provider/documents``, and one row.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
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
    "register",
]

_ROWS: Final = {row.name: row for row in (HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE, HEALTHLAKE_EXPORT)}

KINDS: Final[Mapping[str, Row]] = MappingProxyType(_ROWS)

RATES: Final[Mapping[tuple[str, str], float]] = {
    operation: seconds for row in KINDS.values() for operation, seconds in row.rates.items()
}
"""The seconds between two calls that AWS lets through seldom, whoever sends them."""

ACCESS: Final[tuple[Access, ...]] = tuple({row.access.prefix: row.access for row in KINDS.values()}.values())
"""What IAM has to know of their services."""


def register(row: Row) -> None:
    """Add a kind of another package's.

    This package's own rows are checked by its tests, not by each process that starts.

    Raises:
        RowError: The row does not fit its documents or the service's model.
    """
    from .row_check import check_row  # noqa: PLC0415 - botocore is for those who check or call

    check_row(row)
    _ROWS[row.name] = row
