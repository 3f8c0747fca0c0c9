"""What all tests share: an emulated AWS account of one's own."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from sandbox.aws import Sandbox, serve
from tests.faults.table import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]

pytest_plugins = ["tests.real_aws.plugin"]

# How long an example takes depends on what else the machine does; that it ends is pytest-timeout's to see.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

QUICK = 2000.0
"""A HealthLake create takes 0.6 s, one of HealthImaging 60 ms, an export 45 ms."""


def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell starts what it runs in the background deaf to SIGINT, and so would be all that tests start.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line(
        "markers", "cloud(**arguments): arguments of sandbox.aws.serve for the cloud fixture"
    )


@pytest.fixture
def cloud(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    marker = request.node.get_closest_marker("cloud")
    arguments = {"speed": QUICK, **(marker.kwargs if marker else {})}
    with serve(**arguments) as sandbox:
        yield sandbox
