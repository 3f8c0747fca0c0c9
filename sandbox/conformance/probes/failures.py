"""Creations and deletions that fail: what AWS says of them, and what can be done with what is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...aws import IMAGING, LAKE
from ..account import Export
from ..bench import LAG, Bench, Facts
from ..target import missing_key

_KEY: Final = ("kms:DescribeKey", "kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt")
_IMAGING_KEY: Final = (*_KEY, "kms:RetireGrant", "kms:ReEncrypt*")
_ENDS: Final = ("ACTIVE", "CREATE_FAILED")
_NAME: Final = "conformance-failures"


def probe(bench: Bench) -> None:
    """Make stores whose key cannot be used, look at them, and delete them; then fail a deletion."""
    account = bench.target.account
    failed = _made(bench, LAKE, missing_key(account.region, account.id))
    _missing(bench, failed)
    _elsewhere(bench)
    if bench.target.role is None:
        return
    if bench.target.export is not None:
        _lake_keys(bench, bench.target.export)
        _imaging_keys(bench, bench.target.export)
    _database(bench)


def _made(bench: Bench, service: str, key: str) -> str | None:
    """Ask for a store with a key; return its id, or None where that is refused at once."""
    if service == LAKE:
        sse = {"KmsEncryptionConfig": {"CmkType": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": key}}
        return _id(bench.create(LAKE, DatastoreName=_NAME, SseConfiguration=sse).body, "DatastoreId")
    return _id(bench.create(IMAGING, datastoreName=_NAME, kmsKeyArn=key).body, "datastoreId")


def _id(body: Mapping[str, Any], member: str) -> str | None:
    return None if member not in body else str(body[member])


def _cause(bench: Bench, store: str) -> dict[str, Any]:
    found: dict[str, Any] = bench.describe(LAKE, store).body.get("ErrorCause", {})
    return found


def _missing(bench: Bench, store: str | None) -> None:
    """A store whose key does not exist, on its way to CREATE_FAILED and afterwards."""
    if store is None:
        bench.note("lake-key-unknown", refused=True)
        return
    way = bench.watch_store(LAKE, store, *_ENDS)
    cause = _cause(bench, store)
    bench.note("lake-key-unknown", way, refused=False)
    bench.note(
        "lake-failed-cause", told=bool(cause.get("ErrorMessage")), category=cause.get("ErrorCategory", "")
    )
    rename = bench.call(LAKE, "UpdateFHIRDatastore", DatastoreId=store, DatastoreName="failed")
    bench.note("lake-failed-update", rename)
    asked = bench.delete(LAKE, store)
    bench.note("lake-failed-delete", asked, state=asked.body.get("DatastoreStatus"))


def _elsewhere(bench: Bench) -> None:
    """Make stores with a key of another region."""
    account = bench.target.account
    region = next(each for each in ("us-east-1", "us-west-2") if each != account.region)
    for service, belief in ((LAKE, "lake-key-elsewhere"), (IMAGING, "imaging-key-elsewhere")):
        store = _made(bench, service, missing_key(region, account.id))
        if store is None:
            bench.note(belief, refused=True)
        else:
            bench.note(belief, bench.watch_store(service, store, *_ENDS), refused=False)


def _lake_keys(bench: Bench, export: Export) -> None:
    made = {action: _made(bench.lacking(action), LAKE, export.key_id) for action in _KEY}
    ended = _ended(bench, LAKE, made)
    told = [
        action
        for action, store in made.items()
        if store and action in _cause(bench, store).get("ErrorMessage", "")
    ]
    bench.note("lake-key-actions", **_failed(ended), told=sorted(told))


def _imaging_keys(bench: Bench, export: Export) -> None:
    account = bench.target.account
    key = export.key_id
    if not key.startswith("arn:"):
        key = f"arn:aws:kms:{account.region}:{account.id}:{key if '/' in key else f'key/{key}'}"
    made = {action: _made(bench.lacking(action), IMAGING, key) for action in _IMAGING_KEY}
    ended = _ended(bench, IMAGING, made)
    bench.note("imaging-key-actions", **_failed(ended))
    failed = [store for action, store in made.items() if ended[action] == "CREATE_FAILED" and store]
    if failed:
        shown = bench.describe(IMAGING, failed[0]).body
        bench.note(
            "imaging-failed-cause",
            told=any("error" in name.lower() or "cause" in name.lower() for name in shown),
        )
        asked = bench.delete(IMAGING, failed[0])
        bench.note("imaging-failed-delete", asked, state=asked.body.get("datastoreStatus"))


def _ended(bench: Bench, service: str, made: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return what each store comes to; None for one that was refused at once."""
    return {
        action: store and bench.watch_store(service, store, *_ENDS).states[-1]
        for action, store in made.items()
    }


def _failed(ended: Mapping[str, str | None]) -> Facts:
    """Return without which actions a store failed, and without which it was refused at once."""
    return {
        "failed": sorted(action for action, state in ended.items() if state == "CREATE_FAILED"),
        "refused": sorted(action for action, state in ended.items() if state is None),
    }


def _database(bench: Bench) -> None:
    """Delete a store without the permission to delete its database."""
    store = str(bench.create(LAKE, DatastoreName=_NAME).body["DatastoreId"])
    bench.watch_store(LAKE, store, *_ENDS)
    asked = bench.lacking("glue:DeleteDatabase").delete(LAKE, store)
    if not asked.ok:
        bench.note("lake-delete-database", asked)
        return
    bench.target.account.sleep(LAG)
    way = bench.watch_store(LAKE, store, *_ENDS, "UPDATE_FAILED", "DELETED", "ResourceNotFoundException")
    told = "glue:DeleteDatabase" in _cause(bench, store).get("ErrorMessage", "")
    bench.note("lake-delete-database", asked, **way.facts, told=told)
    again = bench.delete(LAKE, store)
    bench.note("lake-delete-after-failure", again, state=again.body.get("DatastoreStatus"))
