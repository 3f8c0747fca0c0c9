"""One client per service and settings for the whole process; boto3 makes them, slowly, so they are shared."""

from __future__ import annotations

import functools
import os
import platform
import threading
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from ..models import partitions
from . import sessions
from .failures import translated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .settings import Settings

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
    from boto3.session import Session  # noqa: PLC0415 - boto3 takes long to import

    with translated(service):
        base = sessions.session(settings)
        session = Session(botocore_session=base)
        sessions.share_models(base)  # now: boto3 adds a path to the loader that it finds
        custom = settings.endpoint(service) is not None or _names_endpoints(os.environ)
        client = _client(session, service, settings, inject_host_prefix=not custom)
        url = client.meta.endpoint_url  # and what depends on it is known only now
        proxies, is_custom = sessions.proxies(settings.network, url), _is_custom(url)
        if is_custom != custom or proxies is not None:
            config = {"inject_host_prefix": not is_custom, "proxies": proxies}
            client = _client(session, service, settings, **config)
    return client


def _client(session: Any, service: str, settings: Settings, **config: Any) -> Any:
    return session.client(
        service,
        endpoint_url=settings.endpoint(service),
        config=_config(settings, **config),
        verify=False if settings.network.insecure else None,
    )


def _config(settings: Settings, **config: Any) -> Any:
    from botocore.config import Config  # noqa: PLC0415 - see make_client

    return Config(
        retries={"total_max_attempts": 1, "mode": "standard"},  # whoever waits decides, and says so
        max_pool_connections=settings.connections,
        tcp_keepalive=True,
        user_agent=_user_agent(),
        **sessions.client_arguments(settings),
        **config,
    )


@functools.cache
def _user_agent() -> str:
    """Return who calls, as a whole: botocore would put it together for each call, at a sixth of its cost."""
    from botocore import __version__  # noqa: PLC0415 - see make_client

    python = f"Python/{platform.python_version()} {platform.system()}/{platform.release()}"
    return f"pulumi-aws-health-datastores Botocore/{__version__} {python}"


def _names_endpoints(environment: Mapping[str, str]) -> bool:
    return any(name.startswith("AWS_ENDPOINT_URL") for name in environment)


def _is_custom(url: str) -> bool:
    """Whether an endpoint is none of AWS's own; a host prefix (``runtime-``) leads nowhere there."""
    host = urlsplit(url).hostname or ""
    return not any(host.endswith(f".{suffix}") for suffix in partitions.domains())


def _environment() -> frozenset[tuple[str, str]]:
    return frozenset((name, value) for name, value in os.environ.items() if name.startswith("AWS_"))
