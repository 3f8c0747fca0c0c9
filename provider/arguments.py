"""The nested arguments of the resources, as typed dictionaries in the spelling that users write.

Each mirrors a structure of the service's API; the API reference says what a member means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, TypedDict

import pulumi


class KmsEncryptionConfigArgs(TypedDict, total=False):
    """HealthLake's KmsEncryptionConfig."""

    cmk_type: pulumi.Input[Literal["CUSTOMER_MANAGED_KMS_KEY", "AWS_OWNED_KMS_KEY"]]
    kms_key_id: pulumi.Input[str]


class SseConfigurationArgs(TypedDict):
    """HealthLake's SseConfiguration."""

    kms_encryption_config: pulumi.Input[KmsEncryptionConfigArgs]


class IdentityProviderConfigurationArgs(TypedDict, total=False):
    """HealthLake's IdentityProviderConfiguration; ``metadata`` is JSON text. Replaced whole by an update."""

    authorization_strategy: pulumi.Input[Literal["AWS_AUTH", "SMART_ON_FHIR_V1", "SMART_ON_FHIR"]]
    fine_grained_authorization_enabled: pulumi.Input[bool]
    metadata: pulumi.Input[str]
    idp_lambda_arn: pulumi.Input[str]


class AnalyticsConfigurationArgs(TypedDict, total=False):
    """HealthLake's AnalyticsConfiguration."""

    status: pulumi.Input[Literal["ENABLED", "DISABLED"]]


class NlpConfigurationArgs(TypedDict, total=False):
    """HealthLake's NlpConfiguration."""

    status: pulumi.Input[Literal["ENABLED", "DISABLED"]]


class ProfileConfigurationArgs(TypedDict, total=False):
    """HealthLake's ProfileConfiguration."""

    default_profiles: pulumi.Input[list[pulumi.Input[str]]]


class BackupConfigurationArgs(TypedDict, total=False):
    """HealthLake's BackupConfiguration; the retention is 1 to 30 days."""

    status: pulumi.Input[Literal["ENABLED", "DISABLED"]]
    backup_type: pulumi.Input[Literal["CONTINUOUS"]]
    retention_period_in_days: pulumi.Input[int]
    backup_tags_enabled: pulumi.Input[bool]


class ExportArgsDict(TypedDict):
    """The same as ``ExportArgs``, as a dictionary."""

    output_s3_uri: pulumi.Input[str]
    output_kms_key_id: pulumi.Input[str]
    data_access_role_arn: pulumi.Input[str]
    job_name: NotRequired[pulumi.Input[str]]


@dataclass(frozen=True, slots=True)
class ExportArgs:
    """An export of a FHIR data store (HealthLake's StartFHIRExportJob).

    Attributes:
        output_s3_uri: ``s3://bucket/prefix`` to write below.
        output_kms_key_id: The KMS key that encrypts what is written.
        data_access_role_arn: The IAM role that HealthLake writes with; the caller needs iam:PassRole on it.
        job_name: The job's name, 1 to 64 characters.
    """

    output_s3_uri: pulumi.Input[str]
    output_kms_key_id: pulumi.Input[str]
    data_access_role_arn: pulumi.Input[str]
    job_name: pulumi.Input[str] | None = None

    def properties(self) -> dict[str, Any]:
        """Return the arguments by their property names, without those that are unset."""
        named = {
            "output_s3_uri": self.output_s3_uri,
            "output_kms_key_id": self.output_kms_key_id,
            "data_access_role_arn": self.data_access_role_arn,
            "job_name": self.job_name,
        }
        return {name: value for name, value in named.items() if value is not None}


class TimeoutsArgs(TypedDict, total=False):
    """How long each may take, as text like ``90s``, ``40m`` or ``1h30m``."""

    create: str
    update: str
    delete: str


class ConnectionArgs(TypedDict, total=False):
    """How AWS is reached for one resource, before what the stack's configuration and AWS's own chain say.

    A change of it changes the state only: it has to lead to the same account.
    """

    profile: pulumi.Input[str]
    endpoint_url: pulumi.Input[str]
    role_arn: pulumi.Input[str]
    external_id: pulumi.Input[str]
    session_name: pulumi.Input[str]


Tags = Mapping[str, pulumi.Input[str]]
