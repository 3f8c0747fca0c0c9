"""What stays on a resource's line when a run is over."""

from __future__ import annotations

import re

import pytest

from provider.kinds.table import HEALTHLAKE_DATASTORE
from sandbox.aws import ManualClock, environment
from sandbox.aws.gateway import Cloud
from tests.faults.scenes import RECORDS
from tests.faults.stack import Stack
from tests.faults.transport import URL, Wire

WIRE = Wire()
IN_ALL = r"INFO: {} after (\d+h)?\d+m\d\ds, \d+ polls"
NLP = RECORDS | {"nlp_configuration": {"status": "ENABLED"}}


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> Stack:
    for name, value in environment(URL).items():
        monkeypatch.setenv(name, value)
    clock = ManualClock()
    WIRE.cloud = Cloud(clock=clock)
    return Stack(HEALTHLAKE_DATASTORE, clock, name="records", caller=WIRE.caller)


def test_every_verb_that_waited_sums_up_in_its_last_line(records: Stack) -> None:
    records.up(RECORDS)
    assert re.fullmatch(IN_ALL.format("ACTIVE"), records.said[-1])
    records.up(NLP)
    assert re.fullmatch(IN_ALL.format("ACTIVE"), records.said[-1])
    records.destroy()
    assert re.fullmatch(IN_ALL.format("deleted"), records.said[-1])


def test_a_change_that_takes_no_time_has_nothing_to_sum_up(records: Stack) -> None:
    records.up(RECORDS)
    records.up(RECORDS | {"tags": {"team": "b"}})
    assert not any(" after " in line for line in records.said)
