"""A FHIR import as a resource: its workflows are those of the Arazzo document beside this file.

`python -m provider validate import-data.arazzo.yaml` checks the document, and `python -m provider policy
import-data.arazzo.yaml` prints the IAM permissions that it needs.
"""

import pulumi

from provider import ArazzoWorkflow, HealthLakeDatastore

config = pulumi.Config()

records = HealthLakeDatastore("records")

patients = ArazzoWorkflow(
    "patients",
    document="import-data.arazzo.yaml",
    create="import-data",
    read="read-import",
    id_output="jobId",
    inputs={
        "datastoreId": records.id,
        "inputS3Uri": config.require("importS3Uri"),
        "outputS3Uri": config.require("logS3Uri"),
        "keyId": config.require("keyId"),
        "roleArn": config.require("roleArn"),
    },
    triggers={"run": config.get("importRun") or "first"},
)

pulumi.export("importJobId", patients.outputs["jobId"])
pulumi.export("importStatus", patients.outputs["jobStatus"])
