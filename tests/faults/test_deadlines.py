"""How long a verb may take: what the program says, through the host or past it, and what passes keeps."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from provider.kinds.table import HEALTHLAKE_DATASTORE
from sandbox.aws import ManualClock, environment
from sandbox.aws.gateway import Cloud
from tests.faults.scenes import RECORDS
from tests.faults.stack import FailedError, Stack
from tests.faults.transport import URL, Desk, Wire

ALONE = {**RECORDS, "export": None}
CHANGED = {**ALONE, "nlp_configuration": {"status": "ENABLED"}}
PATIENCE = {"timeouts": {"create": "7m", "update": "8m", "delete": "9m"}}

Act = Callable[[Stack, Desk], None]


WIRE = Wire()
CLOCK = ManualClock()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name, value in environment(URL).items():
        monkeypatch.setenv(name, value)
    WIRE.cloud = Cloud(clock=CLOCK)
    desk = Desk(WIRE.cloud)
    desk.settings(lake_create=30, lake_update=30, lake_delete=30)
    return desk


@pytest.fixture
def stack(desk: Desk) -> Stack:  # noqa: ARG001 - its account has to be there
    return Stack(HEALTHLAKE_DATASTORE, CLOCK, caller=WIRE.caller)


def create(stack: Stack, desk: Desk) -> None:
    desk.stick_next_create()
    stack.up(ALONE | PATIENCE)


def update(stack: Stack, desk: Desk) -> None:
    stack.up(ALONE | PATIENCE)
    desk.stick_next_update()
    stack.up(CHANGED | PATIENCE)


def delete(stack: Stack, desk: Desk) -> None:
    stack.up(ALONE | PATIENCE)
    desk.stick_next_delete()
    stack.destroy()


@pytest.mark.parametrize(("act", "minutes"), [(create, 7), (update, 8), (delete, 9)])
def test_the_timeouts_argument_is_a_deadline_that_keeps_the_store(
    stack: Stack, desk: Desk, act: Act, minutes: int
) -> None:
    with pytest.raises(FailedError) as failure:
        act(stack, desk)
    assert minutes - 1 < passed(failure.value) <= minutes
    assert stack.ids == {store.id for store in desk.stores()} != set()


def passed(failure: FailedError) -> float:
    """Return the minutes after which a step's deadline passed."""
    found = re.search(r"the deadline passed after (\d+) s", str(failure))
    assert found, failure
    return int(found[1]) / 60


@pytest.mark.parametrize("act", [create, update, delete])
def test_custom_timeouts_go_before_the_argument(stack: Stack, desk: Desk, act: Act) -> None:
    stack.timeout = 3600.0
    with pytest.raises(FailedError) as failure:
        act(stack, desk)
    assert 59 < passed(failure.value) <= 60


@pytest.mark.parametrize(
    ("act", "operation"), [(create, "CreateFHIRDatastore"), (delete, "DeleteFHIRDatastore")]
)
def test_what_must_queue_waits_for_its_turn_up_to_the_deadline(
    stack: Stack, desk: Desk, act: Act, operation: str
) -> None:
    desk.fault(operation, "throttle", calls=None)
    with pytest.raises(FailedError, match=rf"the deadline passed while waiting for {operation} \(throttled"):
        act(stack, desk)
    assert any(f"waiting for {operation} (throttled" in said for said in stack.said)
