from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.fixtures import make_engine
from tests.host.harness import Engine, Host

__all__ = ["make_engine"]


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.stop()


@pytest.fixture
def start(engine: Engine, tmp_path: Path) -> Iterator[Callable[..., Host]]:
    hosts: list[Host] = []

    def starter(*arguments: str, **environment: str) -> Host:
        hosts.append(Host(engine, tmp_path, *arguments, **environment))
        return hosts[-1]

    yield starter
    for host in hosts:
        host.close()


@pytest.fixture
def host(start: Callable[..., Host]) -> Host:
    return start()
