"""The resources that programs declare: typed arguments in, Outputs out. Nothing here talks to AWS."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Final

import pulumi
from pulumi.dynamic import Resource

from provider import lifecycle
from provider.arguments import (
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
from provider.discretion import SECRETS
from provider.documents import fingerprint
from provider.errors import ConfigurationError
from provider.host import end_program_quietly

_SECRET: Final = ["__resume"]
"""What an interrupted creation leaves in the state holds the workflow's inputs: it is kept encrypted."""


class HealthImagingDatastore(Resource, module="health", name="HealthImagingDatastore"):
    """An AWS HealthImaging data store, ready when it is ACTIVE (about 2 minutes).

    https://docs.aws.amazon.com/healthimaging/latest/APIReference/API_CreateDatastore.html

    Args:
        name: The resource's name in the program.
        datastore_name: 1 to 256 of ``A-Za-z0-9._/#-``; auto-named where left out. A change replaces.
        kms_key_arn: The ARN of a KMS key or alias. A change replaces.
        lambda_authorizer_arn: A function that authorizes by OpenID Connect. A change replaces.
        lossless_storage_format: ``HTJ2K`` (the default) or ``JPEG_2000_LOSSLESS``. A change replaces.
        tags: Changed in place.
        force_destroy: Whether a delete first deletes the image sets in the store, and so their data.
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
    datastore_name: pulumi.Output[str]
    created_at: pulumi.Output[str]
    updated_at: pulumi.Output[str]
    kms_key_arn: pulumi.Output[str | None]
    lambda_authorizer_arn: pulumi.Output[str | None]
    lossless_storage_format: pulumi.Output[str | None]
    tags: pulumi.Output[dict[str, str] | None]
    region: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        datastore_name: pulumi.Input[str] | None = None,
        kms_key_arn: pulumi.Input[str] | None = None,
        lambda_authorizer_arn: pulumi.Input[str] | None = None,
        lossless_storage_format: pulumi.Input[str] | None = None,
        tags: pulumi.Input[Tags] | None = None,
        force_destroy: pulumi.Input[bool] | None = None,
        adopt: pulumi.Input[str] | None = None,
        client_token: pulumi.Input[str] | None = None,
        region: pulumi.Input[str] | None = None,
        timeouts: TimeoutsArgs | None = None,
        connection: pulumi.Input[ConnectionArgs] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "datastore_name": datastore_name,
            "kms_key_arn": kms_key_arn,
            "lambda_authorizer_arn": lambda_authorizer_arn,
            "lossless_storage_format": lossless_storage_format,
            "tags": tags,
            "force_destroy": force_destroy,
            "adopt": adopt,
            "client_token": client_token,
            "region": region,
            "timeouts": timeouts,
            "connection": connection,
        }
        outputs = ("datastore_id", "datastore_arn", "datastore_status", "created_at", "updated_at")
        provider = lifecycle.HealthImagingDatastore()
        super().__init__(provider, name, _inputs(props, outputs), _options(opts))

    @staticmethod
    def get(
        name: str,
        id: pulumi.Input[str],  # noqa: A002 - Pulumi's name for it
        region: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
        connection: pulumi.Input[ConnectionArgs] | None = None,
    ) -> HealthImagingDatastore:
        """Read an existing data store by its id without managing it."""
        return HealthImagingDatastore(name, region=region, connection=connection, opts=_reading(id, opts))


class HealthLakeDatastore(Resource, module="health", name="HealthLakeDatastore"):
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
        outputs = ("datastore_id", "datastore_arn", "datastore_status", "datastore_endpoint", "created_at")
        job = ("job_id", "job_status", "job")
        provider = lifecycle.HealthLakeDatastore()
        super().__init__(provider, name, _inputs(props, outputs + job), _options(opts))

    @staticmethod
    def get(
        name: str,
        id: pulumi.Input[str],  # noqa: A002 - Pulumi's name for it
        region: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
        connection: pulumi.Input[ConnectionArgs] | None = None,
    ) -> HealthLakeDatastore:
        """Read an existing data store by its id without managing it."""
        return HealthLakeDatastore(name, region=region, connection=connection, opts=_reading(id, opts))


class HealthLakeExport(Resource, module="health", name="HealthLakeExport"):
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
        provider = lifecycle.HealthLakeExport()
        inputs = _inputs(props, ("job_id", "job_status", "job"))
        super().__init__(provider, name, inputs, _options(opts))

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
            opts=_reading(id, opts),
        )


class ArazzoWorkflow(Resource, module="health", name="ArazzoWorkflow"):
    """Anything that the workflows of an Arazzo document make, read, change and delete.

    Every workflow but ``create`` gets the inputs and, over them, the outputs so far, each by its name.

    Args:
        name: The resource's name in the program.
        document: The document's path, from the project's folder. A changed text counts as a change.
        create: The workflowId that makes the resource.
        inputs: That workflow's inputs. A change runs ``update``, or replaces where there is none.
        read: The workflowId that reads it on a refresh; its outputs take the place of those of ``create``.
        update: The workflowId that changes it in place.
        delete: The workflowId that deletes it; nothing is called where left out.
        id_output: The output that is the resource's id; one is made up where left out.
        triggers: Any values; a change of them counts as a change.
        region: The stack's ``aws:region`` or AWS's own chain where left out. A change replaces.
        timeouts: Where ``custom_timeouts`` cannot be used: durations like ``40m`` for create, update, delete.
        connection: Another profile, role or endpoint than the stack's for this one resource.
        opts: Pulumi's resource options.

    Attributes:
        outputs: The workflows' outputs.
    """

    outputs: pulumi.Output[dict[str, Any]]
    inputs: pulumi.Output[dict[str, Any] | None]
    document_hash: pulumi.Output[str]
    region: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        document: str | PathLike[str],
        create: str,
        inputs: pulumi.Input[Mapping[str, Any]] | None = None,
        read: str | None = None,
        update: str | None = None,
        delete: str | None = None,
        id_output: str | None = None,
        triggers: pulumi.Input[Mapping[str, Any]] | None = None,
        region: pulumi.Input[str] | None = None,
        timeouts: TimeoutsArgs | None = None,
        connection: pulumi.Input[ConnectionArgs] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "document": fspath(document),
            "document_hash": fingerprint(Path(document)),
            "create": create,
            "inputs": inputs,
            "read": read,
            "update": update,
            "delete": delete,
            "id_output": id_output,
            "triggers": triggers,
            "region": region,
            "timeouts": timeouts,
            "connection": connection,
        }
        provider = lifecycle.ArazzoWorkflow()
        super().__init__(provider, name, _inputs(props, ("outputs",)), _options(opts))


def _inputs(props: Mapping[str, Any], outputs: tuple[str, ...]) -> dict[str, Any]:
    """Return a resource's properties; outputs are declared as None, or a preview would not know them.

    Whoever declares a resource is a program, so it is also let end quietly where the engine interrupts it.
    """
    end_program_quietly()
    hidden = {"__organization": pulumi.get_organization(), SECRETS: _secrets(props)}
    return {**dict.fromkeys(outputs), **props, **hidden}


def _secrets(props: Mapping[str, Any]) -> pulumi.Output[list[str] | None] | None:
    """Return the names of the properties that hold secrets; None where none can."""
    lasting = (str, bool, int, float, type(None))
    outputs = {
        name: pulumi.Output.from_input(value)
        for name, value in props.items()
        if not isinstance(value, lasting)
    }
    return pulumi.Output.from_input(_secret_names(outputs)) if outputs else None


async def _secret_names(outputs: Mapping[str, pulumi.Output[Any]]) -> list[str] | None:
    return [name for name, output in sorted(outputs.items()) if await output.is_secret()] or None


def _options(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    if opts is not None and opts.import_ is not None:
        raise ConfigurationError(
            "import_ cannot reach a dynamic resource: Pulumi hands its provider neither inputs nor state",
            hint=f'use the argument adopt="{opts.import_}" instead',
        )
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(additional_secret_outputs=_SECRET))


def _reading(resource_id: pulumi.Input[str], opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=resource_id))
