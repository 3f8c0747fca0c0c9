"""HealthLake data stores that AWS may or may not make: each one that it makes takes half an hour."""

from __future__ import annotations

from typing import Any, Final

from ...aws import LAKE
from ..bench import Bench, Reply

_KEY: Final = "alias/conformance"


def probe(bench: Bench) -> None:
    """Ask for one store after the other, and look at those that are made."""
    bench.note("lake-key-missing", _create(bench, **_sse(CmkType="CUSTOMER_MANAGED_KMS_KEY")))
    bench.note("lake-key-superfluous", _create(bench, **_sse(CmkType="AWS_OWNED_KMS_KEY", KmsKeyId=_KEY)))
    bench.note("lake-created-disabled", _create(bench, AnalyticsConfiguration={"Status": "DISABLED"}))
    paused = _create(bench, AnalyticsConfiguration={"Status": "PAUSED"})
    bench.note(
        "lake-created-paused", paused, analytics=_shown(bench, paused, "AnalyticsConfiguration", "Status")
    )
    if bench.target.export is not None:
        key = bench.target.export.key_id
        made = _create(bench, **_sse(CmkType="CUSTOMER_MANAGED_KMS_KEY", KmsKeyId=key))
        echoed = str(_shown(bench, made, "SseConfiguration", "KmsEncryptionConfig", "KmsKeyId"))
        bench.note("lake-key-shown", made, same=echoed == key, arn=echoed.startswith("arn:"))


def _sse(**config: str) -> dict[str, Any]:
    return {"SseConfiguration": {"KmsEncryptionConfig": config}}


def _create(bench: Bench, **parameters: Any) -> Reply:
    return bench.create(LAKE, DatastoreName="conformance-creations", **parameters)


def _shown(bench: Bench, made: Reply, *path: str) -> Any:
    """Return what a store shows once it is ACTIVE, or None where it was not made."""
    if not made.ok:
        return None
    store = str(made.body["DatastoreId"])
    bench.watch_store(LAKE, store, "ACTIVE", "CREATE_FAILED")
    shown: Any = bench.describe(LAKE, store).body
    for name in path:
        shown = (shown or {}).get(name)
    return shown
