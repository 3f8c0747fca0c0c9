"""The keys of the configuration: what each sets, for the documentation and the schema of the plugin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

Form = Mapping[str, Any]
"""A JSON Schema type: ``{"type": "string"}``, a list, or an object with its properties."""

STRING: Final[Form] = {"type": "string"}
BOOLEAN: Final[Form] = {"type": "boolean"}
STRINGS: Final[Form] = {"type": "array", "items": STRING}
MAP: Final[Form] = {"type": "object", "additionalProperties": STRING}


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the configuration.

    Attributes:
        name: As it is written after ``aws:``, or after the plugin's own namespace.
        form: The form of its value.
        description: What it sets.
        secret: Whether its value is a secret.
    """

    name: str
    form: Form
    description: str
    secret: bool = False


def _role(**more: Form) -> Form:
    members: dict[str, Form] = {
        "roleArn": STRING,
        "sessionName": STRING,
        "duration": STRING,
        "policy": STRING,
        "policyArns": STRINGS,
    }
    return {"type": "object", "properties": {**members, **more}}


_ASSUMED: Final = _role(externalId=STRING, sourceIdentity=STRING, tags=MAP, transitiveTagKeys=STRINGS)

KEYS: Final = (
    Key("region", STRING, "The AWS region of the resources."),
    Key("profile", STRING, "A profile of AWS's shared files."),
    Key("sharedConfigFiles", STRINGS, "AWS's shared configuration file, one."),
    Key("sharedCredentialsFiles", STRINGS, "AWS's shared credentials file, one."),
    Key("accessKey", STRING, "The access key id of the credentials.", secret=True),
    Key("secretKey", STRING, "The secret access key of the credentials.", secret=True),
    Key("token", STRING, "The session token of temporary credentials.", secret=True),
    Key("assumeRole", _ASSUMED, "A role to assume."),
    Key("assumeRoles", {"type": "array", "items": _ASSUMED}, "Roles to assume, one after the other."),
    Key(
        "assumeRoleWithWebIdentity",
        _role(webIdentityToken=STRING, webIdentityTokenFile=STRING),
        "A role to assume before those with a web identity's token, without AWS credentials.",
    ),
    Key("allowedAccountIds", STRINGS, "The accounts in which anything may be read or changed."),
    Key("forbiddenAccountIds", STRINGS, "Accounts in which nothing may be read or changed."),
    Key(
        "defaultTags",
        {"type": "object", "properties": {"tags": MAP}},
        "Tags for every data store; a store's own tags win.",
    ),
    Key(
        "ignoreTags",
        {"type": "object", "properties": {"keys": STRINGS, "keyPrefixes": STRINGS}},
        "Tags that others manage: they are no drift, and stay as they are.",
    ),
    Key(
        "endpoints",
        {"type": "array", "items": MAP},
        "Endpoint URLs by service: `healthlake`, `medicalimaging`, `sts`.",
    ),
    Key("useFipsEndpoint", BOOLEAN, "Whether to call the endpoints that conform to FIPS 140."),
    Key("useDualstackEndpoint", BOOLEAN, "Whether to call the endpoints that also speak IPv6."),
    Key("stsRegion", STRING, "The region of AWS STS."),
    Key("httpProxy", STRING, "A proxy for HTTP."),
    Key("httpsProxy", STRING, "A proxy for HTTPS."),
    Key("noProxy", STRING, "Hosts that are reached without a proxy, separated by commas."),
    Key("customCaBundle", STRING, "A file of certificates to trust."),
    Key("insecure", BOOLEAN, "Whether to trust any certificate."),
    Key("ec2MetadataServiceEndpoint", STRING, "Where an instance's metadata service is."),
    Key("ec2MetadataServiceEndpointMode", STRING, "Its mode: `IPv4` or `IPv6`."),
    Key("skipMetadataApiCheck", BOOLEAN, "Whether not to ask an instance for its role."),
    Key("skipCredentialsValidation", BOOLEAN, "Has no effect: credentials are not validated beforehand."),
    Key("skipRegionValidation", BOOLEAN, "Has no effect: regions are not validated beforehand."),
    Key(
        "skipRequestingAccountId", BOOLEAN, "Has no effect: the account is asked for only where it is needed."
    ),
)
