"""What the two services allow and how long things take: AWS's published figures, as data.

Sources: "AWS HealthImaging throttling limits" and "AWS HealthLake endpoints and quotas" (AWS documentation).
Durations are seconds of sandbox time, measured by users in the field or named in the documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ACTIVE_STORES: Final = 10


@dataclass(frozen=True, slots=True)
class Rate:
    """A throttle: ``per_second`` requests on average, at most ``burst`` at once."""

    per_second: float
    burst: int


_EVERY_MINUTE: Final = Rate(1 / 60, 1)
_EVERY_12_SECONDS: Final = Rate(1 / 12, 1)
_EVERY_4_SECONDS: Final = Rate(1 / 4, 1)

_OTHERS: Final = Rate(10, 20)

RATES: Final[Mapping[str, Mapping[str, Rate]]] = {
    "medical-imaging": {
        "CreateDatastore": _EVERY_12_SECONDS,
        "DeleteDatastore": _EVERY_12_SECONDS,
        "ListDatastores": Rate(5, 10),
        "StartDICOMImportJob": Rate(1, 2),
        "GetDICOMImportJob": Rate(25, 50),
        "SearchImageSets": Rate(25, 50),
        "GetImageSet": Rate(25, 50),
        "DeleteImageSet": _EVERY_4_SECONDS,
        "*": Rate(10, 20),
    },
    "iam": {"*": Rate(20, 20)},
    "sts": {"*": Rate(600, 600)},
    "resourcegroupstaggingapi": {"*": Rate(15, 15)},
    "healthlake": {
        "CreateFHIRDatastore": _EVERY_MINUTE,
        "DeleteFHIRDatastore": _EVERY_MINUTE,
        "StartFHIRExportJob": _EVERY_MINUTE,
        "StartFHIRImportJob": _EVERY_MINUTE,
        "*": Rate(10, 10),
    },
}


def rate_of(service: str, operation: str) -> Rate:
    """Return the rate of an operation, or of all the others of its service."""
    rates = RATES.get(service, {})
    return rates.get(operation) or rates.get("*", _OTHERS)


@dataclass
class Bucket:
    """A token bucket: how many requests it holds, and since when."""

    level: float
    at: float

    def take(self, now: float, rate: Rate) -> bool:
        """Take one request out at ``now``; False where there is none."""
        self.level = min(rate.burst, self.level + (now - self.at) * rate.per_second)
        self.at = now
        if self.level < 1 - 1e-9:
            return False
        self.level -= 1
        return True


@dataclass
class Settings:
    """What can be set while the sandbox runs; durations are seconds of sandbox time.

    Attributes:
        stores: Active stores of each service allowed in a region; adjustable.
        throttled: Whether the rates are enforced.
        page_size: Items on a page of a list call that names no maximum; AWS names none either.
        tagging_lag: How long a new store is not in the index of the Resource Groups Tagging API.
        deleted_visible: How long a deleted store can still be read.
        lag: How far reads lag behind writes; see ``sandbox.aws.past``.
    """

    stores: int = ACTIVE_STORES
    throttled: bool = True
    page_size: int = 10
    imaging_create: float = 120.0
    imaging_delete: float = 60.0
    imaging_import: float = 120.0
    image_set_delete: float = 5.0
    image_set_change: float = 5.0
    lake_create: float = 20 * 60.0
    lake_delete: float = 5 * 60.0
    lake_update: float = 5 * 60.0
    job_submitted: float = 5.0
    job_queued: float = 5.0
    export: float = 80.0
    fhir_import: float = 120.0
    tagging_lag: float = 60.0
    deleted_visible: float = 7 * 24 * 3600.0
    lag: float = 0.0
