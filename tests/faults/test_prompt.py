"""The scenes, and the faults that leave most behind, in an account that shows at once what was written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from sandbox.aws import ManualClock, Sandbox, serve
from tests.faults.scenes import SCENES, Scene
from tests.faults.test_matrix import (
    DEADLINE,
    DURATIONS,
    FAULTS,
    LOSING,
    READ_TIMEOUT,
    Fault,
    Stage,
    agree,
    calm,
    clock,
    foreign,
    run_until_good,
    stage,
)

__all__ = ["clock", "foreign", "stage"]


@pytest.fixture(scope="module")
def account(clock: ManualClock) -> Iterator[Sandbox]:
    with serve(clock=clock) as cloud, pytest.MonkeyPatch.context() as patch:
        for name, value in {**cloud.env, "PULUMI_HEALTH_READ_TIMEOUT": READ_TIMEOUT}.items():
            patch.setenv(name, value)
        cloud.settings(**DURATIONS)
        yield cloud


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_scene_goes_as_it_does_where_reads_lag(stage: Stage) -> None:
    stage.scene.act(stage.stack, stage.scene.props)
    calm(stage)
    agree(stage)


LEAVING = {"answer lost", "killed before", "killed after", "Ctrl-C"}
"""Faults after which AWS has what the state does not know."""

READS = ("Describe", "Get", "List")

CELLS = [
    pytest.param(scene, operation, fault, id=f"{scene.name}-{operation}-{fault.name}")
    for scene in SCENES
    for operation, fault in product(scene.operations, FAULTS)
    if not operation.startswith(READS) and fault.name in LEAVING
]


@pytest.mark.parametrize(("scene", "operation", "fault"), CELLS)
def test_one_more_up_mends_it_where_reads_do_not_lag(
    stage: Stage, scene: Scene, operation: str, fault: Fault
) -> None:
    stage.stack.timeout = DEADLINE
    fault.order(stage, operation)
    run_until_good(stage)
    agree(stage)
    may_run_again = fault.name in LOSING
    assert len(stage.jobs) - scene.jobs in ({0, 1} if may_run_again else {0})
