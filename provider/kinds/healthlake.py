"""AWS HealthLake's rows.

Sources: botocore's model of ``healthlake`` (2017-07-01), whose update operation says which member can be
updated; "AWS HealthLake endpoints and quotas" (AWS General Reference); HealthLake Developer Guide, "Setting
up"; the handlers of CloudFormation's resource.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from ..documents.access import FUNCTIONS, KEY_USE, KEYS, Access, Through
from .equivalence import key_arn
from .healthlake_rules import EXPORT_DOUBTS, HEALTHLAKE_DOUBTS, HEALTHLAKE_RULES
from .parts import Created, Description, Earlier, Job, Jobs, Statuses, Timeouts
from .properties import Change, Property, Values
from .row import DATASTORE, LOCATED_BY, MANAGED, MINUTE, Row, workflows
from .tagging import Listing, Tags

_EXPORT: Final = "StartFHIRExportJob"

_EXPORT_PARTS: Final = (
    Property("output_s3_uri", "OutputDataConfig.S3Configuration.S3Uri", operation=_EXPORT,
             input="OutputS3Uri", required=True, live=None, hint="give s3://bucket/prefix"),
    Property("output_kms_key_id", "OutputDataConfig.S3Configuration.KmsKeyId", operation=_EXPORT,
             input="OutputKmsKeyId", required=True, live=None, arns=("",)),
    Property("data_access_role_arn", "DataAccessRoleArn", operation=_EXPORT, required=True, live=None,
             arns=("",), hint="give the ARN of an IAM role"),
    Property("job_name", "JobName", operation=_EXPORT, input="ExportJobName", live=None),
)  # fmt: skip

_JOB_FAILED: Final = frozenset({"FAILED", "COMPLETED_WITH_ERRORS", "CANCEL_COMPLETED", "CANCEL_FAILED"})
_JOB_ENDS: Final = _JOB_FAILED | {"COMPLETED"}

_EXPORTS: Final = Jobs(
    "exports", verb="list-exports", listed="exportJobs", id="JobId", status="JobStatus", ends=_JOB_ENDS
)

_JOB: Final = Description(
    "exportJobProperties",
    "DescribeFHIRExportJob",
    "ExportJobProperties",
    {"job_id": "JobId", "job_status": "JobStatus", "job": ""},
    terminal="job_status",
    ends=_JOB_ENDS,
)

_EXPORT_RATE: Final = {_EXPORT: 60.0}

_ACCESS: Final = Access(
    "healthlake",
    arn="arn:aws:healthlake:*:*:datastore/fhir/*",
    on_nothing=frozenset({"CreateFHIRDatastore", "ListFHIRDatastores"}),
    beside={
        "CreateFHIRDatastore": (
            "ram:GetResourceShareInvitations",
            "ram:AcceptResourceShareInvitation",
            "glue:CreateDatabase",
        ),
        "DeleteFHIRDatastore": ("glue:DeleteDatabase",),
    },  # to share a store's data with Lake Formation
    members={
        "KmsKeyId": Through(KEY_USE, KEYS, frozenset({"CreateFHIRDatastore"})),
        "IdpLambdaArn": Through(("lambda:InvokeFunction",), FUNCTIONS),
    },
)


def synthetic_patients(values: Values, stack: str, label: str) -> Iterator[str]:
    """Preloaded patients are none that a stack in production wants."""
    if "prod" in stack.lower() and values.get("preload_data_type") is not None:
        yield (
            f"preload_data_type puts synthetic patients into a {label} of the stack {stack}, "
            "and only a new store gets rid of them"
        )


_AWS_OWNED: Final = {"kms_encryption_config": {"cmk_type": "AWS_OWNED_KMS_KEY"}}


def encryption(value: Any, olds: Values) -> Any:
    """Return the encryption that a store has: filled in where left out, its key by its ARN.

    Args:
        value: ``sse_configuration`` as the user wrote it.
        olds: What the state has of the store; its ARN tells the account and region of a short name.

    Source: API reference, KmsEncryptionConfig ("If no key is specified, AWS-owned").
    """
    if not value:
        return _AWS_OWNED
    config = value.get("kms_encryption_config") if isinstance(value, Mapping) else None
    if not isinstance(config, Mapping) or not isinstance(config.get("kms_key_id"), str):
        return value
    key = key_arn(config["kms_key_id"], olds.get("datastore_arn"))
    return {"kms_encryption_config": {**config, "kms_key_id": key}}


HEALTHLAKE_DATASTORE: Final = Row(
    name="HealthLakeDatastore",
    label="HealthLake data store",
    service="healthlake",
    operation="CreateFHIRDatastore",
    properties=(
        Property("datastore_name", "DatastoreName", Change.UPDATE),
        Property("datastore_type_version", "DatastoreTypeVersion", required=True),
        Property("sse_configuration", "SseConfiguration", spelling=encryption,
                 own_keys=("kms_encryption_config.kms_key_id",)),
        Property("preload_data_type", "PreloadDataConfig.PreloadDataType"),
        Property("identity_provider_configuration", "IdentityProviderConfiguration", Change.UPDATE,
                 arns=("idp_lambda_arn",)),
        Property("analytics_configuration", "AnalyticsConfiguration", Change.UPDATE),
        Property("nlp_configuration", "NlpConfiguration", Change.UPDATE),
        Property("profile_configuration", "ProfileConfiguration", Change.UPDATE),
        Property("backup_configuration", "BackupConfiguration", Change.UPDATE,
                 live="BackupStatusInfo.Configuration"),
        Property("tags", "Tags", Change.TAGS),
        Property("export", change=Change.RUN, parts=_EXPORT_PARTS, live=None),
        Property("adopt", change=Change.SETTING, live=None),
        Property("client_token", "ClientToken", Change.SETTING, input="CreateClientToken", live=None),
        Property("timeouts", change=Change.SETTING, live=None),
        Property("connection", change=Change.SETTING, live=None),
        Property("region", live=None),
    ),
    workflows={
        **workflows("healthlake-provision-datastore-and-export", create="provision-datastore"),
        **workflows("healthlake-manage-datastore", **MANAGED, update="update-datastore"),
        **workflows(
            "healthlake-export-data", run="export-data", read_run="read-export", list_exports="list-exports"
        ),
        **workflows("healthlake-manage-datastore", list_imports="list-imports"),
    },
    create_with=workflows(
        "healthlake-provision-datastore-and-export", export="provision-datastore-and-export"
    ),
    id_output="datastoreId",
    id_property="datastore_id",
    keyed_by={"DatastoreId": "datastore_id"},
    status_property="datastore_status",
    statuses=DATASTORE,
    description=Description(
        "datastore",
        "DescribeFHIRDatastore",
        "DatastoreProperties",
        {
            "datastore_id": "DatastoreId",
            "datastore_arn": "DatastoreArn",
            "datastore_status": "DatastoreStatus",
            "datastore_endpoint": "DatastoreEndpoint",
            "created_at": "CreatedAt",
        },
    ),
    job=Job(_JOB, "job_id", "JobId"),
    timeouts=Timeouts(create=120 * MINUTE, update=120 * MINUTE, delete=60 * MINUTE),
    tokens={"CreateClientToken": "client_token", "ExportClientToken": ""},
    rules=HEALTHLAKE_RULES,
    doubts=HEALTHLAKE_DOUBTS,
    named="datastore_name",
    tags=Tags(
        "ResourceARN",
        named_by="datastore_arn",
        tags="Tags",
        keys="TagKeys",
        pair=("Key", "Value"),
        listing=Listing(
            "datastores", "DatastoreId", name="DatastoreArn", status="DatastoreStatus", created="CreatedAt"
        ),
        resource_type="healthlake:datastore",
    ),
    created=Created("DatastoreId", arn="DatastoreArn"),
    jobs=(_EXPORTS, replace(_EXPORTS, label="imports", verb="list-imports", listed="importJobs")),
    quota=10,
    derived={**dict.fromkeys(("datastore_arn", "datastore_endpoint"), LOCATED_BY), "job": ("export",)},
    risky=(synthetic_patients,),
    seconds_between={"CreateFHIRDatastore": 60.0, "DeleteFHIRDatastore": 60.0, **_EXPORT_RATE},
    access=_ACCESS,
)  # fmt: skip

HEALTHLAKE_EXPORT: Final = Row(
    name="HealthLakeExport",
    label="HealthLake export",
    service="healthlake",
    operation=_EXPORT,
    properties=(
        Property("datastore_id", "DatastoreId", required=True, live=None),
        *_EXPORT_PARTS,
        Property("triggers", live=None),
        Property("client_token", "ClientToken", Change.SETTING, input="ExportClientToken", live=None),
        Property("timeouts", change=Change.SETTING, live=None),
        Property("connection", change=Change.SETTING, live=None),
        Property("region", live=None),
    ),
    workflows=workflows(
        "healthlake-export-data", create="export-data", read="read-export", list_exports="list-exports"
    ),
    id_output="jobId",
    id_property="job_id",
    keyed_by={"DatastoreId": "datastore_id", "JobId": "job_id"},
    status_property="job_status",
    statuses=Statuses(
        ready=frozenset({"COMPLETED"}),
        failed=_JOB_FAILED,
    ),
    description=_JOB,
    timeouts=Timeouts(create=120 * MINUTE, update=20 * MINUTE, delete=20 * MINUTE),
    tokens={"ExportClientToken": "client_token"},
    doubts=EXPORT_DOUBTS,
    derived={"job": ("datastore_id", *(part.name for part in _EXPORT_PARTS))},
    created=Created("JobId"),
    earlier=Earlier(_EXPORTS, {"JobName": "job_name", "DataAccessRoleArn": "data_access_role_arn"}),
    holds_data=False,
    forgotten=True,
    seconds_between=_EXPORT_RATE,
    access=_ACCESS,
)
