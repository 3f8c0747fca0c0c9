from provider import ArazzoWorkflow, ExportArgs, HealthImagingDatastore, HealthLakeDatastore, HealthLakeExport

HealthImagingDatastore("images", tags={"team": "imaging"})
records = HealthLakeDatastore(
    "records",
    datastore_name="records",
    preload_data_type="SYNTHEA",
    backup_configuration={"status": "ENABLED", "retention_period_in_days": 7},
    tags={"team": "records"},
    export=ExportArgs("s3://exports/out", "alias/exports", "arn:aws:iam::123456789012:role/export"),
    timeouts={"create": "1h"},
)
HealthLakeExport(
    "again",
    datastore_id=records.datastore_id,
    output_s3_uri="s3://exports/again",
    output_kms_key_id="alias/exports",
    data_access_role_arn="arn:aws:iam::123456789012:role/export",
    triggers={"day": 1},
)
ArazzoWorkflow("listing", "list.arazzo.yaml", create="list-datastores", inputs={"pageSize": 5})
