"""What AWS is documented to refuse although each member alone is fine; see ``doubts`` for what it may refuse.

Each rule takes the properties as the user wrote them and yields its faults. Sources: HealthLake's API
reference (IdentityProviderConfiguration) and developer guide ("Updating a data store"); AWS General
Reference, "ARNs"; KMS Developer Guide, "Keys are regional".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from ..models.partitions import partition
from ..models.shapes import UNKNOWN, Fault
from ..timing import durations

Properties = Mapping[str, Any]
Rule = Callable[[Properties], Iterator[Fault]]

ASKED_FOR: Final = {
    "analytics_configuration": ("ENABLED", "PAUSED"),
    "nlp_configuration": ("ENABLED", "DISABLED"),
}
"""The statuses that a caller may ask for.

Sources: HealthLake Developer Guide, "Updating a data store"; CloudFormation's schema of the resource.
"""

REPORTED: Final = ("ENABLING", "DISABLING", "PAUSING")
"""The statuses on the way to another, which only the service reports."""

SETTINGS: Final = {"force_destroy": (bool, "true or false"), "adopt": (str, "the id of a resource")}

CONNECTION: Final = ("profile", "endpoint_url", "role_arn", "external_id", "session_name")

VERBS: Final = ("create", "update", "delete")

STORE_KEYS: Final = ("kms_key_arn", "sse_configuration.kms_encryption_config.kms_key_id")
"""Where a store's own key is named."""

OTHER_ARNS: Final = (
    "lambda_authorizer_arn",
    "identity_provider_configuration.idp_lambda_arn",
    *(
        f"{where}{name}"
        for where in ("", "export.")
        for name in ("output_kms_key_id", "data_access_role_arn")
    ),
)
"""Where something else is named that may be an ARN."""

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


def arns(properties: Properties) -> Iterator[Fault]:
    """What an ARN names is of the resource's partition, and a store's key of its region."""
    region = properties.get("region")
    home = partition(region) if isinstance(region, str) and region != UNKNOWN else None
    for path in (*STORE_KEYS, *OTHER_ARNS) if home else ():
        _, named, _, place, *_ = [*arn_at(properties, path).split(":"), "", "", "", ""]
        if named and named != home:
            yield Fault(path, f"is in the partition {named}, and {region} is in {home}")
        elif place and place != region and path in STORE_KEYS:
            yield Fault(path, f"is a key of {place}; a store of {region} needs one of its own region")


def arn_at(properties: Properties, path: str) -> str:
    """Return the ARN at a path, or an empty text where there is none or it is not known."""
    value: Any = properties
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) and value.startswith("arn:") else ""


def object_at(properties: Properties, name: str) -> Properties:
    """Return a nested object, or an empty one where it is unset, unknown or malformed."""
    value = properties.get(name)
    return value if isinstance(value, Mapping) else {}


def timeouts(properties: Properties) -> Iterator[Fault]:
    """The user's own timeouts are durations of create, update and delete."""
    value = properties.get("timeouts")
    if value is None or value == UNKNOWN:
        return
    if not isinstance(value, Mapping):
        yield Fault("timeouts", "must be an object with create, update and delete")
        return
    for name, text in value.items():
        if name not in VERBS:
            yield Fault(f"timeouts.{name}", f"is none of {', '.join(VERBS)}")
        elif text != UNKNOWN and durations.parse_duration(text) is None:
            yield Fault(f"timeouts.{name}", "must be a duration like 90s, 40m or 1h30m")


def settings(properties: Properties) -> Iterator[Fault]:
    """The provider's own settings are of their types."""
    for name, (type_, noun) in SETTINGS.items():
        value = properties.get(name)
        if value is not None and value != UNKNOWN and not isinstance(value, type_):
            yield Fault(name, f"must be {noun}")


def connection(properties: Properties) -> Iterator[Fault]:
    """A connection of one's own is an object of texts."""
    value = properties.get("connection")
    if value is None or value == UNKNOWN:
        return
    if not isinstance(value, Mapping):
        yield Fault("connection", f"must be an object with any of {', '.join(CONNECTION)}")
        return
    for name, text in value.items():
        if name not in CONNECTION:
            yield Fault(f"connection.{name}", f"is none of {', '.join(CONNECTION)}")
        elif not isinstance(text, str) or not text:
            yield Fault(f"connection.{name}", "must be a text")
    for name in ("external_id", "session_name"):
        if value.get(name) is not None and value.get("role_arn") is None:
            yield Fault(f"connection.{name}", "goes with role_arn only")


RULES: Final[tuple[Rule, ...]] = (settings, timeouts, connection, arns)
HEALTHLAKE_RULES: Final[tuple[Rule, ...]] = (*RULES, switches, smart_metadata)
