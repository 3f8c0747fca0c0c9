"""The AWS HealthImaging data store as programs declare it."""

from __future__ import annotations

import pulumi

from ..dynamic import providers
from ..kinds.hidden import CLAIMED
from .arguments import ConnectionArgs, Tags, TimeoutsArgs
from .declaration import HealthResource, reading


class HealthImagingDatastore(HealthResource, module="health", name="HealthImagingDatastore"):
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
        outputs = ("datastore_id", "datastore_arn", "datastore_status", "created_at", "updated_at", CLAIMED)
        super().__init__(providers.HealthImagingDatastore(), name, props, outputs, opts)

    @staticmethod
    def get(
        name: str,
        id: pulumi.Input[str],  # noqa: A002 - Pulumi's name for it
        region: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
        connection: pulumi.Input[ConnectionArgs] | None = None,
    ) -> HealthImagingDatastore:
        """Read an existing data store by its id without managing it."""
        return HealthImagingDatastore(name, region=region, connection=connection, opts=reading(id, opts))
