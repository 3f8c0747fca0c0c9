"""Exports of a HealthLake data store, run again whenever a trigger changes.

`pulumi config set exportRun 2026-03-01 && pulumi up` runs another export; the store stays as it is.
"""

import pulumi

from provider import HealthLakeDatastore, HealthLakeExport

config = pulumi.Config()

records = HealthLakeDatastore("records", preload_data_type="SYNTHEA")

export = HealthLakeExport(
    "export",
    datastore_id=records.id,
    output_s3_uri=config.require("exportS3Uri"),
    output_kms_key_id=config.require("exportKeyId"),
    data_access_role_arn=config.require("exportRoleArn"),
    job_name=config.get("exportJobName"),
    triggers={"run": config.get("exportRun") or "first"},
    opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="3h")),
)

pulumi.export("jobId", export.job_id)
pulumi.export("jobStatus", export.job_status)
pulumi.export("output", export.job.apply(lambda job: job["output_data_config"]))
