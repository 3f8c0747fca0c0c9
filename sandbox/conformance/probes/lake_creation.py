"""A HealthLake data store on its way to ACTIVE, and what it is then."""

from __future__ import annotations

import uuid
from typing import Any, Final

from ...aws import LAKE
from ..bench import Bench

NAME: Final = "conformance-lake"


def probe(bench: Bench) -> str:
    """Make a store, try on it what must wait, make a second one to be deleted too early; return the first."""
    token = uuid.uuid4().hex
    made = bench.create(LAKE, DatastoreName=NAME, ClientToken=token)
    store = str(made.body["DatastoreId"])
    arn = made.body["DatastoreArn"].endswith(f":datastore/fhir/{store}")
    bench.note("lake-create", made, state=made.body["DatastoreStatus"], fhir_arn=arn)
    bench.note("lake-create-rate", bench.create(LAKE, DatastoreName=NAME, hasty=True))
    bench.note("lake-read-after-create", bench.watch(lambda: bench.describe(LAKE, store).code, "OK"))
    bench.note("lake-list-after-create", bench.watch(lambda: listed(bench, store), "listed"))
    _too_early(bench, store)
    _tokens(bench, store, token)
    second = bench.create(LAKE, DatastoreName=NAME)
    bench.note("lake-name-twice", second)
    early = str(second.body["DatastoreId"])
    bench.watch_store(LAKE, early, "CREATING", "ACTIVE", "CREATE_FAILED")
    bench.note("lake-delete-while-creating", bench.delete(LAKE, early))
    bench.note("lake-creation", bench.watch_store(LAKE, store, "ACTIVE", "CREATE_FAILED"))
    _defaults(bench, store)
    return store


def _too_early(bench: Bench, store: str) -> None:
    rename = bench.call(LAKE, "UpdateFHIRDatastore", DatastoreId=store, DatastoreName="early")
    bench.note("lake-update-while-creating", rename)
    arn = bench.describe(LAKE, store).body["DatastoreArn"]
    tags = [{"Key": "creating", "Value": "yes"}]
    bench.note("lake-tag-while-creating", bench.call(LAKE, "TagResource", ResourceARN=arn, Tags=tags))
    if bench.target.export is not None:
        early = bench.call(LAKE, "StartFHIRExportJob", **bench.target.export.parameters(store))
        bench.note("lake-export-while-creating", early)


def _tokens(bench: Bench, store: str, token: str) -> None:
    again = bench.create(LAKE, DatastoreName=NAME, ClientToken=token)
    bench.note("lake-same-token", again, same=again.body.get("DatastoreId") == store)
    other = bench.create(LAKE, DatastoreName="other", ClientToken=token)
    bench.note("lake-token-of-another", other, same=other.body.get("DatastoreId") == store)


def _defaults(bench: Bench, store: str) -> None:
    reply = bench.describe(LAKE, store)
    shown = reply.body
    key = shown.get("SseConfiguration", {}).get("KmsEncryptionConfig", {}).get("CmkType")
    identity = shown.get("IdentityProviderConfiguration", {}).get("AuthorizationStrategy")
    bench.note("lake-default-key", reply, type=key)
    bench.note("lake-default-identity", reply, strategy=identity)
    analytics = shown.get("AnalyticsConfiguration", {}).get("Status")
    bench.note("lake-default-analytics", reply, analytics=analytics)
    bench.note("lake-default-nlp", reply, nlp=shown.get("NlpConfiguration", {}).get("Status"))


def listed(bench: Bench, store: str) -> str:
    """Return whether the list of stores with that store's name has it."""
    name = bench.describe(LAKE, store).body.get("DatastoreName", NAME)
    token: dict[str, Any] = {}
    while True:
        page = bench.call(LAKE, "ListFHIRDatastores", Filter={"DatastoreName": name}, **token).body
        if any(item["DatastoreId"] == store for item in page.get("DatastorePropertiesList", ())):
            return "listed"
        if not page.get("NextToken"):
            return "not listed"
        token = {"NextToken": page["NextToken"]}
