"""Plays schedules on the engine in this process."""

from __future__ import annotations

import random
from typing import Final

from sandbox.aws import ManualClock
from sandbox.aws.gateway import Cloud
from sandbox.aws.operations import PACKAGES
from tests.faults.schedules.inprocess import InProcess
from tests.faults.schedules.plans import Plan
from tests.faults.schedules.programs import STOCK
from tests.faults.schedules.proxy import Proxy
from tests.faults.schedules.world import World
from tests.faults.transport import Desk, Wire
from tests.foreign import ec2
from tests.foreign.rows import SERVICE

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


def play(plan: Plan, sorts: tuple[str, ...] = STOCK) -> None:
    """Play a schedule; the environment leads boto3 to ``transport.URL``.

    Raises:
        AssertionError: Something does not hold that must.
    """
    random.seed(0)  # what spreads the provider's polls and resends
    clock, chance = ManualClock(), random.Random(0)  # noqa: S311 - ids, no secrets
    cloud = Cloud(
        clock=clock,
        packages={**PACKAGES, SERVICE: ec2},
        new_id=lambda: f"{chance.getrandbits(128):032x}",
    )
    WIRE.cloud = cloud
    desk = Desk(cloud)
    desk.settings(**DURATIONS)
    proxy = Proxy(wait=desk.advance)
    World(InProcess(clock, WIRE, proxy), desk, proxy, sorts=sorts).play(plan)


def failure(plan: Plan, sorts: tuple[str, ...] = STOCK) -> BaseException | None:
    """Play a schedule and return how it fails, or None where it does not."""
    try:
        play(plan, sorts)
    except Exception as error:  # noqa: BLE001 - whatever it is, the schedule has found it
        return error
    return None
