"""Where a conformance run sends its requests: the sandbox, or a real account."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import boto3
from botocore.config import Config

from ..aws import ManualClock, Role, serve
from .account import Export, RealAccount, reach, run_name

_ONE_ATTEMPT: Final = {"total_max_attempts": 1}
_THROTTLED: Final = frozenset({"ThrottlingException", "TooManyRequestsException"})
_LONGEST_PAUSE: Final = 30.0
_PATIENCE: Final = 20

SANDBOX_ACCOUNT: Final = "123456789012"
SANDBOX_ROLE: Final = f"arn:aws:iam::{SANDBOX_ACCOUNT}:role/conformance"


def _role(principal: Mapping[str, str], *allowed: Mapping[str, Any]) -> Role:
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return Role({"Statement": trust}, {"Statement": [{"Effect": "Allow", **each} for each in allowed]})


_ROLES: Final = {
    SANDBOX_ROLE: _role({"AWS": f"arn:aws:iam::{SANDBOX_ACCOUNT}:root"}, {"Action": "*", "Resource": "*"}),
    Export().role_arn: _role(
        {"Service": "healthlake.amazonaws.com"},
        {"Action": "s3:*", "Resource": ["arn:aws:s3:::exports", "arn:aws:s3:::exports/*"]},
        {"Action": "kms:*", "Resource": "*"},
    ),
}
"""What the sandbox knows of roles: one that may do everything, and one that may write where exports go."""


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
        connect: Makes a client of a service that waits out throttling, with the credentials given by name.
        export: Where exports go; None where that is not known.
        images: What can be imported; None where that is not known.
        role: The ARN of a role that may do everything; None where there is none to take on.
    """

    name: str
    account: RealAccount
    hasty: Callable[[str], Any]
    connect: Callable[..., Any]
    export: Export | None
    images: Images | None
    role: str | None

    @property
    def given(self) -> dict[str, object]:
        """What the beliefs may need, by name."""
        return {"export": self.export, "images": self.images, "role": self.role}

    def narrowed(self, policy: Mapping[str, Any]) -> Callable[[str], Any]:
        """Return what makes clients of a session of the role, which may do no more than a policy says."""
        text, account = json.dumps(policy), self.account
        sts = account.client("sts")
        taken = sts.assume_role(RoleArn=self.role, RoleSessionName=f"conformance-{account.run}", Policy=text)
        keys = {
            "aws_access_key_id": taken["Credentials"]["AccessKeyId"],
            "aws_secret_access_key": taken["Credentials"]["SecretAccessKey"],
            "aws_session_token": taken["Credentials"]["SessionToken"],
        }
        return functools.cache(partial(self.connect, **keys))


@contextlib.contextmanager
def sandbox(region: str, **serving: Any) -> Iterator[Target]:
    """Run a sandbox whose time passes only while a probe waits, so that an hour there takes seconds.

    Args:
        region: The region to call.
        serving: What else ``sandbox.aws.serve`` is to take.
    """
    clock = ManualClock()
    keys: dict[str, dict[str, Any]] = {missing_key(region, SANDBOX_ACCOUNT): {"Statement": []}}
    with serve(clock=clock, roles=_ROLES, keys=keys, **serving) as cloud:
        session = boto3.Session(
            aws_access_key_id=cloud.env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=cloud.env["AWS_SECRET_ACCESS_KEY"],
            region_name=region,
        )
        client = partial(_client, session, endpoint_url=cloud.url)
        patient = partial(_patient, client, clock.advance)

        account = RealAccount(
            id=SANDBOX_ACCOUNT,
            region=region,
            run=run_name(),
            client=functools.cache(patient),
            sleep=clock.advance,
            now=clock.now,
        )
        yield Target("sandbox", account, functools.cache(client), patient, Export(), Images(), SANDBOX_ROLE)


def aws(
    account_id: str,
    region: str | None,
    run: str,
    *,
    export: Export | None,
    images: Images | None,
    role: str | None,
) -> Target:
    """Return the real account that the environment's credentials lead to.

    Raises:
        AccountError: They lead to another one, or to none.
    """
    account = reach(account_id, region=region, run=run)
    client = partial(_client, boto3.Session(region_name=account.region))
    patient = partial(_patient, client, time.sleep)
    return Target("aws", account, functools.cache(client), patient, export, images, role)


def missing_key(region: str, account_id: str) -> str:
    """Return the ARN of a KMS key that does not exist; in the sandbox nobody may use it."""
    return f"arn:aws:kms:{region}:{account_id}:key/00000000-0000-4000-8000-000000000000"


def _client(session: boto3.Session, service: str, **how: Any) -> Any:
    """Return a client that sends each request once; a host prefix leads nowhere but at AWS."""
    own = "endpoint_url" in how or any(name.startswith("AWS_ENDPOINT_URL") for name in os.environ)
    return session.client(service, config=Config(retries=_ONE_ATTEMPT, inject_host_prefix=not own), **how)


def _patient(
    client: Callable[..., Any], sleep: Callable[[float], None], service: str, **credentials: str
) -> Any:
    """Return a client that waits throttling out in the target's own time."""

    def retry(response: Any, attempts: int, **_: Any) -> float | None:
        code = response[1].get("Error", {}).get("Code") if response else None
        if code not in _THROTTLED or attempts > _PATIENCE:
            return None
        sleep(min(2.0**attempts, _LONGEST_PAUSE))
        return 0.0

    patient = client(service, **credentials)
    patient.meta.events.register("needs-retry.*", retry)
    return patient
