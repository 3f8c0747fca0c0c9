"""AWS HealthImaging and AWS HealthLake on one local port, for the real boto3 client.

``serve`` runs them inside a test, ``python -m sandbox.aws`` by hand; ``Control`` orders faults from either.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .clock import Clock, ManualClock, SystemClock
from .control import IMAGING, LAKE, Control
from .gateway import Cloud
from .journal import Entry
from .server import listening
from .signing import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from .state import Role
from .views import Health, JobView, StoreView

__all__ = [
    "IMAGING",
    "LAKE",
    "Clock",
    "Control",
    "Entry",
    "Health",
    "JobView",
    "ManualClock",
    "Role",
    "Sandbox",
    "StoreView",
    "SystemClock",
    "environment",
    "serve",
]


def environment(url: str, *, region: str = "us-east-1") -> dict[str, str]:
    """Return the environment variables that send boto3 to a sandbox, and nowhere else.

    Args:
        url: The sandbox's endpoint URL.
        region: The region to sign for.
    """
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


class Sandbox(Control):
    """A sandbox that runs in this process.

    Attributes:
        url: The endpoint URL.
        env: Environment variables that send boto3 to it.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.env = environment(url)


@contextlib.contextmanager
def serve(
    *,
    speed: float = 1.0,
    clock: Clock | None = None,
    state_file: Path | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    policy: Mapping[str, Any] | None = None,
    roles: Mapping[str, Role] | None = None,
    keys: Mapping[str, Mapping[str, Any]] | None = None,
    lag: float = 0.0,
) -> Iterator[Sandbox]:
    """Run an emulated AWS account until the block ends.

    Args:
        speed: Sandbox seconds that pass in one second of the clock.
        clock: What tells the time; the machine's clock by default.
        state_file: Where the account outlives the sandbox; nowhere by default.
        host: The address to listen on.
        port: The port; 0 takes a free one.
        policy: What callers may do, as an IAM policy document; everything by default.
        roles: Roles that exports write with, or that callers take on, by ARN.
        keys: Policies of KMS keys by ARN.
        lag: How many seconds of sandbox time reads lag behind writes.

    Raises:
        CommandError: A policy is none, or says what the sandbox cannot decide on.
        AddressError: The address cannot be had.
        StateFileError: The state file cannot be read or written.
    """
    cloud = Cloud(speed=speed, clock=clock, state_file=state_file)
    with listening(cloud, host, port) as server:
        sandbox = Sandbox(server.url)
        if lag:
            sandbox.settings(lag=lag)
        if policy is not None or roles or keys:
            sandbox.allow(policy, roles=roles, keys=keys)
        yield sandbox
