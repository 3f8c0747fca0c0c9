from __future__ import annotations

import json
import math
import socket
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from sandbox.aws import Control, Sandbox
from sandbox.errors import CommandError


def raw(cloud: Sandbox, *headers: str, path: str = "/_sandbox/health", body: str = "{}") -> str:
    """The first line that the sandbox answers."""
    address = urlsplit(cloud.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
        connection.sendall("\r\n".join([f"POST {path} HTTP/1.1", *headers, "", body]).encode())
        return connection.makefile().readline().strip()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (["Host: 127.0.0.1:1", "Content-Length: 2"], "200"),
        (["Host: localhost", "Content-Length: 2"], "200"),
        (["Host: [::1]:80", "Content-Length: 2"], "200"),
        (["Host: rebound.example.com", "Content-Length: 2"], "403"),
        (["Host: [broken", "Content-Length: 2"], "403"),
        (["Host: 127.0.0.1", "Origin: https://example.com", "Content-Length: 2"], "403"),
        (["Host: 127.0.0.1", "Origin: null", "Content-Length: 2"], "403"),
        (["Host: 127.0.0.1", "Content-Length: many"], "400"),
        (["Host: 127.0.0.1", "Content-Length: -1"], "400"),
        (["Host: 127.0.0.1", f"Content-Length: {10**30}"], "400"),
    ],
)
def test_orders_of_web_pages_and_impossible_lengths_are_refused(
    cloud: Sandbox, headers: list[str], status: str
) -> None:
    assert raw(cloud, *headers).split()[1] == status


@pytest.mark.parametrize("seconds", [math.inf, math.nan, -1.0, 1e300])
def test_time_can_be_turned_by_real_amounts_only(cloud: Sandbox, seconds: float) -> None:
    with pytest.raises(CommandError, match="seconds must be from 0 to"):
        cloud.advance(seconds)
    assert (
        raw(
            cloud, "Host: 127.0.0.1", "Content-Length: 17", path="/_sandbox/advance", body='{"seconds":1e400}'
        ).split()[1]
        == "400"
    )


def test_the_journal_tells_what_was_asked(cloud: Sandbox, lake: Any, refused: Callable[..., Any]) -> None:
    lake.create_fhir_datastore(DatastoreTypeVersion="R4", DatastoreName="a", ClientToken="t")
    refused(lake.create_fhir_datastore, DatastoreTypeVersion="R4")
    first, second = cloud.journal("CreateFHIRDatastore")
    assert first.parameters == {"DatastoreTypeVersion": "R4", "DatastoreName": "a", "ClientToken": "t"}
    assert (first.service, first.region, first.attempt) == ("healthlake", "us-east-1", 1)
    assert (first.status, first.code, first.fault) == (200, None, None)
    assert (second.status, second.code) == (400, "ThrottlingException")
    assert second.number == first.number + 1


def test_the_journal_has_the_parameters_in_paths_and_queries_too(
    cloud: Sandbox, imaging: Any, imaging_store: str
) -> None:
    arn = cloud.store(imaging_store).arn
    imaging.untag_resource(resourceArn=arn, tagKeys=["a", "b"])
    imaging.list_datastores(maxResults=5)
    untag, listing = cloud.journal()
    assert untag.parameters == {"resourceArn": arn, "tagKeys": ["a", "b"]}
    assert listing.parameters == {"maxResults": "5"}


def test_requests_are_counted_until_the_journal_is_cleared(cloud: Sandbox, imaging: Any, lake: Any) -> None:
    imaging.list_datastores()
    imaging.list_datastores()
    lake.list_fhir_datastores()
    assert cloud.counts() == {"ListDatastores": 2, "ListFHIRDatastores": 1}
    cloud.clear_journal()
    assert (cloud.counts(), cloud.journal()) == ({}, [])


def test_an_answer_that_was_not_sent_has_no_status(cloud: Sandbox, connect: Callable[..., Any]) -> None:
    cloud.fault("ListDatastores", "reset")
    connect("medical-imaging", None).list_datastores()
    assert [entry.status for entry in cloud.journal()] == [None, 200]


def test_all_stores_are_seen_with_their_tags(cloud: Sandbox) -> None:
    cloud.add_store("healthlake", {"DatastoreTypeVersion": "R4", "Tags": [{"Key": "a", "Value": "1"}]})
    cloud.add_store("medical-imaging", {"datastoreName": "i", "tags": {"b": "2"}}, region="eu-west-1")
    seen = {(store.service, store.region, store.status): store.tags for store in cloud.stores()}
    assert seen == {
        ("healthlake", "us-east-1", "ACTIVE"): {"a": "1"},
        ("medical-imaging", "eu-west-1", "ACTIVE"): {"b": "2"},
    }
    assert [store.service for store in cloud.stores(service="healthlake")] == ["healthlake"]


