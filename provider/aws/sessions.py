"""Sessions of botocore: whose credentials are used, from which files, by way of which roles and proxies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass_environment  # type: ignore[attr-defined]  # not in the stubs

from ..errors import ConfigurationError
from ..models import services as models
from .failures import translated
from .settings import SESSION_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.credentials import BaseAssumeRoleCredentialFetcher

    from .configuration import Network, Role
    from .settings import Settings

_VARIABLES: Final = {
    "ca_bundle": "ca_bundle",
    "config_file": "config_file",
    "credentials_file": "credentials_file",
    "ec2_metadata_service_endpoint": "metadata_endpoint",
    "ec2_metadata_service_endpoint_mode": "metadata_mode",
}
"""botocore's variables by the network's attributes that set them."""

_INSTANCE: Final = "iam-role"
"""botocore's name of the provider of an instance's credentials."""


def session(settings: Settings) -> Any:
    """Return a session with the settings' credentials, those of the last role where there are roles.

    Raises:
        ConfigurationError: There is no region to take a role on in.
        botocore.exceptions.BotoCoreError: There are no credentials, or the files cannot be read.
    """
    made = _plain(settings)
    for role in settings.roles:
        made = _taken_on(role, made, settings)
    return made


def share_models(session: Any) -> None:
    """Let a session share what all of them read from disk, some 8 MiB for each client."""
    session.register_component("data_loader", models.loader())


def configured_region(settings: Settings) -> str | None:
    """Return the region of the settings' profile (None: the default one) in the configuration files.

    Raises:
        ConfigurationError: There is no such profile, or the files cannot be read.
    """
    with translated("the configuration"):
        region = _bare(settings).get_scoped_config().get("region")
    return str(region) if region else None


def proxies(network: Network, url: str) -> dict[str, str] | None:
    """Return the proxies for an endpoint by scheme; None leaves them to the environment.

    What the network does not set comes from the environment.
    """
    named = {"http": network.http_proxy, "https": network.https_proxy, "no": network.no_proxy}
    given = {scheme: proxy for scheme, proxy in named.items() if proxy}
    if not given:
        return None
    found = {**getproxies(), **given}
    if proxy_bypass_environment(urlsplit(url).netloc, found):
        return {}
    return {scheme: found[scheme] for scheme in ("http", "https") if scheme in found}


def client_arguments(settings: Settings) -> dict[str, Any]:
    """Return what all clients' configurations have in common."""
    return {
        "connect_timeout": settings.connect_timeout,
        "read_timeout": settings.read_timeout,
        "use_fips_endpoint": settings.network.use_fips,
        "use_dualstack_endpoint": settings.network.use_dual_stack,
    }


def _bare(settings: Settings) -> Any:
    """Return a session that knows the files to read."""
    from botocore.session import Session  # noqa: PLC0415 - botocore takes long to import

    made = Session(profile=settings.profile)
    for variable, attribute in _VARIABLES.items():
        value = getattr(settings.network, attribute)
        if value is not None:
            made.set_config_variable(variable, value)
    return made


def _plain(settings: Settings) -> Any:
    """Return a session that takes on no role."""
    from botocore.configprovider import ConstantProvider  # noqa: PLC0415 - see _bare

    made = _bare(settings)
    region = settings.chosen_region() or made.get_scoped_config().get("region")
    made.get_component("config_store").set_config_provider("region", ConstantProvider(region))
    if settings.network.skip_metadata:
        made.get_component("credential_provider").remove(_INSTANCE)
    if settings.access_key:
        made.set_credentials(settings.access_key, settings.secret_key, settings.token)
    return made


def _taken_on(role: Role, source: Any, settings: Settings) -> Any:
    """Return a session whose credentials are those of a role, taken on anew as they expire."""
    from botocore.credentials import DeferredRefreshableCredentials  # noqa: PLC0415 - see _bare

    share_models(source)
    fetcher = _fetcher(role, source, settings)
    made = _plain(settings)
    # As AWS's own tools do it: the session has no public place for credentials that renew themselves.
    made._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")  # noqa: SLF001
    return made


def _fetcher(role: Role, source: Any, settings: Settings) -> BaseAssumeRoleCredentialFetcher:
    from botocore import credentials, exceptions  # noqa: PLC0415 - see _bare

    given: dict[str, Any] = {
        "client_creator": _sts(source, settings),
        "role_arn": role.arn,
        "extra_args": _arguments(role),
    }
    if not role.needs_credentials:
        return credentials.AssumeRoleWithWebIdentityCredentialFetcher(
            web_identity_token_loader=lambda: _web_token(role), **given
        )
    found = source.get_credentials()
    if found is None:
        raise exceptions.NoCredentialsError
    return credentials.AssumeRoleCredentialFetcher(source_credentials=found, **given)


def _sts(source: Any, settings: Settings) -> Callable[..., Any]:
    """Return what makes the client that takes roles on; it retries by itself, for nobody sees it."""
    from botocore.config import Config  # noqa: PLC0415 - see _bare

    network = settings.network
    region = network.sts_region or source.get_config_variable("region")
    if region is None:
        raise ConfigurationError("no AWS region is set", hint="set aws:region, or AWS_REGION")
    url = settings.endpoint("sts")
    way = proxies(network, url or f"https://sts.{region}.amazonaws.com")
    ours = Config(**client_arguments(settings), retries={"mode": "standard"}, proxies=way)

    def make(service: str, *, config: Any = None, **rest: Any) -> Any:
        verify = False if network.insecure else None
        merged = ours.merge(config) if config else ours
        return source.create_client(
            service, region_name=region, endpoint_url=url, config=merged, verify=verify, **rest
        )

    return make


def _arguments(role: Role) -> dict[str, Any]:
    """Return what the operation takes beside the role."""
    given = {
        "RoleSessionName": role.session_name or SESSION_NAME,
        "DurationSeconds": role.seconds,
        "ExternalId": role.external_id,
        "SourceIdentity": role.source_identity,
        "Policy": role.policy,
        "PolicyArns": [{"arn": arn} for arn in role.policy_arns],
        "Tags": [{"Key": key, "Value": value} for key, value in role.tags],
        "TransitiveTagKeys": list(role.transitive_tag_keys),
    }
    return {name: value for name, value in given.items() if value}


def _web_token(role: Role) -> str:
    """Return the web identity's token; a file is read anew each time, for it is renewed by others."""
    if role.web_token:
        return role.web_token
    try:
        return Path(role.web_token_file or "").read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(
            f"the web identity's token cannot be read from {role.web_token_file}", reason=error.strerror or ""
        ) from None
