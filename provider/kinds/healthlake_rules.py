"""What HealthLake is documented to refuse although each member alone is fine, and what it may refuse.

Sources: HealthLake's API reference (IdentityProviderConfiguration) and developer guide ("Updating a data
store").
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from ..models.shapes import UNKNOWN, Fault
from .rules import RULES, Doubt, Properties, Rule, arn_at, object_at

ASKED_FOR: Final = {
    "analytics_configuration": ("ENABLED", "PAUSED"),
    "nlp_configuration": ("ENABLED", "DISABLED"),
}
"""The statuses that a caller may ask for.

Sources: HealthLake Developer Guide, "Updating a data store"; CloudFormation's schema of the resource.
"""

REPORTED: Final = ("ENABLING", "DISABLING", "PAUSING")
"""The statuses on the way to another, which only the service reports."""

GRANT_TYPES: Final = ("authorization_code", "client_credentials")

METADATA_REQUIRED: Final = (
    "authorization_endpoint",
    "token_endpoint",
    "capabilities",
    "grant_types_supported",
    "code_challenge_methods_supported",
)


def switches(properties: Properties) -> Iterator[Fault]:
    """Analytics and NLP are asked for by the statuses in which they rest."""
    for name, asked_for in ASKED_FOR.items():
        status = object_at(properties, name).get("status")
        if status in REPORTED:
            yield Fault(
                f"{name}.status",
                f"must be {' or '.join(asked_for)}; only the service reports {status}",
            )


def smart_metadata(properties: Properties) -> Iterator[Fault]:
    """SMART on FHIR metadata is the JSON text of an object with the elements that the reference requires."""
    text = object_at(properties, "identity_provider_configuration").get("metadata")
    if isinstance(text, str) and text != UNKNOWN:
        yield from _metadata_faults(text, "identity_provider_configuration.metadata")


def _metadata_faults(text: str, path: str) -> Iterator[Fault]:
    try:
        metadata = json.loads(text)
    except ValueError as error:
        yield Fault(path, f"must be JSON text: {error}")
        return
    if not isinstance(metadata, dict):
        yield Fault(path, "must be the JSON text of an object")
        return
    missing = [name for name in METADATA_REQUIRED if name not in metadata]
    if missing:
        yield Fault(path, f"lacks {', '.join(missing)}")
    yield from _choice_faults(metadata, path)


def _choice_faults(metadata: Properties, path: str) -> Iterator[Fault]:
    methods = metadata.get("code_challenge_methods_supported")
    if methods is not None and (not isinstance(methods, list) or "S256" not in methods):
        yield Fault(path, "code_challenge_methods_supported must be a list with S256 in it")
    grants = metadata.get("grant_types_supported")
    if grants is not None and (not isinstance(grants, list) or not grants):
        yield Fault(path, f"grant_types_supported must be a list with {' or '.join(GRANT_TYPES)} in it")


SMART: Final = ("SMART_ON_FHIR_V1", "SMART_ON_FHIR")

_KEY: Final = "sse_configuration.kms_encryption_config.kms_key_id"
_IDENTITY: Final = "identity_provider_configuration"
_EXPORTS: Final = ("", "export.")
"""Where the properties of an export are: in one of its own, and in a store's."""


def customer_key(properties: Properties, _account: str | None) -> Iterator[Fault]:
    """A key of one's own and the type of key belong together; the reference does not say that they must."""
    config = object_at(object_at(properties, "sse_configuration"), "kms_encryption_config")
    kind, key = config.get("cmk_type"), config.get("kms_key_id")
    if kind == "CUSTOMER_MANAGED_KMS_KEY" and key is None:
        yield Fault(
            _KEY, "is not given: AWS may refuse CUSTOMER_MANAGED_KMS_KEY without it, or use a key of its own"
        )
    if kind == "AWS_OWNED_KMS_KEY" and key is not None:
        yield Fault(_KEY, "is given with cmk_type AWS_OWNED_KMS_KEY: AWS may refuse it, or not use the key")


