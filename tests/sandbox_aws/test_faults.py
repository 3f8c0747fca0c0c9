from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from sandbox.aws import Sandbox

RETRYING = Config(retries={"mode": "standard", "total_max_attempts": 3})
IMPATIENT = Config(retries={"total_max_attempts": 1}, read_timeout=0.2)


def test_the_nth_call_fails_and_only_that(cloud: Sandbox, imaging: Any, refused: Callable[..., Any]) -> None:
    cloud.fault("ListDatastores", "error", calls=[2])
    imaging.list_datastores()
    assert refused(imaging.list_datastores) == (500, "InternalServerException")
    imaging.list_datastores()
    assert cloud.faults() == []


def test_all_calls_fail_until_the_fault_is_cleared(
    cloud: Sandbox, imaging: Any, refused: Callable[..., Any]
) -> None:
    cloud.fault("ListDatastores", "throttle", calls=None)
    for _ in range(3):
        assert refused(imaging.list_datastores) == (429, "ThrottlingException")
    cloud.clear_faults("ListDatastores")
    imaging.list_datastores()


@pytest.mark.parametrize(
    "case",
    [
        ("throttle", (429, "ThrottlingException"), (400, "ThrottlingException")),
        ("error", (500, "InternalServerException"), (500, "InternalServerException")),
        ("deny", (403, "AccessDeniedException"), (400, "AccessDeniedException")),
        ("expire", (403, "ExpiredTokenException"), (400, "ExpiredTokenException")),
    ],
)
def test_a_fault_is_worded_as_the_service_would(
    cloud: Sandbox,
    imaging: Any,
    lake: Any,
    refused: Callable[..., Any],
    case: tuple[Any, tuple[int, str], tuple[int, str]],
) -> None:
    kind, rest, json = case
    cloud.fault("CreateDatastore", kind)
    cloud.fault("CreateFHIRDatastore", kind)
    assert refused(imaging.create_datastore, datastoreName="a") == rest
    assert refused(lake.create_fhir_datastore, DatastoreTypeVersion="R4") == json
    assert cloud.stores() == []


def test_an_error_can_be_any(cloud: Sandbox, send_lake: Callable[..., Any]) -> None:
    cloud.fault("ListFHIRDatastores", "error", status=503, code="SlowDown", message="later")
    answer = send_lake("ListFHIRDatastores", {})
    assert (answer.status, answer.body["__type"]) == (503, "com.amazonaws.healthlake#SlowDown")


def test_retry_after_is_sent_where_it_was_ordered(cloud: Sandbox, send: Callable[..., Any]) -> None:
    cloud.fault("ListDatastores", "throttle", retry_after=7)
    assert send("GET", "/datastore").headers["retry-after"] == "7"
    cloud.fault("ListDatastores", "throttle")
    assert "retry-after" not in send("GET", "/datastore").headers


def test_a_reset_breaks_the_connection_before_the_work(cloud: Sandbox, imaging: Any) -> None:
    cloud.fault("CreateDatastore", "reset")
    with pytest.raises(ConnectionClosedError):
        imaging.create_datastore(datastoreName="a")
    assert cloud.stores() == []


@pytest.mark.parametrize("kind", ["reset", "lose", "hang"])
def test_a_broken_connection_is_reset_and_not_closed_politely(cloud: Sandbox, kind: Any) -> None:
    cloud.fault("ListDatastores", kind)
    host, port = cloud.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"GET /datastore HTTP/1.1\r\nHost: sandbox\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_a_lost_answer_leaves_the_work_done(cloud: Sandbox, imaging: Any) -> None:
    cloud.fault("CreateDatastore", "lose")
    with pytest.raises(ConnectionClosedError):
        imaging.create_datastore(datastoreName="a")
    assert [store.name for store in cloud.stores()] == ["a"]


def test_a_refusal_can_be_lost_too(cloud: Sandbox, imaging: Any) -> None:
    cloud.fault("CreateDatastore", "lose")
    with pytest.raises(ConnectionClosedError):
        imaging.create_datastore(datastoreName="a b")
    assert cloud.stores() == []


def test_a_hang_outlasts_the_read_timeout_and_does_no_work(
    cloud: Sandbox, connect: Callable[..., Any]
) -> None:
    cloud.fault("CreateDatastore", "hang", seconds=30)
    with pytest.raises(ReadTimeoutError):
        connect("medical-imaging", IMPATIENT).create_datastore(datastoreName="a")
    assert cloud.stores() == []


def test_a_delayed_answer_comes_after_the_work(cloud: Sandbox, connect: Callable[..., Any]) -> None:
    cloud.fault("CreateDatastore", "delay", seconds=30)
    with pytest.raises(ReadTimeoutError):
        connect("medical-imaging", IMPATIENT).create_datastore(datastoreName="a")
    assert [store.name for store in cloud.stores()] == ["a"]


def test_a_delay_is_waited_out(cloud: Sandbox, imaging: Any) -> None:
    cloud.fault("ListDatastores", "delay", seconds=0.1)
    started = time.monotonic()
    imaging.list_datastores()
    assert time.monotonic() - started >= 0.1


def test_retries_of_the_client_count_as_calls(cloud: Sandbox, connect: Callable[..., Any]) -> None:
    cloud.fault("ListDatastores", "error", calls=[1, 2])
    connect("medical-imaging", RETRYING).list_datastores()
    assert [(e.attempt, e.status, e.fault) for e in cloud.journal("ListDatastores")] == [
        (1, 500, "error"),
        (2, 500, "error"),
        (3, 200, None),
    ]


def test_a_fault_can_be_for_one_service_or_for_all(
    cloud: Sandbox, imaging: Any, lake: Any, imaging_store: str, refused: Callable[..., Any]
) -> None:
    arn = cloud.store(imaging_store).arn
    cloud.fault("healthlake.ListTagsForResource", "error", calls=None)
    imaging.list_tags_for_resource(resourceArn=arn)
    cloud.fault("medical-imaging.*", "deny", calls=None)
    assert refused(imaging.list_tags_for_resource, resourceArn=arn)[1] == "AccessDeniedException"
    lake.list_fhir_datastores()
    cloud.clear_faults()
    cloud.fault("*", "error", calls=[1, 2])
    assert refused(imaging.list_datastores)[0] == 500
    assert refused(lake.list_fhir_datastores)[0] == 500


def test_two_faults_of_one_operation_each_count_every_call(
    cloud: Sandbox, imaging: Any, refused: Callable[..., Any]
) -> None:
    cloud.fault("ListDatastores", "deny", calls=[1])
    cloud.fault("ListDatastores", "error", calls=[2])
    assert refused(imaging.list_datastores)[0] == 403
    assert refused(imaging.list_datastores)[0] == 500
    imaging.list_datastores()
