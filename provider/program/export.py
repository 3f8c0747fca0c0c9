"""The export of an AWS HealthLake FHIR data store as programs declare it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from ..dynamic import providers
from .arguments import ConnectionArgs, TimeoutsArgs
from .declaration import HealthResource, reading


class HealthLakeExport(HealthResource, module="health", name="HealthLakeExport"):
    """An export of an existing HealthLake FHIR data store, done when its job is COMPLETED.

    https://docs.aws.amazon.com/healthlake/latest/APIReference/API_StartFHIRExportJob.html

    Any change runs a new job; AWS neither changes nor deletes one, and what it wrote stays in the bucket.

    Args:
        name: The resource's name in the program.
        datastore_id: The store to export.
        output_s3_uri: ``s3://bucket/prefix`` to write below.
        output_kms_key_id: The KMS key that encrypts what is written.
        data_access_role_arn: The IAM role that HealthLake writes with; the caller needs iam:PassRole on it.
        job_name: The job's name, 1 to 64 characters.
        triggers: Any values; a change of them exports again.
        client_token: The idempotency token of the start call; made up where left out.
        region: The AWS region; the stack's ``aws:region`` or AWS's own chain where left out.
        timeouts: Where ``custom_timeouts`` cannot be used: durations like ``40m`` for create, update, delete.
        connection: Another profile, role or endpoint than the stack's for this one resource.
        opts: Pulumi's resource options.
    """

    datastore_id: pulumi.Output[str]
    job_id: pulumi.Output[str]
    job_status: pulumi.Output[str]
    job: pulumi.Output[dict[str, Any]]
    output_s3_uri: pulumi.Output[str]
    output_kms_key_id: pulumi.Output[str]
    data_access_role_arn: pulumi.Output[str]
    job_name: pulumi.Output[str | None]
    triggers: pulumi.Output[dict[str, Any] | None]
    region: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        datastore_id: pulumi.Input[str],
        output_s3_uri: pulumi.Input[str],
        output_kms_key_id: pulumi.Input[str],
        data_access_role_arn: pulumi.Input[str],
        job_name: pulumi.Input[str] | None = None,
        triggers: pulumi.Input[Mapping[str, Any]] | None = None,
        client_token: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        timeouts: TimeoutsArgs | None = None,
        connection: pulumi.Input[ConnectionArgs] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "datastore_id": datastore_id,
            "output_s3_uri": output_s3_uri,
            "output_kms_key_id": output_kms_key_id,
            "data_access_role_arn": data_access_role_arn,
            "job_name": job_name,
            "triggers": triggers,
            "client_token": client_token,
            "region": region,
            "timeouts": timeouts,
            "connection": connection,
        }
        outputs = ("job_id", "job_status", "job")
        super().__init__(providers.HealthLakeExport(), name, props, outputs, opts)

    @staticmethod
    def get(
        name: str,
        id: pulumi.Input[str],  # noqa: A002 - Pulumi's name for it
        datastore_id: pulumi.Input[str],
        region: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
        connection: pulumi.Input[ConnectionArgs] | None = None,
    ) -> HealthLakeExport:
        """Read an export by its job's id and its store's; the job tells what it was asked for."""
        unknown: Any = None
        return HealthLakeExport(
            name,
            datastore_id,
            output_s3_uri=unknown,
            output_kms_key_id=unknown,
            data_access_role_arn=unknown,
            region=region,
            connection=connection,
            opts=reading(id, opts),
        )
