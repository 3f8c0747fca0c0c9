"""What an ACTIVE HealthLake data store lets itself be changed to, and how."""

from __future__ import annotations

import json
from typing import Any, Final

from ...aws import LAKE
from ..bench import LAG, Bench, Facts, Reply

_SMART: Final = {
    "authorization_endpoint": "https://idp.example.com/authorize",
    "token_endpoint": "https://idp.example.com/token",
    "grant_types_supported": ["authorization_code", "client_credentials"],
    "capabilities": ["launch-standalone"],
    "code_challenge_methods_supported": ["S256"],
}
_AWS_AUTH: Final = {"AuthorizationStrategy": "AWS_AUTH"}


def probe(bench: Bench, store: str) -> None:
    """Change what can be changed, and try what perhaps cannot."""
    _name(bench, store)
    _tags(bench, store)
    _switches(bench, store)
    _backup(bench, store)
    _identity(bench, store)


def _update(bench: Bench, store: str, **changes: Any) -> Reply:
    return bench.call(LAKE, "UpdateFHIRDatastore", DatastoreId=store, **changes)


def _settle(bench: Bench, store: str) -> Facts:
    """Wait until no update is under way; return the way there."""
    bench.target.account.sleep(LAG)
    return bench.watch_store(LAKE, store, "ACTIVE", "UPDATE_FAILED").facts


def _status(bench: Bench, store: str, member: str) -> Any:
    return bench.describe(LAKE, store).body.get(member, {}).get("Status")


def _name(bench: Bench, store: str) -> None:
    reply = _update(bench, store, DatastoreName="conformance-renamed")
    state = reply.body.get("DatastoreProperties", {}).get("DatastoreStatus")
    bench.note("lake-rename", reply, state=state)

    def name() -> str:
        return str(bench.describe(LAKE, store).body.get("DatastoreName"))

    bench.note("lake-rename-shows", bench.watch(name, "conformance-renamed"))
    bench.note("lake-update-nothing", _update(bench, store))


def _tags(bench: Bench, store: str) -> None:
    arn = str(bench.describe(LAKE, store).body["DatastoreArn"])
    bench.call(LAKE, "TagResource", ResourceARN=arn, Tags=[{"Key": "active", "Value": "yes"}])

    def tagged() -> str:
        listed = bench.call(LAKE, "ListTagsForResource", ResourceARN=arn).body.get("Tags", ())
        return "tagged" if any(tag["Key"] == "active" for tag in listed) else "not tagged"

    bench.note("lake-tags", bench.watch(tagged, "tagged"))


def _switches(bench: Bench, store: str) -> None:
    asked = _update(bench, store, AnalyticsConfiguration={"Status": "PAUSED"})
    bench.note("lake-update-while-updating", _update(bench, store, NlpConfiguration={"Status": "ENABLED"}))
    way = _settle(bench, store)
    ended = _status(bench, store, "AnalyticsConfiguration")
    bench.note("lake-analytics-pause", asked, **way, analytics=ended)
    bench.note(
        "lake-analytics-enabling", _update(bench, store, AnalyticsConfiguration={"Status": "ENABLING"})
    )
    bench.note(
        "lake-analytics-disabled", _update(bench, store, AnalyticsConfiguration={"Status": "DISABLED"})
    )
    _settle(bench, store)
    asked = _update(bench, store, NlpConfiguration={"Status": "ENABLED"})
    way = _settle(bench, store)
    bench.note("lake-nlp", asked, **way, nlp=_status(bench, store, "NlpConfiguration"))


def _backup(bench: Bench, store: str) -> None:
    asked = _update(bench, store, BackupConfiguration={"Status": "ENABLED", "RetentionPeriodInDays": 1})
    bench.note("lake-backup", asked, **_settle(bench, store))
    off = {"Status": "DISABLED", "RetentionPeriodInDays": 1}
    bench.note("lake-backup-retention-off", _update(bench, store, BackupConfiguration=off))
    _settle(bench, store)


def _identity(bench: Bench, store: str) -> None:
    account = bench.target.account
    function = f"arn:aws:lambda:{account.region}:{account.id}:function:conformance-authorizer"
    smart = {"AuthorizationStrategy": "SMART_ON_FHIR", "IdpLambdaArn": function}

    def tried(**identity: Any) -> Reply:
        reply = _update(bench, store, IdentityProviderConfiguration=identity)
        if reply.ok:
            _settle(bench, store)
        return reply

    def with_metadata(**changes: Any) -> Reply:
        return tried(**smart, Metadata=json.dumps({**_SMART, **changes}))

    bench.note("lake-identity", with_metadata())
    more = [*_SMART["grant_types_supported"], "implicit"]
    bench.note("lake-smart-more-grants", with_metadata(grant_types_supported=more))
    bench.note("lake-smart-plain-challenge", with_metadata(code_challenge_methods_supported=["plain"]))
    bench.note("lake-smart-no-json", tried(**smart, Metadata="{"))
    bench.note("lake-smart-no-metadata", tried(**smart))
    no_function = {"AuthorizationStrategy": "SMART_ON_FHIR", "Metadata": json.dumps(_SMART)}
    bench.note("lake-smart-no-function", tried(**no_function))
    bench.note("lake-auth-with-metadata", tried(**_AWS_AUTH, Metadata=json.dumps(_SMART)))
    tried(**_AWS_AUTH)
