"""A FHIR data store's configuration: what the service refuses, fills in, echoes and changes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..errors import validation
from ..state import ACCOUNT

_AT_ONCE: Final = ("ProfileConfiguration", "IdentityProviderConfiguration")
_ASKED_FOR: Final = {
    "AnalyticsConfiguration": ("ENABLED", "PAUSED"),
    "NlpConfiguration": ("ENABLED", "DISABLED"),
}
"""The statuses that a caller may ask for; whether analytics can be DISABLED is not public, so they cannot."""

_ON_THE_WAY: Final = {"ENABLED": "ENABLING", "DISABLED": "DISABLING", "PAUSED": "PAUSING"}
_SMART_ELEMENTS: Final = (
    "authorization_endpoint",
    "token_endpoint",
    "capabilities",
    "grant_types_supported",
    "code_challenge_methods_supported",
)
_GRANT_TYPES: Final = frozenset({"authorization_code", "client_credentials"})
_KEY_ID: Final = re.compile(r"(?:key/)?[a-zA-Z0-9-]+")


@dataclass(frozen=True)
class Change:
    """What changes slowly: how it looks meanwhile, and in the end."""

    meanwhile: dict[str, Any] = field(default_factory=dict)
    target: dict[str, Any] = field(default_factory=dict)


def check(parameters: Mapping[str, Any]) -> None:
    """Check what a service model cannot say.

    Raises:
        ServiceError: ValidationException.
    """
    key = parameters.get("SseConfiguration", {}).get("KmsEncryptionConfig", {})
    if key.get("CmkType") == "CUSTOMER_MANAGED_KMS_KEY" and "KmsKeyId" not in key:
        raise validation("KmsKeyId is required when CmkType is CUSTOMER_MANAGED_KMS_KEY")
    if key.get("CmkType") == "AWS_OWNED_KMS_KEY" and "KmsKeyId" in key:
        raise validation("KmsKeyId must not be given when CmkType is AWS_OWNED_KMS_KEY")
    _check_identity(parameters.get("IdentityProviderConfiguration", {"AuthorizationStrategy": "AWS_AUTH"}))
    for name, allowed in _ASKED_FOR.items():
        status = parameters.get(name, {}).get("Status", "ENABLED")
        if status not in allowed:
            raise validation(f"{name}.Status must be {' or '.join(allowed)}, got {status}")


def _check_identity(identity: Mapping[str, Any]) -> None:
    if identity["AuthorizationStrategy"] == "AWS_AUTH":
        return
    try:
        metadata = json.loads(identity.get("Metadata", ""))
    except ValueError as error:
        raise validation("IdentityProviderConfiguration.Metadata is not valid JSON") from error
    missing = [name for name in _SMART_ELEMENTS if not (isinstance(metadata, dict) and metadata.get(name))]
    if missing:
        raise validation(f"IdentityProviderConfiguration.Metadata lacks {', '.join(missing)}")
    lists = (
        "capabilities",
        "grant_types_supported",
        "code_challenge_methods_supported",
    )
    if not all(isinstance(metadata[name], list) for name in lists):
        raise validation(f"{', '.join(lists)} must be lists")
    if "S256" not in metadata["code_challenge_methods_supported"]:
        raise validation("code_challenge_methods_supported must include S256")
    unknown = set(metadata["grant_types_supported"]) - _GRANT_TYPES
    if unknown:
        raise validation(f"grant_types_supported must be among {sorted(_GRANT_TYPES)}, got {sorted(unknown)}")


def initial(parameters: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Return the configuration of a new store, with what the service fills in."""
    filled: dict[str, Any] = {
        "SseConfiguration": {"KmsEncryptionConfig": {"CmkType": "AWS_OWNED_KMS_KEY"}},
        "IdentityProviderConfiguration": {
            "AuthorizationStrategy": "AWS_AUTH",
            "FineGrainedAuthorizationEnabled": False,
        },
        "AnalyticsConfiguration": {"Status": "ENABLED"},
        "NlpConfiguration": {"Status": "DISABLED"},
    }
    given = (
        "SseConfiguration",
        "PreloadDataConfig",
        "IdentityProviderConfiguration",
        *_ASKED_FOR,
        "ProfileConfiguration",
        "BackupConfiguration",
    )
    config = filled | {name: parameters[name] for name in given if parameters.get(name)}
    return config | {"SseConfiguration": _echoed_key(config["SseConfiguration"], region)}


def _echoed_key(sse: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Name the key by its ARN, as the service does when the caller gave a bare id or an alias."""
    key = dict(sse.get("KmsEncryptionConfig", {"CmkType": "AWS_OWNED_KMS_KEY"}))
    given = key.get("KmsKeyId", "")
    if _KEY_ID.fullmatch(given):
        key["KmsKeyId"] = f"arn:aws:kms:{region}:{ACCOUNT}:key/{given.removeprefix('key/')}"
    elif given.startswith("alias/"):
        key["KmsKeyId"] = f"arn:aws:kms:{region}:{ACCOUNT}:{given}"
    return {"KmsEncryptionConfig": key}


def changed_at_once(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an update replaces at once and whole: what is left out inside is cleared."""
    return {name: parameters[name] for name in _AT_ONCE if name in parameters}


def changed_slowly(parameters: Mapping[str, Any], config: Mapping[str, Any]) -> Change:
    """Return what an update brings about in a while; what is so already is not a change."""
    change = Change()
    for name in _ASKED_FOR:
        status = parameters.get(name, {}).get("Status")
        if status is not None and status != config[name].get("Status"):
            change.meanwhile[name] = {"Status": _ON_THE_WAY[status]}
            change.target[name] = {"Status": status}
    backup = {**config.get("BackupConfiguration", {}), **parameters.get("BackupConfiguration", {})}
    if backup != config.get("BackupConfiguration", {}):
        change.target["BackupConfiguration"] = backup
    return change
