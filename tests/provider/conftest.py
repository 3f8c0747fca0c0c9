from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.fixtures import make_engine

if TYPE_CHECKING:
    from sandbox.aws import Sandbox

__all__ = ["make_engine"]


@pytest.fixture
def only_the_sandbox(cloud: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let AWS's own chain lead to the sandbox."""
    for name, value in cloud.env.items():
        monkeypatch.setenv(name, value)
