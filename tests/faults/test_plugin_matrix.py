"""A part of the fault matrix on the plugin face: whatever stops its process, one more up mends it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from provider.kinds.table import HEALTHLAKE_EXPORT, KINDS
from tests.faults.plugin_face import PluginStack
from tests.faults.scenes import SCENES, Scene
from tests.faults.test_matrix import (
    DEADLINE,
    FAULTS,
    LOSING,
    Fault,
    Stage,
    account,
    agree,
    clock,
    run_until_good,
    staged,
)

if TYPE_CHECKING:
    from sandbox.aws import ManualClock, Sandbox

__all__ = ["account", "clock"]

STOPPING = ("killed after", "Ctrl-C")
CELLS = [
    pytest.param(scene, operation, fault, id=f"{scene.name}-{operation}-{fault.name}")
    for scene in SCENES
    if scene.kind in KINDS.values()
    for operation, fault in product(scene.operations, FAULTS)
    if fault.name in STOPPING or (fault.name == "answers lost" and scene.kind.makes(operation))
]


@pytest.mark.parametrize(("scene", "operation", "fault"), CELLS)
def test_one_more_up_mends_whatever_went_wrong(
    scene: Scene, operation: str, fault: Fault, account: Sandbox, clock: ManualClock
) -> None:
    stage: Stage = staged(scene, account, PluginStack(scene.kind, clock))
    stage.stack.timeout = DEADLINE
    fault.order(stage, operation)
    run_until_good(stage)
    agree(stage)
    may_run_again = scene.kind is HEALTHLAKE_EXPORT and fault.name in LOSING
    assert len(stage.jobs) - scene.jobs in ({0, 1} if may_run_again else {0})
