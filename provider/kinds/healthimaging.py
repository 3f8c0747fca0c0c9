"""AWS HealthImaging's rows.

Sources: botocore's model of ``medical-imaging`` (2023-07-19); HealthImaging Developer Guide, "AWS
HealthImaging throttling limits" and "Data encryption".
"""

from __future__ import annotations

from typing import Any, Final

from ..documents.access import FUNCTIONS, KEY_USE, KEYS, Access, Through
from .parts import Contents, Created, Description, Timeouts
from .properties import Change, Property, Values
from .row import DATASTORE, LOCATED_BY, MANAGED, MINUTE, Row, workflows
from .tagging import Listing, Tags


def lossless_format(value: Any, olds: Values) -> Any:  # noqa: ARG001 - as all of them
    """Return the format that a store has, whether it was asked for or filled in.

    Source: API reference, CreateDatastore, losslessStorageFormat.
    """
    return value or "HTJ2K"


HEALTH_IMAGING_DATASTORE: Final = Row(
    name="HealthImagingDatastore",
    label="HealthImaging data store",
    service="medical-imaging",
    operation="CreateDatastore",
    properties=(
        Property("datastore_name", "datastoreName"),
        Property(
            "kms_key_arn",
            "kmsKeyArn",
            own_keys=("",),
            hint="give the ARN of a key or an alias, not a bare key id",
        ),
        Property("lambda_authorizer_arn", "lambdaAuthorizerArn", arns=("",)),
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
        **workflows("healthimaging-provision-datastore", create="provision-datastore"),
        **workflows(
            "healthimaging-manage-datastore",
            **MANAGED,
            list_contents="list-image-sets",
            delete_content="delete-image-set",
        ),
    },
    id_output="datastoreId",
    id_property="datastore_id",
    keyed_by={"datastoreId": "datastore_id"},
    status_property="datastore_status",
    statuses=DATASTORE,
    description=Description(
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
    timeouts=Timeouts(create=30 * MINUTE, update=20 * MINUTE, delete=30 * MINUTE),
    tokens={"clientToken": "client_token"},
    named="datastore_name",
    tags=Tags(
        "resourceArn",
        named_by="datastore_arn",
        tags="tags",
        keys="tagKeys",
        listing=Listing(
            "datastores", "datastoreId", name="datastoreArn", status="datastoreStatus", created="createdAt"
        ),
        resource_type="medical-imaging:datastore",
    ),
    created=Created("datastoreId", arn="datastoreArn"),
    contents=Contents("image sets", listed="imageSets", id_input="imageSetId"),
    quota=10,
    derived=dict.fromkeys(("datastore_arn",), LOCATED_BY),
    seconds_between={"CreateDatastore": 12.0, "DeleteDatastore": 12.0, "DeleteImageSet": 4.0},
    access=Access(
        "medical-imaging",
        arn="arn:aws:medical-imaging:*:*:datastore/*",
        on_nothing=frozenset({"CreateDatastore", "ListDatastores"}),
        members={
            "kmsKeyArn": Through(
                (*KEY_USE, "kms:RetireGrant", "kms:ReEncrypt*"), KEYS, frozenset({"CreateDatastore"})
            ),
            "lambdaAuthorizerArn": Through(("lambda:InvokeFunction",), FUNCTIONS),
        },
    ),
)
