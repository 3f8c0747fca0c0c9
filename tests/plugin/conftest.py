from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.host.harness import Engine
from tests.plugin.harness import Plugin

if TYPE_CHECKING:
    from sandbox.aws import Sandbox


SCALE = "60"
"""Polls a tenth of a second apart, and deadlines half a minute away: more than a busy machine needs."""


@pytest.fixture
def start(cloud: Sandbox, tmp_path: Path) -> Iterator[Callable[..., Plugin]]:
    """Start plugins that call the emulated account, each with an engine of its own or beside another one."""
    running: list[Plugin] = []

    def begin(*, beside: Plugin | None = None, **configuration: object) -> Plugin:
        folder = tmp_path / str(len(running))
        folder.mkdir()
        plugin = Plugin(
            beside.engine if beside else Engine(), folder, **cloud.env, PULUMI_HEALTH_TIME_SCALE=SCALE
        )
        running.append(plugin)
        plugin.configure(**configuration)
        return plugin

    yield begin
    for plugin in running:
        plugin.close()
        plugin.engine.stop()


@pytest.fixture
def plugin(start: Callable[..., Plugin]) -> Plugin:
    return start()
