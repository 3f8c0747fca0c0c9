"""The table: per resource its properties, its workflows per verb, its states, and what of it is reported.

To add a resource is to write documents in ``provider/documents`` and one row here. Sources: botocore's
models of ``medical-imaging`` (2023-07-19) and ``healthlake`` (2017-07-01); which member can be updated is
what their update operations take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ..documents import DOCUMENTS
from .doubts import EXPORT_DOUBTS, HEALTHLAKE_DOUBTS
from .equivalence import encryption, lossless_format
from .kind import Contents, Created, Description, Earlier, Jobs, Kind, Statuses, Tags, Timeouts, Workflow
from .properties import Change, Property
from .rules import HEALTHLAKE_RULES

MINUTE: Final = 60.0


def _documents(name: str, **workflow_ids: str) -> dict[str, Workflow]:
    path = DOCUMENTS / f"{name}.arazzo.yaml"
    return {verb.replace("_", "-"): Workflow(path, workflow_id) for verb, workflow_id in workflow_ids.items()}


_MANAGED: Final = {
    "read": "read-datastore",
    "delete": "delete-datastore",
    "list": "list-datastores",
    "list_tags": "list-tags",
    "tag": "tag-datastore",
    "untag": "untag-datastore",
}

_LOCATED: Final = dict.fromkeys(("datastore_arn", "datastore_endpoint"), ("region", "adopt"))
"""What tells the region, and the id."""

HEALTH_IMAGING_DATASTORE: Final = Kind(
    name="HealthImagingDatastore",
    noun="HealthImaging data store",
    service="medical-imaging",
    operation="CreateDatastore",
    properties=(
        Property("datastore_name", "datastoreName"),
        Property("kms_key_arn", "kmsKeyArn", hint="give the ARN of a key or an alias, not a bare key id"),
        Property("lambda_authorizer_arn", "lambdaAuthorizerArn"),
        Property("lossless_storage_format", "losslessStorageFormat", spelling=lossless_format),
        Property("tags", "tags", Change.TAGS),
        Property("force_destroy", change=Change.SETTING, live=None),
        Property("adopt", change=Change.SETTING, live=None),
        Property("client_token", "clientToken", Change.SETTING),
        Property("timeouts", change=Change.SETTING, live=None),
        Property("connection", change=Change.SETTING, live=None),
        Property("region", live=None),
    ),
    workflows={
        **_documents("healthimaging-provision-datastore", create="provision-datastore"),
        **_documents(
            "healthimaging-manage-datastore",
            **_MANAGED,
            list_contents="list-image-sets",
            delete_content="delete-image-set",
        ),
    },
    id_output="datastoreId",
    id_property="datastore_id",
    keyed_by={"datastoreId": "datastore_id"},
    status_property="datastore_status",
    statuses=Statuses(
        ready=frozenset({"ACTIVE"}),
        failed=frozenset({"CREATE_FAILED"}),
        leaving=frozenset({"DELETING"}),
        gone=frozenset({"DELETED"}),
    ),
    descriptions=(
        Description(
            "datastore",
            "GetDatastore",
            "datastoreProperties",
            {
                "datastore_id": "datastoreId",
                "datastore_arn": "datastoreArn",
                "datastore_status": "datastoreStatus",
                "created_at": "createdAt",
                "updated_at": "updatedAt",
            },
        ),
    ),
    timeouts=Timeouts(create=30 * MINUTE, update=20 * MINUTE, delete=30 * MINUTE),
    tokens={"clientToken": "client_token"},
    named="datastore_name",
    tags=Tags(
        arn="resourceArn",
        tags="tags",
        keys="tagKeys",
        listed=False,
        resource_type="medical-imaging:datastore",
    ),
    created=Created("datastoreId", arn="datastoreArn"),
    contents=Contents("image sets", listed="imageSets", id_input="imageSetId"),
    list_output="datastores",
    quota=10,
    derived=_LOCATED,
)

_EXPORT: Final = "StartFHIRExportJob"

_EXPORT_PARTS: Final = (
    Property("output_s3_uri", "OutputDataConfig.S3Configuration.S3Uri", operation=_EXPORT,
             input="OutputS3Uri", required=True, live=None, hint="give s3://bucket/prefix"),
    Property("output_kms_key_id", "OutputDataConfig.S3Configuration.KmsKeyId", operation=_EXPORT,
             input="OutputKmsKeyId", required=True, live=None),
    Property("data_access_role_arn", "DataAccessRoleArn", operation=_EXPORT, required=True, live=None,
             hint="give the ARN of an IAM role"),
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
    settled="job_status",
    ends=_JOB_ENDS,
)

HEALTHLAKE_DATASTORE: Final = Kind(
    name="HealthLakeDatastore",
    noun="HealthLake data store",
    service="healthlake",
    operation="CreateFHIRDatastore",
    properties=(
        Property("datastore_name", "DatastoreName", Change.UPDATE),
        Property("datastore_type_version", "DatastoreTypeVersion", required=True),
        Property("sse_configuration", "SseConfiguration", spelling=encryption),
        Property("preload_data_type", "PreloadDataConfig.PreloadDataType"),
        Property("identity_provider_configuration", "IdentityProviderConfiguration", Change.UPDATE),
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
        **_documents("healthlake-provision-datastore-and-export", create="provision-datastore"),
        **_documents("healthlake-manage-datastore", **_MANAGED, update="update-datastore"),
        **_documents(
            "healthlake-export-data", run="export-data", read_run="read-export", list_exports="list-exports"
        ),
        **_documents("healthlake-manage-datastore", list_imports="list-imports"),
    },
    create_with=_documents(
        "healthlake-provision-datastore-and-export", export="provision-datastore-and-export"
    ),
    id_output="datastoreId",
    id_property="datastore_id",
    keyed_by={"DatastoreId": "datastore_id"},
    status_property="datastore_status",
    statuses=Statuses(
        ready=frozenset({"ACTIVE"}),
        failed=frozenset({"CREATE_FAILED"}),
        leaving=frozenset({"DELETING"}),
        gone=frozenset({"DELETED"}),
    ),
    descriptions=(
        Description(
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
        _JOB,
    ),
    timeouts=Timeouts(create=120 * MINUTE, update=120 * MINUTE, delete=60 * MINUTE),
    tokens={"CreateClientToken": "client_token", "ExportClientToken": ""},
    rules=HEALTHLAKE_RULES,
    doubts=HEALTHLAKE_DOUBTS,
    named="datastore_name",
    tags=Tags("ResourceARN", "Tags", "TagKeys", listed=True, resource_type="healthlake:datastore"),
    created=Created("DatastoreId", arn="DatastoreArn"),
    jobs=(_EXPORTS, replace(_EXPORTS, noun="imports", verb="list-imports", listed="importJobs")),
    list_output="datastores",
    quota=10,
    derived={**_LOCATED, "job": ("export",)},
)  # fmt: skip

HEALTHLAKE_EXPORT: Final = Kind(
    name="HealthLakeExport",
    noun="HealthLake export",
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
    workflows=_documents(
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
    descriptions=(_JOB,),
    timeouts=Timeouts(create=120 * MINUTE, update=20 * MINUTE, delete=20 * MINUTE),
    tokens={"ExportClientToken": "client_token"},
    doubts=EXPORT_DOUBTS,
    derived={"job": ("datastore_id", *(part.name for part in _EXPORT_PARTS))},
    created=Created("JobId"),
    earlier=Earlier(_EXPORTS, {"JobName": "job_name", "DataAccessRoleArn": "data_access_role_arn"}),
    holds_data=False,
    forgotten=True,
)

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind for kind in (HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE, HEALTHLAKE_EXPORT)
}
