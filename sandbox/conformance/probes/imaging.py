"""The life of a HealthImaging data store."""

from __future__ import annotations

import uuid
from typing import Any, Final

from ...aws import IMAGING
from ..bench import Bench, Reply

_NAME: Final = "conformance-imaging"


def probe(bench: Bench) -> None:
    """Make two stores of one name, look at them on their way, and delete them."""
    token = uuid.uuid4().hex
    made = bench.create(IMAGING, datastoreName=_NAME, clientToken=token)
    bench.note("imaging-create", made, state=made.body.get("datastoreStatus"))
    bench.note("imaging-create-rate", bench.create(IMAGING, datastoreName=_NAME, hasty=True))
    store = str(made.body["datastoreId"])
    _just_made(bench, store, token)
    _active(bench, store)
    _deleted(bench, store)
    late = bench.create(IMAGING, datastoreName=_NAME, clientToken=token)
    bench.note("imaging-token-after-delete", late, same=late.body.get("datastoreId") == store)


def _just_made(bench: Bench, store: str, token: str) -> None:
    bench.note("imaging-read-after-create", bench.watch(lambda: bench.describe(IMAGING, store).code, "OK"))
    bench.note("imaging-list-after-create", bench.watch(lambda: _listed(bench, store), "listed"))
    bench.note("imaging-tag-while-creating", _tag(bench, store, {"creating": "yes"}))
    again = bench.create(IMAGING, datastoreName=_NAME, clientToken=token)
    bench.note("imaging-same-token", again, same=again.body.get("datastoreId") == store)
    bench.note("imaging-token-of-another", bench.create(IMAGING, datastoreName="other", clientToken=token))
    second = bench.create(IMAGING, datastoreName=_NAME)
    bench.note("imaging-name-twice", second)
    early = str(second.body["datastoreId"])
    bench.watch_store(IMAGING, early, "CREATING", "ACTIVE", "CREATE_FAILED")
    bench.note("imaging-delete-while-creating", bench.delete(IMAGING, early))


def _active(bench: Bench, store: str) -> None:
    bench.note("imaging-creation", bench.watch_store(IMAGING, store, "ACTIVE", "CREATE_FAILED"))
    shown = bench.describe(IMAGING, store)
    bench.note("imaging-lossless-default", shown, format=shown.body.get("losslessStorageFormat"))
    bench.note("imaging-name-in-description", shown, named=shown.body.get("datastoreName") == _NAME)
    _tag(bench, store, {"active": "yes"})
    bench.note("imaging-tags", bench.watch(lambda: _tagged(bench, store, "active"), "tagged"))


def _deleted(bench: Bench, store: str) -> None:
    if bench.target.role is not None:
        condition = {"StringEquals": {"aws:ResourceTag/active": "no"}}
        statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
        bench.note("imaging-resource-tag", bench.allowed(statement).delete(IMAGING, store))
    asked = bench.delete(IMAGING, store)
    bench.note("imaging-delete", asked, state=asked.body.get("datastoreStatus"))
    bench.note("imaging-delete-again", bench.delete(IMAGING, store))
    gone = bench.watch_store(IMAGING, store, "DELETED", "ResourceNotFoundException")
    bench.note("imaging-deletion", gone)
    bench.note("imaging-deleted-read", bench.describe(IMAGING, store))
    bench.note("imaging-deleted-delete", bench.delete(IMAGING, store))
    bench.note("imaging-deleted-listed", listed=_listed(bench, store) == "listed")


def _listed(bench: Bench, store: str) -> str:
    """Return whether any page of the list has a store."""
    token: dict[str, Any] = {}
    while True:
        page = bench.call(IMAGING, "ListDatastores", **token).body
        if any(item["datastoreId"] == store for item in page.get("datastoreSummaries", ())):
            return "listed"
        if not page.get("nextToken"):
            return "not listed"
        token = {"nextToken": page["nextToken"]}


def _arn(bench: Bench, store: str) -> str:
    return str(bench.describe(IMAGING, store).body["datastoreArn"])


def _tag(bench: Bench, store: str, tags: dict[str, str]) -> Reply:
    return bench.call(IMAGING, "TagResource", resourceArn=_arn(bench, store), tags=tags)


def _tagged(bench: Bench, store: str, key: str) -> str:
    tags = bench.call(IMAGING, "ListTagsForResource", resourceArn=_arn(bench, store)).body.get("tags", {})
    return "tagged" if key in tags else "not tagged"
