"""The roles to take on, one after the other: ``aws:assumeRoleWithWebIdentity``, then ``aws:assumeRoles``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ...errors import ConfigurationError
from . import values
from .values import Get

_ROLE: Final = ("roleArn", "sessionName", "duration", "policy", "policyArns")
_SIGNED: Final = (*_ROLE, "externalId", "sourceIdentity", "tags", "transitiveTagKeys")
_WEB: Final = (*_ROLE, "webIdentityToken", "webIdentityTokenFile")


@dataclass(frozen=True, slots=True)
class Role:
    """A role to take on; each member is one of STS's AssumeRole or AssumeRoleWithWebIdentity.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html

    Attributes:
        arn: The role.
        session_name: Under which name the session shows in CloudTrail; the provider's own where left out.
        seconds: How long its credentials hold until they are renewed; AWS's hour by default.
        external_id: What the role asks for besides.
        source_identity: Who takes it on, as the roles after it see it.
        policy: A policy, as JSON text, that narrows what the role may do.
        policy_arns: Such policies by their ARNs.
        tags: The session's tags, in pairs.
        transitive_tag_keys: Which of them hold for the roles after it, too.
        web_token: The token of a web identity: no AWS credentials are needed.
        web_token_file: A file that holds it, read anew at each renewal.
    """

    arn: str
    session_name: str | None = None
    seconds: int | None = None
    external_id: str | None = field(default=None, repr=False)
    source_identity: str | None = None
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    transitive_tag_keys: tuple[str, ...] = ()
    web_token: str | None = field(default=None, repr=False)
    web_token_file: str | None = None

    @property
    def account(self) -> str | None:
        """The account that the role is in; None where its ARN does not tell."""
        _, _, _, _, account, *_ = [*self.arn.split(":"), "", "", "", "", ""]
        return account or None

    @property
    def needs_credentials(self) -> bool:
        """Whether AWS credentials have to be there for it to be taken on."""
        return not (self.web_token or self.web_token_file)


def roles(get: Get) -> tuple[Role, ...]:
    """Return the roles that the stack names, in the order in which they are taken on.

    Raises:
        ConfigurationError: One of them is malformed, or has what is not known.
    """
    return tuple(_all(get))


def _all(get: Get) -> Iterator[Role]:
    web = values.mapping(get, "aws:assumeRoleWithWebIdentity")
    if web:
        yield _role(web, "aws:assumeRoleWithWebIdentity", _WEB)
    several = values.listing(get, "aws:assumeRoles")
    one = values.mapping(get, "aws:assumeRole")
    key = "aws:assumeRoles" if several else "aws:assumeRole"
    for given in several or ([one] if one else []):
        if not isinstance(given, Mapping):
            raise values.malformed(key, "a list of objects")
        yield _role(given, key, _SIGNED)


def _role(given: Mapping[str, Any], key: str, known: tuple[str, ...]) -> Role:
    _check(given, key, known)
    tags, policy = given.get("tags") or {}, given.get("policy")
    return Role(
        arn=given["roleArn"],
        session_name=given.get("sessionName"),
        seconds=values.seconds(given.get("duration"), f"{key}.duration"),
        external_id=given.get("externalId"),
        source_identity=given.get("sourceIdentity"),
        policy=json.dumps(policy) if isinstance(policy, Mapping) else policy,
        policy_arns=tuple(given.get("policyArns") or ()),
        tags=tuple(sorted(tags.items())),
        transitive_tag_keys=tuple(given.get("transitiveTagKeys") or ()),
        web_token=given.get("webIdentityToken"),
        web_token_file=given.get("webIdentityTokenFile"),
    )


def _check(given: Mapping[str, Any], key: str, known: tuple[str, ...]) -> None:
    """Refuse what is not known: a role that is taken on in another way than asked for is another role."""
    unknown = sorted(given.keys() - {*known})
    if unknown:
        raise ConfigurationError(f"{key} has {', '.join(unknown)}", hint=f"it takes {', '.join(known)}")
    if not given.get("roleArn"):
        raise ConfigurationError(f"{key} has no roleArn", hint="give the ARN of the role to assume")
    if known is _WEB and not (given.get("webIdentityToken") or given.get("webIdentityTokenFile")):
        raise ConfigurationError(f"{key} has no token", hint="give webIdentityToken or webIdentityTokenFile")
    if not isinstance(given.get("tags") or {}, Mapping):
        raise values.malformed(f"{key}.tags", "an object")
