from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from tests.host.harness import Engine, Host, Later, bag, pickled, plain, urn
from tests.host.providers import Failing


def test_a_resource_that_failed_half_way_keeps_its_id_outputs_and_reasons(host: Host) -> None:
    failure = host.later(Failing, {"outputs": {"size": 3, "tags": {"a": "b"}, "none": None}}).failure()
    assert failure.code is grpc.StatusCode.UNKNOWN
    assert failure.resource is not None
    assert failure.resource.id == "half-way"
    assert list(failure.resource.reasons) == ["AWS said no", "try again"]
    assert plain(failure.resource.properties) == {"size": 3, "tags": {"a": "b"}}


def test_the_kept_outputs_carry_the_provider(host: Host) -> None:
    failure = host.later(Failing, {"outputs": {}}).failure()
    assert failure.resource is not None
    assert failure.resource.properties["__provider"] == pickled(Failing)


def test_an_id_outlives_outputs_that_cannot_be_stored(host: Host) -> None:
    failure = host.later(Failing, {"outputs": "unserialisable"}).failure()
    assert failure.resource is not None
    assert failure.resource.id == "half-way"
    assert "its outputs could not be stored" in failure.resource.reasons[-1]


def test_an_update_that_failed_keeps_the_resource_s_new_outputs(host: Host) -> None:
    props = bag(Failing, {"outputs": {"size": 4}})
    request = provider_pb2.UpdateRequest(urn=urn("it"), id="1", olds=props, news=props)
    failure = Later(host.stub.Update.future(request)).failure()
    assert failure.resource is not None
    assert (failure.resource.id, plain(failure.resource.properties)) == ("1", {"size": 4})


def test_a_read_may_say_that_a_resource_is_not_initialised_and_what_was_wanted(host: Host) -> None:
    request = provider_pb2.ReadRequest(
        urn=urn("it"), id="1", properties=bag(Failing, {"outputs": {"size": 5}})
    )
    failure = Later(host.stub.Read.future(request)).failure()
    assert failure.resource is not None
    assert plain(failure.resource.properties) == {"size": 5}
    assert plain(failure.resource.inputs) == {"wanted": 1}
    assert "__provider" in failure.resource.inputs


def test_a_refusal_is_one_line_and_leaves_nothing(host: Host) -> None:
    failure = host.later(Failing, {}).failure()
    assert failure.message == "AWS said no; ask for access"
    assert failure.resource is None


def test_a_refusal_silences_no_other_call_s_traceback(host: Host) -> None:
    host.later(Failing, {}).failure()
    failure = host.later(Failing, {"crash": "a bug"}).failure()
    assert "a bug" in failure.message
    assert failure.message != "a bug"  # as the installed SDK shows it, with more around it


@pytest.mark.parametrize("props", [{}, {"outputs": {}}])
def test_debugging_keeps_the_traceback_as_a_note(
    engine: Engine, start: Callable[..., Host], props: dict[str, Any]
) -> None:
    failure = start(PULUMI_HEALTH_DEBUG="1").later(Failing, props).failure()
    assert "Traceback" not in failure.message
    (note,) = engine.texts()
    assert "LookupError: what lies below" in note


def test_another_package_s_status_message_may_be_loaded_first(host: Host) -> None:
    failure = host.later(Failing, {"outputs": {}, "import": "google.rpc.status_pb2"}).failure()
    assert failure.resource is not None
    assert failure.resource.id == "half-way"


def test_a_large_state_is_kept_whole(host: Host) -> None:
    failure = host.later(Failing, {"outputs": {"text": "x" * 200_000}}).failure()
    assert failure.resource is not None
    assert plain(failure.resource.properties) == {"text": "x" * 200_000}
