"""One client per service and settings for the whole process; boto3 makes them, slowly, so they are shared."""

from __future__ import annotations

import functools
import os
import platform
import threading
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from provider import models
from provider.aws.failures import translated
from provider.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from provider.aws.settings import Settings

    MakeClient = Callable[[str, Settings], Any]
    Key = tuple[str, Settings, MakeClient, frozenset[tuple[str, str]]]

_LOCK: Final = threading.Lock()
_CLIENTS: Final[dict[Key, Any]] = {}


def shared(service: str, settings: Settings, make_client: MakeClient) -> Any:
    """Return the process's client of a service; any number of threads may use it at once.

    A change of the environment (``AWS_*``) or of the settings gives another client.

    Raises:
        ConfigurationError: There is no region, no such profile, or a setting is wrong.
        CredentialsError: The credentials cannot be read.
    """
    key = (service, settings, make_client, _environment())
    with _LOCK:  # boto3's sessions are not safe for threads; the clients that they make are
        client = _CLIENTS.get(key)
        if client is None:
            client = _CLIENTS[key] = make_client(service, settings)
    return client


def forget(client: Any) -> None:
    """Make a new client next time, so that new credentials are read."""
    with _LOCK:
        for key in [key for key, value in _CLIENTS.items() if value is client]:
            del _CLIENTS[key]


def make_client(service: str, settings: Settings) -> Any:
    """Return a new boto3 client of a service; see ``shared`` for what it raises."""
    with translated(service):
        session = _session(settings)
        custom = settings.endpoint(service) is not None or _names_endpoints(os.environ)
        client = _client(session, service, settings, inject_host_prefix=not custom)
        if _is_custom(client.meta.endpoint_url) != custom:  # as AWS's configuration files can say, too
            client = _client(session, service, settings, inject_host_prefix=custom)
    return client


def configured_region(profile: str | None) -> str | None:
    """Return the region of a profile (None: the default one) of the configuration files.

    Raises:
        ConfigurationError: There is no such profile, or the files cannot be read.
    """
    from botocore.session import Session  # noqa: PLC0415 - see _session

    with translated("the configuration"):
        region = Session(profile=profile).get_config_variable("region")
    return str(region) if region else None


def _session(settings: Settings) -> Any:
    """Return a boto3 session; all of them share what botocore reads from disk, some 8 MiB for each client."""
    import boto3.session  # noqa: PLC0415 - boto3 takes long to import
    import botocore.session  # noqa: PLC0415

    own = None if settings.role_arn else settings
    base = botocore.session.Session() if own else _role_session(settings)
    session = boto3.session.Session(
        aws_access_key_id=own and own.access_key,
        aws_secret_access_key=own and own.secret_key,
        aws_session_token=own and own.token,
        botocore_session=base,
        region_name=settings.chosen_region(),
        profile_name=own and own.profile,
    )
    base.register_component("data_loader", models.loader())  # now: boto3 adds a path to the one it finds
    return session


def _client(session: Any, service: str, settings: Settings, *, inject_host_prefix: bool) -> Any:
    config = _config(settings, inject_host_prefix=inject_host_prefix)
    return session.client(service, endpoint_url=settings.endpoint(service), config=config)


def _config(settings: Settings, *, inject_host_prefix: bool) -> Any:
    from botocore.config import Config  # noqa: PLC0415 - see _session

    return Config(
        connect_timeout=settings.connect_timeout,
        read_timeout=settings.read_timeout,
        retries={"total_max_attempts": 1, "mode": "standard"},  # whoever waits decides, and says so
        max_pool_connections=settings.connections,
        inject_host_prefix=inject_host_prefix,
        tcp_keepalive=True,
        user_agent=_user_agent(),
        use_fips_endpoint=settings.use_fips,
        use_dualstack_endpoint=settings.use_dual_stack,
    )


@functools.cache
def _user_agent() -> str:
    """Return who calls, as a whole: botocore would put it together for each call, at a sixth of its cost."""
    from botocore import __version__  # noqa: PLC0415 - see _session

    python = f"Python/{platform.python_version()} {platform.system()}/{platform.release()}"
    return f"pulumi-aws-health-datastores Botocore/{__version__} {python}"


def _names_endpoints(environment: Mapping[str, str]) -> bool:
    return any(name.startswith("AWS_ENDPOINT_URL") for name in environment)


def _is_custom(url: str) -> bool:
    """Whether an endpoint is none of AWS's own; a host prefix (``runtime-``) leads nowhere there."""
    host = urlsplit(url).hostname or ""
    return not any(host.endswith(f".{suffix}") for suffix in _aws_domains())


@functools.cache
def _aws_domains() -> tuple[str, ...]:
    partitions = models.loader().load_data("partitions")["partitions"]
    outputs = [partition["outputs"] for partition in partitions]
    return tuple(each[name] for each in outputs for name in ("dnsSuffix", "dualStackDnsSuffix"))


def _role_session(settings: Settings) -> Any:
    """Return a botocore session whose credentials are those of the role, taken on anew as they expire."""
    from botocore.config import Config  # noqa: PLC0415 - see _session
    from botocore.credentials import (  # noqa: PLC0415
        AssumeRoleCredentialFetcher,
        DeferredRefreshableCredentials,
    )
    from botocore.session import Session  # noqa: PLC0415

    source = Session(profile=settings.profile)
    source.register_component("data_loader", models.loader())
    if settings.access_key:
        source.set_credentials(settings.access_key, settings.secret_key, settings.token)
    region = settings.chosen_region() or source.get_config_variable("region")
    credentials = source.get_credentials()
    if credentials is None:
        from botocore.exceptions import NoCredentialsError  # noqa: PLC0415

        raise NoCredentialsError
    if region is None:
        raise ConfigurationError("no AWS region is set", hint="set aws:region, or AWS_REGION")
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=functools.partial(
            source.create_client,
            region_name=region,
            endpoint_url=settings.endpoint("sts"),
            config=_config(settings, inject_host_prefix=True).merge(Config(retries={"mode": "standard"})),
        ),
        source_credentials=credentials,
        role_arn=settings.role_arn,
        extra_args=_role_arguments(settings),
    )
    session = Session(profile=settings.profile)
    # As AWS's own tools do it: the session has no public place for credentials that renew themselves.
    session._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")  # noqa: SLF001
    return session


def _role_arguments(settings: Settings) -> dict[str, Any]:
    """Return what AssumeRole takes beside the role."""
    given = {
        "RoleSessionName": settings.session_name,
        "ExternalId": settings.external_id,
        "DurationSeconds": settings.session_seconds,
    }
    return {name: value for name, value in given.items() if value is not None}


def _environment() -> frozenset[tuple[str, str]]:
    return frozenset((name, value) for name, value in os.environ.items() if name.startswith("AWS_"))
