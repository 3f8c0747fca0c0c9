"""The life of a HealthLake data store: made, changed, exported, deleted."""

from __future__ import annotations

from ..bench import Bench
from . import lake_changes, lake_creation, lake_deletion, lake_export


def probe(bench: Bench) -> None:
    """Take one store through its life, and a second one through its creation only."""
    store = lake_creation.probe(bench)
    lake_changes.probe(bench, store)
    if bench.target.export is not None:
        lake_export.probe(bench, store, bench.target.export)
    lake_deletion.probe(bench, store)
