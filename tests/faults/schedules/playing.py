"""Plays schedules on the engine in this process."""

from __future__ import annotations

from typing import Final

from sandbox.aws import ManualClock
from sandbox.aws.gateway import Cloud
from tests.faults.schedules.inprocess import InProcess
from tests.faults.schedules.plans import Plan
from tests.faults.schedules.proxy import Proxy
from tests.faults.schedules.world import World
from tests.faults.transport import Desk, Wire

DURATIONS: Final = {
    "imaging_create": 10,
    "imaging_delete": 5,
    "lake_create": 30,
    "lake_update": 10,
    "lake_delete": 10,
    "export": 10,
}
"""Seconds that the account takes: far less than the deadline of a verb."""

WIRE: Final = Wire()


def play(plan: Plan) -> None:
    """Play a schedule; the environment leads boto3 to ``transport.URL``.

    Raises:
        AssertionError: Something does not hold that must.
    """
    clock = ManualClock()
    cloud = Cloud(clock=clock)
    WIRE.cloud = cloud
    desk = Desk(cloud)
    desk.settings(**DURATIONS)
    proxy = Proxy(wait=desk.advance)
    World(InProcess(clock, WIRE, proxy), desk, proxy).play(plan)


def failure(plan: Plan) -> BaseException | None:
    """Play a schedule and return how it fails, or None where it does not."""
    try:
        play(plan)
    except Exception as error:  # noqa: BLE001 - whatever it is, the schedule has found it
        return error
    return None
