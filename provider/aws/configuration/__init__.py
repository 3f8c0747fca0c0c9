"""The stack's configuration, under the names that Pulumi's AWS providers use. Pure; no value is ever logged.

Source: https://www.pulumi.com/registry/packages/aws/installation-configuration/. A structured value arrives
as JSON text. What a resource's own arguments say comes first, then this, then AWS's own chain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ...errors import ConfigurationError
from . import values
from .roles import Role, roles
from .values import Get

__all__ = ["KEYS", "UNHEEDED", "Configuration", "IgnoredTags", "Network", "Role", "read_configuration"]

KEYS: Final = ("access_key", "secret_key", "token")
"""The attributes that are credentials; they go together."""

UNHEEDED: Final = (
    "aws:maxRetries",
    "aws:retryMode",
    "aws:s3UsEast1RegionalEndpoint",
    "aws:s3UsePathStyle",
    "aws:tagPolicyCompliance",
    "aws:tokenBucketRateLimiterCapacity",
    "aws:userAgents",
)
"""Keys of Pulumi's AWS providers that do not act here: whoever sets one is told.

``aws:skipCredentialsValidation``, ``aws:skipRegionValidation`` and ``aws:skipRequestingAccountId`` are not
among them: what they turn off is not done anyway.
"""


@dataclass(frozen=True, slots=True)
class Network:
    """How AWS is reached; what is None is left to AWS's own chain.

    Attributes:
        use_fips: ``aws:useFipsEndpoint``: the endpoints that conform to FIPS 140.
        use_dual_stack: ``aws:useDualstackEndpoint``: those that also speak IPv6.
        sts_region: ``aws:stsRegion``: where roles are taken on.
        ca_bundle: ``aws:customCaBundle``: a file of certificates to trust.
        insecure: ``aws:insecure``: whether to trust any certificate.
        http_proxy, https_proxy: ``aws:httpProxy``, ``aws:httpsProxy``: URLs.
        no_proxy: ``aws:noProxy``: hosts that are reached without, separated by commas.
        config_file: ``aws:sharedConfigFiles``'s one.
        credentials_file: ``aws:sharedCredentialsFiles``'s one.
        metadata_endpoint, metadata_mode: ``aws:ec2MetadataServiceEndpoint`` and its ``Mode``.
        skip_metadata: ``aws:skipMetadataApiCheck``: whether an instance's role is not asked for.
    """

    use_fips: bool | None = None
    use_dual_stack: bool | None = None
    sts_region: str | None = None
    ca_bundle: str | None = None
    insecure: bool | None = None
    http_proxy: str | None = field(default=None, repr=False)
    https_proxy: str | None = field(default=None, repr=False)
    no_proxy: str | None = None
    config_file: str | None = None
    credentials_file: str | None = None
    metadata_endpoint: str | None = None
    metadata_mode: str | None = None
    skip_metadata: bool | None = None


@dataclass(frozen=True, slots=True)
class IgnoredTags:
    """``aws:ignoreTags``: tags that others put on and that are none of the stack's business.

    Attributes:
        keys: Whole keys.
        prefixes: What keys start with.
    """

    keys: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether any tag is ignored."""
        return bool(self.keys or self.prefixes)

    def covers(self, key: str) -> bool:
        """Whether a tag is ignored."""
        return key in self.keys or key.startswith(self.prefixes)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the stack says of AWS.

    Attributes:
        region: ``aws:region``.
        profile: ``aws:profile``.
        access_key, secret_key, token: ``aws:accessKey``, ``aws:secretKey``, ``aws:token``.
        roles: ``aws:assumeRoleWithWebIdentity``, then ``aws:assumeRoles`` or ``aws:assumeRole``.
        endpoints: ``aws:endpoints``: endpoint URLs by service (``healthlake``, ``medicalimaging``).
        network: How AWS is reached.
        default_tags: ``aws:defaultTags``'s ``tags``.
        ignored_tags: ``aws:ignoreTags``.
        allowed_accounts: ``aws:allowedAccountIds``; empty allows all.
        forbidden_accounts: ``aws:forbiddenAccountIds``.
        unheeded: The keys that are set and do not act here.
    """

    region: str | None = None
    profile: str | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    roles: tuple[Role, ...] = ()
    endpoints: Mapping[str, str] = field(default_factory=dict)
    network: Network = field(default_factory=Network)
    default_tags: Mapping[str, str] = field(default_factory=dict)
    ignored_tags: IgnoredTags = field(default_factory=IgnoredTags)
    allowed_accounts: frozenset[str] = frozenset()
    forbidden_accounts: frozenset[str] = frozenset()
    unheeded: tuple[str, ...] = ()

    @property
    def guarded(self) -> bool:
        """Whether the account has to be looked at before anything is called."""
        return bool(self.allowed_accounts or self.forbidden_accounts)

    def refuses(self, account: str) -> bool:
        """Whether an account is the wrong one."""
        allowed = not self.allowed_accounts or account in self.allowed_accounts
        return not allowed or account in self.forbidden_accounts


def read_configuration(get: Get) -> Configuration:
    """Return the configuration.

    Args:
        get: Returns the value of a key (``aws:region``), or None.

    Raises:
        ConfigurationError: A value is not of its form.
    """
    return Configuration(
        region=values.string(get, "aws:region"),
        profile=values.string(get, "aws:profile"),
        **_keys(get),
        roles=roles(get),
        endpoints=_endpoints(get),
        network=_network(get),
        default_tags=_default_tags(get),
        ignored_tags=_ignored_tags(get),
        allowed_accounts=values.strings(get, "aws:allowedAccountIds"),
        forbidden_accounts=values.strings(get, "aws:forbiddenAccountIds"),
        unheeded=tuple(key for key in UNHEEDED if get(key) is not None),
    )


def _keys(get: Get) -> dict[str, Any]:
    """Return the credentials, which come together or not at all."""
    keys = {name: values.string(get, key) for name, key in _KEYS.items()}
    if bool(keys["access_key"]) != bool(keys["secret_key"]) or (keys["token"] and not keys["access_key"]):
        raise ConfigurationError(
            "aws:accessKey and aws:secretKey are not both set",
            hint="set both, or leave them to AWS's own chain",
        )
    return keys


_KEYS: Final = {"access_key": "aws:accessKey", "secret_key": "aws:secretKey", "token": "aws:token"}


def _endpoints(get: Get) -> dict[str, str]:
    """Return the URLs by service: a list of objects in which each key is a service."""
    entries = values.listing(get, "aws:endpoints")
    if not all(isinstance(entry, Mapping) for entry in entries):
        raise values.malformed("aws:endpoints", "a list of objects")
    return {str(name): str(url) for entry in entries for name, url in entry.items()}


def _network(get: Get) -> Network:
    return Network(
        use_fips=values.flag(get, "aws:useFipsEndpoint"),
        use_dual_stack=values.flag(get, "aws:useDualstackEndpoint"),
        sts_region=values.string(get, "aws:stsRegion"),
        ca_bundle=values.string(get, "aws:customCaBundle"),
        insecure=values.flag(get, "aws:insecure"),
        http_proxy=values.string(get, "aws:httpProxy"),
        https_proxy=values.string(get, "aws:httpsProxy"),
        no_proxy=values.string(get, "aws:noProxy"),
        config_file=values.only(get, "aws:sharedConfigFiles"),
        credentials_file=values.only(get, "aws:sharedCredentialsFiles"),
        metadata_endpoint=values.string(get, "aws:ec2MetadataServiceEndpoint"),
        metadata_mode=values.string(get, "aws:ec2MetadataServiceEndpointMode"),
        skip_metadata=values.flag(get, "aws:skipMetadataApiCheck"),
    )


def _default_tags(get: Get) -> dict[str, str]:
    tags = values.mapping(get, "aws:defaultTags").get("tags") or {}
    if not isinstance(tags, Mapping):
        raise values.malformed("aws:defaultTags.tags", "an object")
    return {str(key): str(value) for key, value in tags.items()}


def _ignored_tags(get: Get) -> IgnoredTags:
    given = values.mapping(get, "aws:ignoreTags")
    keys, prefixes = (given.get(name) or [] for name in ("keys", "keyPrefixes"))
    if not (isinstance(keys, list) and isinstance(prefixes, list)):
        raise values.malformed("aws:ignoreTags", "an object with the lists keys and keyPrefixes")
    return IgnoredTags(frozenset(map(str, keys)), tuple(map(str, prefixes)))
