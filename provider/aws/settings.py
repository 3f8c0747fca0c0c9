"""What decides which AWS account and region is called, and how."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Final

SESSION_NAME: Final = "pulumi-aws-health-datastores"


@dataclass(frozen=True, slots=True)
class Settings:
    """How to reach AWS; what is None comes from the environment and AWS's configuration files, as everywhere.

    Attributes:
        region: The region (``eu-west-1``).
        profile: A profile of the configuration files.
        access_key, secret_key, token: Credentials, instead of those that the environment or a profile gives.
        endpoint_url: Where all services are, instead of AWS's own endpoints.
        endpoints: Where single services are: pairs of a service (``healthlake``, ``medicalimaging``, ``sts``)
            and a URL.
        role_arn: A role to take on, with the credentials found as the ones that may.
        external_id: What the role asks for besides.
        session_name: Under which name the role's session shows in CloudTrail.
        session_seconds: How long the role's credentials hold until they are renewed; AWS's hour by default.
        use_fips: Whether to use the endpoints that conform to FIPS 140.
        use_dual_stack: Whether to use the endpoints that also speak IPv6.
        connect_timeout: Seconds until a connection that does not come about counts as no answer.
        read_timeout: Seconds of silence after which a request counts as not answered.
        connections: How many requests may be under way at once in one process, for each service.
    """

    region: str | None = None
    profile: str | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    endpoint_url: str | None = None
    endpoints: tuple[tuple[str, str], ...] = ()
    role_arn: str | None = None
    external_id: str | None = field(default=None, repr=False)
    session_name: str = SESSION_NAME
    session_seconds: int | None = None
    use_fips: bool | None = None
    use_dual_stack: bool | None = None
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    connections: int = 64

    def endpoint(self, service: str) -> str | None:
        """Return where a service is, by botocore's name of it; None leaves it to AWS's own chain."""
        names = {_plain(name): url for name, url in self.endpoints}
        return self.endpoint_url or names.get(_plain(service))

    def chosen_region(self) -> str | None:
        """Return the region as set here or in the environment; None leaves it to the configuration files.

        ``AWS_REGION`` is what AWS's other SDKs and Pulumi's AWS providers read; boto3 reads only
        ``AWS_DEFAULT_REGION``, and does so by itself.
        """
        return self.region or os.environ.get("AWS_REGION") or None


def default_region(profile: str | None = None) -> str | None:
    """Return the region that the environment or a profile sets, or None."""
    found = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if found and profile is None:
        return found
    from provider.aws.clients import configured_region  # noqa: PLC0415 - it imports botocore

    return os.environ.get("AWS_REGION") or configured_region(profile)


def _plain(service: str) -> str:
    """Return a service's name as Pulumi's AWS providers spell it: ``medicalimaging``."""
    return service.replace("-", "").lower()
