"""What decides which AWS account and region is called, and how."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Final

from .configuration import Network, Role

SESSION_NAME: Final = "pulumi-aws-health-datastores"
"""What CloudTrail shows of a role's session, where nothing else is asked for."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to reach AWS; what is None comes from the environment and AWS's configuration files, as everywhere.

    Attributes:
        region: The region (``eu-west-1``).
        profile: A profile of the configuration files.
        access_key, secret_key, token: Credentials, instead of those that the environment or a profile gives.
        roles: Roles to take on, one after the other, the first with the credentials found.
        endpoint_url: Where all services are, instead of AWS's own endpoints.
        endpoints: Where single services are: pairs of a service (``healthlake``, ``medicalimaging``, ``sts``)
            and a URL.
        network: Endpoints' kinds, proxies, certificates, files.
        connect_timeout: Seconds until a connection that does not come about counts as no answer.
        read_timeout: Seconds of silence after which a request counts as not answered.
        connections: How many requests may be under way at once in one process, for each service.
    """

    region: str | None = None
    profile: str | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    roles: tuple[Role, ...] = ()
    endpoint_url: str | None = None
    endpoints: tuple[tuple[str, str], ...] = ()
    network: Network = field(default_factory=Network)
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    connections: int = 64

    def endpoint(self, service: str) -> str | None:
        """Return where a service is, by botocore's name of it; None leaves it to AWS's own chain."""
        names = {_plain(name): url for name, url in self.endpoints}
        return self.endpoint_url or names.get(_plain(service))

    def chosen_region(self) -> str | None:
        """Return the region as set here or in the environment; None leaves it to the configuration files.

        ``AWS_REGION`` is what AWS's other SDKs and Pulumi's AWS providers read, ``AWS_DEFAULT_REGION`` what
        boto3 reads. One that is empty is not set, which boto3 sees otherwise.
        """
        return self.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or None


def default_region(settings: Settings) -> str | None:
    """Return the region of the settings, the environment or the configuration files, or None.

    Raises:
        ConfigurationError: There is no such profile, or the files cannot be read.
    """
    found = settings.chosen_region()
    if found is not None:
        return found
    from .sessions import configured_region  # noqa: PLC0415 - it imports botocore

    return configured_region(settings)


def _plain(service: str) -> str:
    """Return a service's name as Pulumi's AWS providers spell it: ``medicalimaging``."""
    return service.replace("-", "").lower()
