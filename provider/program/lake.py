"""The AWS HealthLake FHIR data store as programs declare it."""

from __future__ import annotations

from typing import Any

import pulumi

from ..dynamic import providers
from ..kinds.hidden import CLAIMED
from .arguments import (
    AnalyticsConfigurationArgs,
    BackupConfigurationArgs,
    ConnectionArgs,
    ExportArgs,
    ExportArgsDict,
    IdentityProviderConfigurationArgs,
    NlpConfigurationArgs,
    ProfileConfigurationArgs,
    SseConfigurationArgs,
    Tags,
    TimeoutsArgs,
)
from .declaration import HealthResource, reading


class HealthLakeDatastore(HealthResource, module="health", name="HealthLakeDatastore"):
    """An AWS HealthLake FHIR data store, ready when it is ACTIVE (15 to 30 minutes), and its export.

    https://docs.aws.amazon.com/healthlake/latest/APIReference/API_CreateFHIRDatastore.html

    Args:
        name: The resource's name in the program.
        datastore_name: 1 to 256 characters; auto-named where left out. Changed in place.
        datastore_type_version: The FHIR version, ``R4``. A change replaces.
        sse_configuration: The encryption key. A change replaces.
        preload_data_type: ``SYNTHEA`` for synthetic data to begin with. A change replaces.
        identity_provider_configuration: Who may read and write. Changed in place, as a whole.
        analytics_configuration: Changed in place.
        nlp_configuration: Changed in place.
        profile_configuration: Changed in place.
        backup_configuration: Changed in place.
        tags: Changed in place.
        export: Exports the store's data once it is ACTIVE; a change exports again, removing it does nothing.
        adopt: The id of an existing store to take under management as it is, instead of making one.
        client_token: The idempotency token of the create call; made up where left out.
        region: The stack's ``aws:region`` or AWS's own chain where left out. A change replaces.
        timeouts: Where ``custom_timeouts`` cannot be used: durations like ``40m`` for create, update, delete.
        connection: Another profile, role or endpoint than the stack's for this one resource.
        opts: Pulumi's resource options.

    Replacing a data store destroys the data in it.
    """

    datastore_id: pulumi.Output[str]
    datastore_arn: pulumi.Output[str]
    datastore_status: pulumi.Output[str]
    datastore_endpoint: pulumi.Output[str]
    datastore_name: pulumi.Output[str]
    datastore_type_version: pulumi.Output[str]
    created_at: pulumi.Output[str]
    sse_configuration: pulumi.Output[dict[str, Any] | None]
    preload_data_type: pulumi.Output[str | None]
    identity_provider_configuration: pulumi.Output[dict[str, Any] | None]
    analytics_configuration: pulumi.Output[dict[str, Any] | None]
    nlp_configuration: pulumi.Output[dict[str, Any] | None]
    profile_configuration: pulumi.Output[dict[str, Any] | None]
    backup_configuration: pulumi.Output[dict[str, Any] | None]
    tags: pulumi.Output[dict[str, str] | None]
    export: pulumi.Output[dict[str, Any] | None]
    job_id: pulumi.Output[str | None]
    job_status: pulumi.Output[str | None]
    job: pulumi.Output[dict[str, Any] | None]
    region: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        datastore_name: pulumi.Input[str] | None = None,
        datastore_type_version: pulumi.Input[str] = "R4",
        sse_configuration: pulumi.Input[SseConfigurationArgs] | None = None,
        preload_data_type: pulumi.Input[str] | None = None,
        identity_provider_configuration: pulumi.Input[IdentityProviderConfigurationArgs] | None = None,
        analytics_configuration: pulumi.Input[AnalyticsConfigurationArgs] | None = None,
        nlp_configuration: pulumi.Input[NlpConfigurationArgs] | None = None,
        profile_configuration: pulumi.Input[ProfileConfigurationArgs] | None = None,
        backup_configuration: pulumi.Input[BackupConfigurationArgs] | None = None,
        tags: pulumi.Input[Tags] | None = None,
        export: ExportArgs | pulumi.Input[ExportArgsDict] | None = None,
        adopt: pulumi.Input[str] | None = None,
        client_token: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        timeouts: TimeoutsArgs | None = None,
        connection: pulumi.Input[ConnectionArgs] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "datastore_name": datastore_name,
            "datastore_type_version": datastore_type_version,
            "sse_configuration": sse_configuration,
            "preload_data_type": preload_data_type,
            "identity_provider_configuration": identity_provider_configuration,
            "analytics_configuration": analytics_configuration,
            "nlp_configuration": nlp_configuration,
            "profile_configuration": profile_configuration,
            "backup_configuration": backup_configuration,
            "tags": tags,
            "export": export.properties() if isinstance(export, ExportArgs) else export,
            "adopt": adopt,
            "client_token": client_token,
            "region": region,
            "timeouts": timeouts,
            "connection": connection,
        }
        outputs = (
            "datastore_id",
            "datastore_arn",
            "datastore_status",
            "datastore_endpoint",
            "created_at",
            CLAIMED,
        )
        job = ("job_id", "job_status", "job")
        super().__init__(providers.HealthLakeDatastore(), name, props, outputs + job, opts)

    @staticmethod
    def get(
        name: str,
        id: pulumi.Input[str],  # noqa: A002 - Pulumi's name for it
        region: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
        connection: pulumi.Input[ConnectionArgs] | None = None,
    ) -> HealthLakeDatastore:
        """Read an existing data store by its id without managing it."""
        return HealthLakeDatastore(name, region=region, connection=connection, opts=reading(id, opts))
