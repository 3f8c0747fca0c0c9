"""The infrastructure program: both data stores, and an export of the FHIR data."""

import pulumi

from provider import ExportArgs, HealthImagingDatastore, HealthLakeDatastore

config = pulumi.Config()
tags = {"project": pulumi.get_project(), "stack": pulumi.get_stack()}

images = HealthImagingDatastore(
    "images",
    kms_key_arn=config.get("imagingKeyArn"),
    tags=tags,
)

records = HealthLakeDatastore(
    "records",
    preload_data_type=config.get("preloadDataType"),
    tags=tags,
    export=ExportArgs(
        output_s3_uri=config.require("exportS3Uri"),
        output_kms_key_id=config.require("exportKeyId"),
        data_access_role_arn=config.require("exportRoleArn"),
        job_name=config.get("exportJobName"),
    ),
)

pulumi.export("imagesDatastoreId", images.datastore_id)
pulumi.export("imagesDatastoreArn", images.datastore_arn)
pulumi.export("imagesStatus", images.datastore_status)
pulumi.export("recordsDatastoreId", records.datastore_id)
pulumi.export("recordsDatastoreEndpoint", records.datastore_endpoint)
pulumi.export("recordsStatus", records.datastore_status)
pulumi.export("exportJobId", records.job_id)
pulumi.export("exportJobStatus", records.job_status)
