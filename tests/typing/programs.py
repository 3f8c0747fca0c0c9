"""Only type-checked, by mypy and by pyright, both strict: what programs may write, and what they get."""

from __future__ import annotations

from typing import Any, assert_type

import pulumi

from provider import (
    ArazzoWorkflow,
    ExportArgs,
    HealthImagingDatastore,
    HealthLakeDatastore,
    HealthLakeExport,
)


def inputs_may_be_values_or_outputs(key: pulumi.Output[str], team: pulumi.Output[str]) -> None:
    HealthImagingDatastore("a")
    HealthImagingDatastore("b", kms_key_arn=key, tags={"team": team, "data": "images"})
    HealthImagingDatastore("c", timeouts={"create": "40m"}, opts=pulumi.ResourceOptions(protect=True))
    HealthLakeDatastore("d", "name", "R4")
    HealthLakeDatastore(
        "e",
        sse_configuration={
            "kms_encryption_config": {"cmk_type": "CUSTOMER_MANAGED_KMS_KEY", "kms_key_id": key}
        },
        identity_provider_configuration={"authorization_strategy": "AWS_AUTH"},
        analytics_configuration={"status": "ENABLED"},
        nlp_configuration={"status": "DISABLED"},
        profile_configuration={"default_profiles": ["us-core"]},
        backup_configuration={"status": "ENABLED", "retention_period_in_days": 7},
        export=ExportArgs(output_s3_uri="s3://b/p", output_kms_key_id=key, data_access_role_arn="r"),
    )
    HealthLakeDatastore(
        "f", export={"output_s3_uri": "s3://b/p", "output_kms_key_id": key, "data_access_role_arn": "r"}
    )


def misspelt_or_mistyped_arguments_are_found() -> None:
    # Each line is wrong on purpose; an ignore that nothing needs is an error itself.
    HealthImagingDatastore("a", kms_key="k")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    HealthImagingDatastore("b", tags={"n": 1})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    HealthLakeDatastore(
        "c",
        sse_configuration={"kms_encryption_config": {"cmk_type": "MINE"}},  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    )
    HealthLakeDatastore(
        "d",
        analytics_configuration={"state": "ENABLED"},  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    )
    HealthLakeDatastore(
        "e",
        export={"output_s3_uri": "s3://b", "output_kms_key_id": "k"},  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    )
    ExportArgs("s3://b", "k")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def outputs_have_their_types(
    images: HealthImagingDatastore,
    records: HealthLakeDatastore,
    export: HealthLakeExport,
    flow: ArazzoWorkflow,
) -> None:
    assert_type(images.datastore_id, pulumi.Output[str])
    assert_type(images.tags, "pulumi.Output[dict[str, str] | None]")
    assert_type(records.datastore_endpoint, pulumi.Output[str])
    assert_type(records.job_id, "pulumi.Output[str | None]")
    assert_type(export.job_status, pulumi.Output[str])
    assert_type(flow.outputs, "pulumi.Output[dict[str, Any]]")


def existing_resources_are_read_by_their_ids() -> None:
    assert_type(HealthImagingDatastore.get("a", "id"), HealthImagingDatastore)
    assert_type(HealthLakeDatastore.get("b", pulumi.Output.from_input("id")), HealthLakeDatastore)
    assert_type(HealthLakeExport.get("c", "id", datastore_id="id"), HealthLakeExport)


def workflows_take_any_inputs(datastore_id: pulumi.Output[str]) -> None:
    flow = ArazzoWorkflow("a", "doc.arazzo.yaml", create="it", inputs={"id": datastore_id, "most": 5})
    pulumi.export("first", flow.outputs["first"])
    plain: dict[str, Any] = {"day": 1}
    ArazzoWorkflow("b", "doc.arazzo.yaml", create="it", triggers=plain)
