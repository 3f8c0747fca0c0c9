"""What a row says of a service that the package has never seen has its effect, whatever room it is for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from provider.documents.loading import load_once
from provider.documents.policy import policy
from provider.dynamic.host import HostCall
from provider.kinds import table
from provider.kinds.row import Row
from provider.kinds.row_check import row_faults
from provider.kinds.table import KINDS, register
from provider.models import services
from provider.verbs.check import Surroundings, check
from provider.verbs.process import Process
from provider.verbs.read import read
from sandbox.aws import ManualClock, StoreView, environment
from sandbox.aws.gateway import Cloud
from sandbox.aws.operations import PACKAGES
from tests.faults.scenes import DISK
from tests.faults.stack import Stack
from tests.faults.transport import URL, Desk, Wire
from tests.foreign import ec2
from tests.foreign.rows import SERVICE, VOLUME


@dataclass
class Account:
    """An emulated account in this process.

    Attributes:
        clock: Its clock.
        wire: Leads there.
        desk: Shows and changes what is in it.
    """

    clock: ManualClock
    wire: Wire
    desk: Desk

    def stack(self, row: Row) -> Stack:
        """A stack of one resource."""
        return Stack(row, self.clock, caller=self.wire.caller)

    def times(self, operation: str) -> list[float]:
        """When an operation was asked for."""
        return [entry.at for entry in self.desk.journal(operation)]

    @property
    def only(self) -> StoreView:
        """The only volume."""
        (store,) = self.desk.stores(service=SERVICE)
        return store


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    for name, value in environment(URL).items():
        monkeypatch.setenv(name, value)
    clock, wire = ManualClock(), Wire()
    wire.cloud = Cloud(clock=clock, packages={**PACKAGES, SERVICE: ec2})
    return Account(clock, wire, Desk(wire.cloud))


def test_the_row_fits_and_can_be_registered() -> None:
    assert list(row_faults(VOLUME)) == []
    try:
        register(replace(VOLUME, name="Disk"))
        assert KINDS["Disk"].service == SERVICE
    finally:
        del table._ROWS["Disk"]


def test_polls_keep_to_the_pace_of_the_row(account: Account) -> None:
    account.desk.settings(imaging_create=50)
    account.stack(replace(VOLUME, pace=lambda _waited, _chance: 10.0)).up(DISK)
    made, *polls = account.times("DescribeVolumes")[-6:]
    assert [round(later - made) for later in polls] == [10, 20, 30, 40, 50]


def test_calls_that_aws_lets_through_seldom_keep_to_the_rate_of_the_row(account: Account) -> None:
    account.desk.fault("ec2.CreateVolume", "throttle")
    account.stack(replace(VOLUME, seconds_between={"CreateVolume": 40.0})).up(DISK)
    first, second = account.times("CreateVolume")
    assert second - first == pytest.approx(40, abs=1)


def test_the_tags_of_others_are_not_seen_and_not_taken_off(account: Account) -> None:
    stack = account.stack(VOLUME)
    stack.up(DISK)
    assert stack.held is not None
    account.desk.set_tags(stack.held.id, {"org:unit": "x", "aws:stack": "y", "team": "b"})
    ours = Process(
        get=lambda key: '{"keyPrefixes": ["org:"]}' if key == "aws:ignoreTags" else None,
        caller=account.wire.caller,
    )
    session = ours.session(HostCall(), VOLUME, stack.held.outputs, None)
    found = read(VOLUME, stack.held.id, stack.held.outputs, session)
    assert found is not None
    assert found.outputs["tags"] == {"team": "b"}


def test_what_the_service_says_that_it_does_not_know_is_gone(account: Account) -> None:
    stack = account.stack(VOLUME)
    stack.up(DISK)
    account.desk.remove_store(account.only.id)
    stack.refresh()
    assert stack.held is None


def test_the_policy_names_the_rows_arns() -> None:
    documents = [load_once(path) for path in VOLUME.documents]
    granted: dict[str, Any] = {
        action: statement["Resource"]
        for statement in policy(documents, services, [VOLUME.access])["Statement"]
        for action in statement["Action"]
    }
    assert granted["ec2:DeleteVolume"] == "arn:aws:ec2:*:*:volume/*"
    assert granted["ec2:DescribeVolumes"] == "*"
    assert "healthlake" not in str(granted)


@pytest.mark.parametrize(
    ("props", "path"),
    [
        ({"kms_key_id": "arn:aws:kms:eu-west-1:123456789012:key/a"}, "kms_key_id"),
        ({"volume_type": "gp9"}, "volume_type"),
        ({"size": "big"}, "size"),
        ({"tags": {"aws:x": "y"}}, "tags.aws:x"),
    ],
)
def test_what_would_be_refused_is_refused_in_the_preview(props: dict[str, Any], path: str) -> None:
    _, faults = check(VOLUME, {}, {**DISK, **props}, Surroundings(name="disk", region="us-east-1"))
    assert [fault.path for fault in faults] == [path]
