"""A HealthLake data store on its way out, and what is left of it."""

from __future__ import annotations

from ...aws import LAKE
from ..bench import Bench
from .lake_creation import listed


def probe(bench: Bench, store: str) -> None:
    """Delete a store, twice, and look at it afterwards."""
    if bench.state(LAKE, store) == "ACTIVE":  # a deletion while it exported was refused
        asked = bench.delete(LAKE, store)
        bench.note("lake-delete", asked, state=asked.body.get("DatastoreStatus"))
    rename = bench.call(LAKE, "UpdateFHIRDatastore", DatastoreId=store, DatastoreName="late")
    bench.note("lake-update-while-deleting", rename)
    bench.note("lake-delete-again", bench.delete(LAKE, store))
    gone = bench.watch_store(LAKE, store, "DELETED", "ResourceNotFoundException")
    bench.note("lake-deletion", gone)
    bench.note("lake-deleted-read", bench.describe(LAKE, store))
    bench.note("lake-deleted-listed", listed=listed(bench, store) == "listed")
    bench.note("lake-deleted-delete", bench.delete(LAKE, store))
    late = bench.call(LAKE, "UpdateFHIRDatastore", DatastoreId=store, DatastoreName="later")
    bench.note("lake-deleted-update", late)
