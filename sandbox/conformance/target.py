"""Where a conformance run sends its requests: the sandbox, or a real account."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import boto3
from botocore.config import Config

from ..aws import ManualClock, serve
from .account import Export, RealAccount, reach, run_name

_ONE_ATTEMPT: Final = {"total_max_attempts": 1}
_THROTTLED: Final = frozenset({"ThrottlingException", "TooManyRequestsException"})
_LONGEST_PAUSE: Final = 30.0
_PATIENCE: Final = 20

SANDBOX_ACCOUNT: Final = "123456789012"


@dataclass(frozen=True, slots=True)
class Images:
    """Where DICOM files for an import are, where its log goes, and the role that reads and writes."""

    input_s3_uri: str = "s3://images/in/"
    output_s3_uri: str = "s3://images/out/"
    role_arn: str = "arn:aws:iam::123456789012:role/import"


@dataclass(frozen=True, slots=True)
class Target:
    """What a run works on.

    Attributes:
        name: ``sandbox`` or ``aws``.
        account: The account; its clients wait out throttling, and it cleans up.
        hasty: Makes a boto3 client that sends each request once.
        export: Where exports go; None where that is not known.
        images: What can be imported; None where that is not known.
    """

    name: str
    account: RealAccount
    hasty: Callable[[str], Any]
    export: Export | None
    images: Images | None

    @property
    def given(self) -> dict[str, object]:
        """What the beliefs may need, by name."""
        return {"export": self.export, "images": self.images}


@contextlib.contextmanager
def sandbox(region: str, **serving: Any) -> Iterator[Target]:
    """Run a sandbox whose time passes only while a probe waits, so that an hour there takes seconds.

    Args:
        region: The region to call.
        serving: What else ``sandbox.aws.serve`` is to take.
    """
    clock = ManualClock()
    with serve(clock=clock, **serving) as cloud:
        session = boto3.Session(
            aws_access_key_id=cloud.env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=cloud.env["AWS_SECRET_ACCESS_KEY"],
            region_name=region,
        )
        client = partial(_client, session, endpoint_url=cloud.url)
        hasty = functools.cache(client)
        patient = functools.cache(lambda service: _patient(client(service), clock.advance))
        account = RealAccount(
            id=SANDBOX_ACCOUNT,
            region=region,
            run=run_name(),
            client=patient,
            sleep=clock.advance,
            now=clock.now,
        )
        yield Target("sandbox", account, hasty, Export(), Images())


def aws(
    account_id: str, region: str | None, run: str, *, export: Export | None, images: Images | None
) -> Target:
    """Return the real account that the environment's credentials lead to.

    Raises:
        AccountError: They lead to another one, or to none.
    """
    account = reach(account_id, region=region, run=run)
    hasty = functools.cache(partial(_client, boto3.Session(region_name=account.region)))
    return Target("aws", account, hasty, export, images)


def _client(session: boto3.Session, service: str, **how: Any) -> Any:
    """Return a client that sends each request once; a host prefix leads nowhere but at AWS."""
    own = "endpoint_url" in how or any(name.startswith("AWS_ENDPOINT_URL") for name in os.environ)
    return session.client(service, config=Config(retries=_ONE_ATTEMPT, inject_host_prefix=not own), **how)


def _patient(client: Any, sleep: Callable[[float], None]) -> Any:
    """Let a client wait throttling out in the target's own time."""

    def retry(response: Any, attempts: int, **_: Any) -> float | None:
        code = response[1].get("Error", {}).get("Code") if response else None
        if code not in _THROTTLED or attempts > _PATIENCE:
            return None
        sleep(min(2.0**attempts, _LONGEST_PAUSE))
        return 0.0

    client.meta.events.register("needs-retry.*", retry)
    return client
