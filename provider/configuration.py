"""The stack's configuration, under the names that Pulumi's AWS providers use. Pure; no value is ever logged.

Source: https://www.pulumi.com/registry/packages/aws/installation-configuration/. A structured value arrives
as JSON text. What a resource's own arguments say comes first, then this, then AWS's own chain.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from provider import durations
from provider.errors import ConfigurationError

KEYS: Final = ("access_key", "secret_key", "token")
"""The attributes that are credentials; they go together."""

ROLE: Final = ("role_arn", "external_id", "session_name", "session_seconds")
"""The attributes that say which role to take on; they go together."""

Get = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the stack says of AWS.

    Attributes:
        region: ``aws:region``.
        profile: ``aws:profile``.
        role_arn: ``aws:assumeRole``'s ``roleArn`` (or that of the first of ``aws:assumeRoles``).
        external_id: Its ``externalId``.
        session_name: Its ``sessionName``.
        session_seconds: Its ``duration``, in seconds.
        access_key, secret_key, token: ``aws:accessKey``, ``aws:secretKey``, ``aws:token``.
        endpoints: ``aws:endpoints``: endpoint URLs by service (``healthlake``, ``medicalimaging``).
        default_tags: ``aws:defaultTags``'s ``tags``.
        allowed_accounts: ``aws:allowedAccountIds``; empty allows all.
        forbidden_accounts: ``aws:forbiddenAccountIds``.
        use_fips: ``aws:useFipsEndpoint``; None where it is not set.
        use_dual_stack: ``aws:useDualstackEndpoint``; likewise.
    """

    region: str | None = None
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    session_name: str | None = None
    session_seconds: int | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    endpoints: Mapping[str, str] = field(default_factory=dict)
    default_tags: Mapping[str, str] = field(default_factory=dict)
    allowed_accounts: frozenset[str] = frozenset()
    forbidden_accounts: frozenset[str] = frozenset()
    use_fips: bool | None = None
    use_dual_stack: bool | None = None

    @property
    def guarded(self) -> bool:
        """Whether the account has to be looked at before anything is called."""
        return bool(self.allowed_accounts or self.forbidden_accounts)

    def refuses(self, account: str) -> bool:
        """Whether an account is the wrong one."""
        allowed = not self.allowed_accounts or account in self.allowed_accounts
        return not allowed or account in self.forbidden_accounts


def read(get: Get) -> Configuration:
    """Return the configuration.

    Args:
        get: Returns the value of a key (``aws:region``), or None.

    Raises:
        ConfigurationError: A structured value is not of its form.
    """
    role = _role(get)
    tags = _object(get, "aws:defaultTags").get("tags") or {}
    if not isinstance(tags, Mapping):
        raise _malformed("aws:defaultTags.tags", "an object")
    return Configuration(
        region=_text(get, "aws:region"),
        profile=_text(get, "aws:profile"),
        role_arn=role.get("roleArn"),
        external_id=role.get("externalId"),
        session_name=role.get("sessionName"),
        session_seconds=_seconds(role),
        **_keys(get),
        endpoints=_endpoints(get),
        default_tags={str(key): str(value) for key, value in tags.items()},
        allowed_accounts=frozenset(map(str, _list(get, "aws:allowedAccountIds"))),
        forbidden_accounts=frozenset(map(str, _list(get, "aws:forbiddenAccountIds"))),
        use_fips=_flag(get, "aws:useFipsEndpoint"),
        use_dual_stack=_flag(get, "aws:useDualstackEndpoint"),
    )


def _role(get: Get) -> Mapping[str, Any]:
    several = _list(get, "aws:assumeRoles")
    if len(several) > 1:
        raise ConfigurationError(
            "aws:assumeRoles names several roles",
            hint="a chain of roles is not supported; give one, or chain them in the AWS configuration file",
        )
    role = several[0] if several else _object(get, "aws:assumeRole")
    unknown = sorted(role.keys() - _ROLE)
    if unknown or (role and not role.get("roleArn")):
        raise ConfigurationError(
            f"aws:assumeRole has {', '.join(unknown)}" if unknown else "aws:assumeRole has no roleArn",
            hint=f"it takes {', '.join(_ROLE)}; for more, name a profile of the AWS configuration file",
        )
    return role


_ROLE: Final = ("roleArn", "externalId", "sessionName", "duration")


def _seconds(role: Mapping[str, Any]) -> int | None:
    """Return how long the role's credentials are to hold."""
    text = role.get("duration")
    if text is None:
        return None
    seconds = durations.parse(text)
    if seconds is None:
        raise _malformed("aws:assumeRole.duration", "a duration like 1h30m")
    return int(seconds)


def _keys(get: Get) -> dict[str, str | None]:
    """Return the credentials, which come together or not at all."""
    keys = {name: _text(get, key) for name, key in _KEYS.items()}
    if bool(keys["access_key"]) != bool(keys["secret_key"]) or (keys["token"] and not keys["access_key"]):
        raise ConfigurationError(
            "aws:accessKey and aws:secretKey are not both set",
            hint="set both, or leave them to AWS's own chain",
        )
    return keys


_KEYS: Final = {"access_key": "aws:accessKey", "secret_key": "aws:secretKey", "token": "aws:token"}


def _endpoints(get: Get) -> dict[str, str]:
    """Return the URLs by service: a list of objects in which each key is a service."""
    entries = _list(get, "aws:endpoints")
    if not all(isinstance(entry, Mapping) for entry in entries):
        raise _malformed("aws:endpoints", "a list of objects")
    return {str(name): str(url) for entry in entries for name, url in entry.items()}


def _text(get: Get, key: str) -> str | None:
    value = get(key)
    return value if isinstance(value, str) and value else None


def _flag(get: Get, key: str) -> bool | None:
    """Return a switch; None where it is not set, so that AWS's own chain decides."""
    value = get(key)
    if value in {None, ""}:
        return None
    if value not in {True, False, "true", "false"}:
        raise _malformed(key, "true or false")
    return value in {True, "true"}


def _object(get: Get, key: str) -> Mapping[str, Any]:
    value = _structured(get, key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise _malformed(key, "an object")
    return value


def _list(get: Get, key: str) -> list[Any]:
    value = _structured(get, key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise _malformed(key, "a list")
    return value


def _structured(get: Get, key: str) -> Any:
    value = get(key)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise _malformed(key, "structured") from None


def _malformed(key: str, form: str) -> ConfigurationError:
    return ConfigurationError(
        f"the stack's configuration {key} is not {form}",
        hint=f"set it with `pulumi config set --path`, as in the documentation of {key}",
    )
