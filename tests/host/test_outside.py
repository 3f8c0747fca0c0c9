"""Outside a host: unit tests, the command line, other embedders."""

from __future__ import annotations

import time

import pytest

from provider.dynamic import host
from provider.engine.cancellation import ENGINE_GONE, Cancellations
from provider.errors import CancelledError


def test_a_call_outside_a_host_knows_nothing() -> None:
    call = host.current_call()
    assert (call.urn, call.timeout, call.preview, call.autonaming) == (None, None, None, None)
    assert not any(host.parts().values())


def test_outside_a_host_warnings_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    host.current_call().warn("it is old")
    host.more_threads()
    assert caplog.messages == ["it is old"]


def test_a_half_way_failure_carries_what_would_be_kept() -> None:
    with pytest.raises(host.InitializationFailedError) as caught:
        host.current_call().initialization_failed("1", {"size": 3}, ["AWS said no", "try again"])
    assert (caught.value.id, caught.value.outputs) == ("1", {"size": 3})
    assert str(caught.value).startswith("AWS said no; try again; the resource exists with the id 1")


def test_a_refusal_says_its_message() -> None:
    with pytest.raises(host.RefusedError, match=r"^AWS said no$"):
        host.current_call().refused("AWS said no")


def test_a_cancellation_reaches_those_that_come_later_and_keeps_its_first_reason() -> None:
    cancellations = Cancellations()
    before = cancellations.new()
    cancellations.cancel("first")
    cancellations.cancel("second")
    assert [before.reason, cancellations.new().reason] == ["first", "first"]


def test_a_call_is_abandoned_whatever_stopped_it_first() -> None:
    cancellation = host.Cancellation()
    cancellation.cancel("the engine asked to stop")
    assert not cancellation.is_abandoned
    cancellation.cancel(ENGINE_GONE)
    assert (cancellation.reason, cancellation.is_abandoned) == ("the engine asked to stop", True)


def test_a_clock_sleeps_until_it_is_cancelled() -> None:
    cancellation = host.Cancellation()
    clock = host.CallClock(cancellation)
    clock.sleep(0)
    clock.sleep(-1)
    assert abs(clock.now() - time.time()) < 60
    cancellation.cancel("enough")
    with pytest.raises(CancelledError, match="enough"):
        clock.sleep(3600)
