"""The nested arguments of the resources, as typed dictionaries in the spelling that users write.

Each mirrors a structure of the service's API, which has the last word on what a member means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, TypedDict

import pulumi


class KmsEncryptionConfigArgs(TypedDict, total=False):
    """HealthLake's KmsEncryptionConfig: https://docs.aws.amazon.com/healthlake/latest/APIReference/API_KmsEncryptionConfig.html.

    Attributes:
        cmk_type: Whose the key is.
        kms_key_id: The id, ARN or alias of a key of your own, in the store's region.
    """

    cmk_type: pulumi.Input[Literal["CUSTOMER_MANAGED_KMS_KEY", "AWS_OWNED_KMS_KEY"]]
    kms_key_id: pulumi.Input[str]


class SseConfigurationArgs(TypedDict):
    """HealthLake's SseConfiguration: https://docs.aws.amazon.com/healthlake/latest/APIReference/API_SseConfiguration.html.

    Attributes:
        kms_encryption_config: The key that encrypts the store.
    """

    kms_encryption_config: pulumi.Input[KmsEncryptionConfigArgs]


class IdentityProviderConfigurationArgs(TypedDict, total=False):
    """HealthLake's IdentityProviderConfiguration; an update replaces it as a whole.

    https://docs.aws.amazon.com/healthlake/latest/APIReference/API_IdentityProviderConfiguration.html

    Attributes:
        authorization_strategy: By AWS's own signatures or by SMART on FHIR.
        fine_grained_authorization_enabled: Whether scopes narrow what a token may read and write.
        metadata: What the store tells of the identity provider, as JSON text; with SMART on FHIR.
        idp_lambda_arn: The function that checks tokens; with SMART on FHIR.
    """

    authorization_strategy: pulumi.Input[Literal["AWS_AUTH", "SMART_ON_FHIR_V1", "SMART_ON_FHIR"]]
    fine_grained_authorization_enabled: pulumi.Input[bool]
    metadata: pulumi.Input[str]
    idp_lambda_arn: pulumi.Input[str]


class AnalyticsConfigurationArgs(TypedDict, total=False):
    """HealthLake's AnalyticsConfiguration, a member of CreateFHIRDatastore.

    https://docs.aws.amazon.com/healthlake/latest/APIReference/API_CreateFHIRDatastore.html

    Attributes:
        status: Whether the store's data can be queried with SQL; ENABLED where it is left out. AWS
            documents ENABLED and PAUSED; it may refuse DISABLED.
    """

    status: pulumi.Input[Literal["ENABLED", "PAUSED", "DISABLED"]]


class NlpConfigurationArgs(TypedDict, total=False):
    """HealthLake's NlpConfiguration, a member of CreateFHIRDatastore.

    https://docs.aws.amazon.com/healthlake/latest/APIReference/API_CreateFHIRDatastore.html

    Attributes:
        status: Whether medical entities are read out of texts.
    """

    status: pulumi.Input[Literal["ENABLED", "DISABLED"]]


class ProfileConfigurationArgs(TypedDict, total=False):
    """HealthLake's ProfileConfiguration, a member of CreateFHIRDatastore.

    https://docs.aws.amazon.com/healthlake/latest/APIReference/API_CreateFHIRDatastore.html

    Attributes:
        default_profiles: The FHIR profiles that resources are checked against where they name none.
    """

    default_profiles: pulumi.Input[list[pulumi.Input[str]]]


class BackupConfigurationArgs(TypedDict, total=False):
    """HealthLake's BackupConfiguration, a member of CreateFHIRDatastore.

    https://docs.aws.amazon.com/healthlake/latest/APIReference/API_CreateFHIRDatastore.html

    Attributes:
        status: Whether backups are made.
        backup_type: How.
        retention_period_in_days: For how many days they are kept, 1 to 30.
        backup_tags_enabled: Whether they carry the store's tags.
    """

    status: pulumi.Input[Literal["ENABLED", "DISABLED"]]
    backup_type: pulumi.Input[Literal["CONTINUOUS"]]
    retention_period_in_days: pulumi.Input[int]
    backup_tags_enabled: pulumi.Input[bool]


class ExportArgsDict(TypedDict):
    """An export of a FHIR data store: HealthLake's StartFHIRExportJob.

    https://docs.aws.amazon.com/healthlake/latest/APIReference/API_StartFHIRExportJob.html

    Attributes:
        output_s3_uri: ``s3://bucket/prefix`` to write below.
        output_kms_key_id: The KMS key that encrypts what is written.
        data_access_role_arn: The IAM role that HealthLake writes with; the caller needs iam:PassRole on it.
        job_name: The job's name, 1 to 64 characters.
    """

    output_s3_uri: pulumi.Input[str]
    output_kms_key_id: pulumi.Input[str]
    data_access_role_arn: pulumi.Input[str]
    job_name: NotRequired[pulumi.Input[str]]


@dataclass(frozen=True, slots=True)
class ExportArgs:
    """The same as ``ExportArgsDict``, as an object; ``job_name`` may be left out."""

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
    """How long each may take, as text like ``90s``, ``40m`` or ``1h30m``.

    Attributes:
        create: Making the resource, until it can be used.
        update: Changing it in place.
        delete: Deleting it, until it is gone.
    """

    create: str
    update: str
    delete: str


class ConnectionArgs(TypedDict, total=False):
    """How AWS is reached for one resource, before what the stack's configuration and AWS's own chain say.

    A change of it changes the state only: it has to lead to the same account.

    Attributes:
        profile: A profile of AWS's shared files; it brings its own credentials.
        endpoint_url: Where all services are, instead of AWS's endpoints.
        role_arn: A role to take on, in the place of the stack's.
        external_id: What that role asks for besides.
        session_name: Under which name its session shows in CloudTrail.
    """

    profile: pulumi.Input[str]
    endpoint_url: pulumi.Input[str]
    role_arn: pulumi.Input[str]
    external_id: pulumi.Input[str]
    session_name: pulumi.Input[str]


Tags = Mapping[str, pulumi.Input[str]]