def test_deleted_stores_are_seen_on_demand(cloud: Sandbox, lake_store: str) -> None:
    cloud.force_status(lake_store, "DELETED")
    assert cloud.stores() == []
    assert [store.id for store in cloud.stores(deleted=True)] == [lake_store]


def test_a_create_can_be_stuck_and_let_go(cloud: Sandbox, imaging: Any) -> None:
    cloud.stick_next_create(service="medical-imaging")
    made = imaging.create_datastore(datastoreName="a")["datastoreId"]
    cloud.advance(100_000)
    assert cloud.store(made).status == "CREATING"
    cloud.force_status(made, "ACTIVE")
    assert imaging.get_datastore(datastoreId=made)["datastoreProperties"]["datastoreStatus"] == "ACTIVE"


def test_a_delete_can_be_stuck(cloud: Sandbox, lake: Any, lake_store: str) -> None:
    cloud.stick_next_delete()
    lake.delete_fhir_datastore(DatastoreId=lake_store)
    cloud.advance(100_000)
    assert cloud.store(lake_store).status == "DELETING"


def test_an_order_can_be_taken_back(cloud: Sandbox, imaging: Any) -> None:
    cloud.fail_next_create()
    cloud.clear_orders()
    made = imaging.create_datastore(datastoreName="a")["datastoreId"]
    cloud.advance(200)
    assert cloud.store(made).status == "ACTIVE"


def test_a_store_can_be_changed_behind_the_callers_back(cloud: Sandbox, lake: Any, lake_store: str) -> None:
    cloud.rename(lake_store, "other")
    cloud.set_tags(lake_store, {"a": "1"})
    cloud.set_config(lake_store, {"NlpConfiguration": {"Status": "ENABLED"}})
    shown = lake.describe_fhir_datastore(DatastoreId=lake_store)["DatastoreProperties"]
    assert (shown["DatastoreName"], shown["NlpConfiguration"]) == ("other", {"Status": "ENABLED"})
    assert cloud.store(lake_store).tags == {"a": "1"}


def test_a_forced_failure_can_have_a_cause(cloud: Sandbox, lake: Any, lake_store: str) -> None:
    cloud.force_status(lake_store, "CREATE_FAILED", message="no key", category="RETRYABLE_ERROR")
    shown = lake.describe_fhir_datastore(DatastoreId=lake_store)["DatastoreProperties"]
    assert shown["ErrorCause"] == {"ErrorMessage": "no key", "ErrorCategory": "RETRYABLE_ERROR"}


def test_a_store_can_vanish(cloud: Sandbox, lake: Any, lake_store: str, refused: Callable[..., Any]) -> None:
    cloud.remove_store(lake_store)
    assert refused(lake.describe_fhir_datastore, DatastoreId=lake_store)[1] == "ResourceNotFoundException"


def test_reset_empties_the_account_and_keeps_the_settings(cloud: Sandbox, imaging: Any) -> None:
    cloud.add_store("medical-imaging", {})
    cloud.settings(stores=3)
    cloud.fault("*", "deny", calls=None)
    cloud.reset()
    assert imaging.list_datastores()["datastoreSummaries"] == []
    assert cloud.settings()["stores"] == 3


@pytest.mark.parametrize(
    ("command", "arguments", "words"),
    [
        ("make_coffee", {}, "unknown command 'make_coffee'; there are add_fault"),
        ("_store", {}, "unknown command"),
        ("run", {}, "unknown command"),
        ("set_speed", {}, "missing a required argument: 'speed'"),
        ("set_speed", {"speed": 0}, "must be above 0"),
        ("set_speed", {"speed": "fast"}, "set_speed"),
        ("set_store", {"datastore_id": "x"}, "no store x"),
        ("set_job", {"job_id": "x", "status": "FAILED"}, "no job x"),
        ("settings", {"changes": {"storrs": 1}}, "storrs"),
        ("add_fault", {"fault": {"operation": "*", "kind": "explode"}}, "add_fault"),
        ("add_store", {"service": "s3", "parameters": {}}, "unknown service 's3'"),
    ],
)
def test_a_command_that_makes_no_sense_is_refused_with_the_reason(
    cloud: Sandbox, command: str, arguments: Any, words: str
) -> None:
    with pytest.raises(CommandError) as caught:
        cloud._run(command, **arguments)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_command_without_arguments_can_be_sent_with_get(cloud: Sandbox) -> None:
    with urllib.request.urlopen(f"{cloud.url}/_sandbox/health") as answer:  # noqa: S310  # the sandbox's URL
        assert json.load(answer)["result"]["speed"] == 1


def test_no_sandbox_is_said_so() -> None:
    with pytest.raises(CommandError, match=r"no sandbox at http://127\.0\.0\.1:9"):
        Control("http://127.0.0.1:9").health()
