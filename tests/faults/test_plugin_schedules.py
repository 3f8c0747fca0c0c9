"""A part of the random schedules on the plugin's face."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from provider.engine.schema import schema, to_verbs
from tests.faults.machine import PLAN, SCHEDULES, Schedules, signed
from tests.faults.plugin_face import PluginStack
from tests.faults.stack import FailedError, Held
from tests.plugin.harness import token

__all__ = ["signed"]


class PluginSchedules(Schedules):
    """The same with the plugin, whose claims come off at a later call: here at a refresh."""

    stack_type = PluginStack

    def _until_good(self, act: Callable[[], None], most: int = 3) -> None:
        super()._until_good(act, most)
        for stack in self.stacks.values():
            with contextlib.suppress(FailedError):
                stack.refresh()

    def _exported_as_wanted(self, service: str, held: Held) -> None:
        specs = schema()["resources"][token(self.parts[service].kind.name)]["properties"]
        super()._exported_as_wanted(service, replace(held, outputs=to_verbs(held.outputs, specs)))


@pytest.mark.usefixtures("signed")
def test_random_schedules_keep_what_must_always_hold() -> None:
    run_state_machine_as_test(PluginSchedules, settings=settings(PLAN, max_examples=max(1, SCHEDULES // 15)))
