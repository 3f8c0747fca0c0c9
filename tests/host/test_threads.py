from __future__ import annotations

from pulumi.runtime.proto import provider_pb2

from tests.host.harness import SECONDS, Host, bag, urn
from tests.host.providers import TOGETHER, Meeting


def test_sixteen_creates_run_side_by_side(host: Host) -> None:
    calls = [host.later(Meeting, {}, name=f"store-{number}") for number in range(TOGETHER)]
    assert [call.result() for call in calls] == [{}] * TOGETHER


def test_calls_that_queued_before_the_first_one_ran_get_threads_too(host: Host) -> None:
    requests = [
        provider_pb2.DeleteRequest(urn=urn(f"store-{number}"), id="met", properties=bag(Meeting, {}))
        for number in range(TOGETHER)
    ]
    calls = [host.stub.Delete.future(request) for request in requests]
    assert [call.exception(timeout=SECONDS) for call in calls] == [None] * TOGETHER


def test_threads_are_made_when_they_are_needed(host: Host) -> None:
    host.create(Meeting, {"alone": True})
    assert len(host.create(Meeting, {"alone": True})["threads"]) < TOGETHER