def analytics(properties: Properties, _account: str | None) -> Iterator[Fault]:
    """Whether a caller may ask for DISABLED is not public."""
    if object_at(properties, "analytics_configuration").get("status") == "DISABLED":
        yield Fault(
            "analytics_configuration.status",
            "is DISABLED: AWS documents ENABLED and PAUSED for callers, and may refuse it",
        )


def backup(properties: Properties, _account: str | None) -> Iterator[Fault]:
    """How long to keep backups says nothing where there are none."""
    config = object_at(properties, "backup_configuration")
    if config.get("status") == "DISABLED" and config.get("retention_period_in_days") is not None:
        yield Fault(
            "backup_configuration.retention_period_in_days",
            "is given with status DISABLED: AWS may refuse it",
        )


def identity_provider(properties: Properties, _account: str | None) -> Iterator[Fault]:
    """SMART on FHIR comes with metadata and a function that checks tokens, AWS_AUTH with neither."""
    config = object_at(properties, _IDENTITY)
    strategy = config.get("authorization_strategy")
    for name in ("metadata", "idp_lambda_arn"):
        given = config.get(name) is not None
        if strategy in SMART and not given:
            yield Fault(f"{_IDENTITY}.{name}", f"is not given: AWS may refuse {strategy} without it")
        if strategy == "AWS_AUTH" and given:
            yield Fault(f"{_IDENTITY}.{name}", "is given with AWS_AUTH: AWS may refuse it")


def grant_types(properties: Properties, _account: str | None) -> Iterator[Fault]:
    """The reference lists two grant types; AWS's own example has others."""
    try:
        metadata = json.loads(object_at(properties, _IDENTITY).get("metadata") or "{}")
    except (TypeError, ValueError):  # refused by the rules
        return
    grants = metadata.get("grant_types_supported") if isinstance(metadata, dict) else None
    others = [str(grant) for grant in grants if grant not in GRANT_TYPES] if isinstance(grants, list) else []
    if others:
        yield Fault(
            f"{_IDENTITY}.metadata",
            f"has the grant types {', '.join(others)}: AWS documents {' and '.join(GRANT_TYPES)}, "
            "and may refuse others",
        )


def export(properties: Properties, account: str | None) -> Iterator[Fault]:
    """An export writes with a role of the store's account and a key of the store's region.

    Sources: IAM User Guide, "Grant a user permissions to pass a role" (only a role of the same account can
    be passed); S3 User Guide, "Using server-side encryption with AWS KMS keys" (the key is in the bucket's
    region); HealthLake Developer Guide, "Exporting files" (the bucket is in the store's region).
    """
    region = properties.get("region")
    for where in _EXPORTS:
        role = _part(arn_at(properties, f"{where}data_access_role_arn"), _ACCOUNT)
        if account and role and role != account:
            yield Fault(
                f"{where}data_access_role_arn",
                f"is a role of the account {role}, and the store is in {account}: a role can only be passed "
                "within its account, so the export cannot start",
            )
        key = _part(arn_at(properties, f"{where}output_kms_key_id"), _REGION)
        if isinstance(region, str) and region != UNKNOWN and key and key != region:
            yield Fault(
                f"{where}output_kms_key_id",
                f"is a key of {key}, and the bucket has to be in the store's region, {region}: the export "
                "will fail",
            )


_REGION: Final = 3
_ACCOUNT: Final = 4


def _part(arn: str, index: int) -> str:
    """Return a part of an ARN; an empty string where there is none."""
    return [*arn.split(":"), "", "", "", "", ""][index]


HEALTHLAKE_RULES: Final[tuple[Rule, ...]] = (*RULES, switches, smart_metadata)
EXPORT_DOUBTS: Final[tuple[Doubt, ...]] = (export,)
HEALTHLAKE_DOUBTS: Final[tuple[Doubt, ...]] = (
    customer_key,
    analytics,
    backup,
    identity_provider,
    grant_types,
    export,
)
