"""What the control endpoint shows of the account; times are the clock's, in seconds since the epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StoreView:
    """A data store of either service, a deleted one too while it is visible."""

    service: str
    region: str
    id: str
    arn: str
    name: str
    status: str
    created: float
    tags: dict[str, str]
    config: dict[str, Any]


@dataclass(frozen=True, slots=True)
class JobView:
    """An export or import job of either service."""

    kind: str
    service: str
    region: str
    id: str
    store_id: str
    status: str
    submitted: float
    config: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Health:
    """That the sandbox runs, and how fast.

    Attributes:
        clock: The clock's time, in seconds since the epoch.
        sandbox: Sandbox time.
        speed: Sandbox seconds in one of the clock.
    """

    clock: float
    sandbox: float
    speed: float
