"""The probes: each does something to data stores and notes, belief by belief, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ..bench import Bench
from . import failures, image_sets, imaging, lake, lake_creations, permissions, quotas, refusals


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe.

    Attributes:
        run: Does it.
        lake: How many HealthLake stores it makes, as far as AWS does what is believed.
        imaging: How many HealthImaging stores.
        minutes: How long it takes in AWS.
        on_demand: Whether a run against AWS leaves it out unless it is named.
    """

    run: Callable[[Bench], None]
    lake: int = 0
    imaging: int = 0
    minutes: int = 1
    on_demand: bool = False


PROBES: Final[Mapping[str, Probe]] = {
    "refusals": Probe(refusals.probe),
    "permissions": Probe(permissions.probe, minutes=2),
    "imaging": Probe(imaging.probe, imaging=2, minutes=8),
    "image-sets": Probe(image_sets.probe, imaging=1, minutes=10),
    "lake": Probe(lake.probe, lake=2, minutes=65),
    "lake-creations": Probe(lake_creations.probe, lake=5, minutes=90, on_demand=True),
    "failures": Probe(failures.probe, lake=7, imaging=7, minutes=100, on_demand=True),
    "imaging-quota": Probe(quotas.imaging, imaging=11, minutes=15, on_demand=True),
    "lake-quota": Probe(quotas.lake, lake=11, minutes=120, on_demand=True),
}
"""All probes, in the order in which they run."""
