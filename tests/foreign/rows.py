"""A kind that the package has never seen: another protocol, no ARNs, other words for everything."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from provider.documents.access import Access
from provider.kinds.parts import Created, Description, Refusals, Statuses, Timeouts
from provider.kinds.properties import Change, Property
from provider.kinds.row import MINUTE, Row, workflows
from provider.kinds.tagging import Listing, Tags

SERVICE: Final = "ec2"

VOLUME: Final = Row(
    name="Volume",
    noun="EBS volume",
    service=SERVICE,
    operation="CreateVolume",
    properties=(
        Property("availability_zone", "AvailabilityZone", required=True),
        Property("size", "Size", Change.UPDATE, required=True),
        Property("volume_type", "VolumeType", Change.UPDATE),
        Property("iops", "Iops", Change.UPDATE),
        Property("encrypted", "Encrypted"),
        Property("kms_key_id", "KmsKeyId", own_keys=("",)),
        Property("tags", "TagSpecifications.Tags", Change.TAGS, input="Tags"),
        Property("client_token", "ClientToken", Change.SETTING, live=None),
        Property("adopt", change=Change.SETTING, live=None),
        Property("timeouts", change=Change.SETTING, live=None),
        Property("connection", change=Change.SETTING, live=None),
        Property("region", live=None),
    ),
    workflows=workflows(
        "volume",
        Path(__file__).parent,
        create="make-volume",
        read="read-volume",
        update="modify-volume",
        delete="delete-volume",
        list="list-volumes",
        list_tags="list-tags",
        tag="tag-volume",
        untag="untag-volume",
    ),
    id_output="volumeId",
    id_property="volume_id",
    keyed_by={"VolumeId": "volume_id"},
    status_property="state",
    statuses=Statuses(
        ready=frozenset({"available", "in-use"}),
        failed=frozenset({"error"}),
        leaving=frozenset({"deleting"}),
        gone=frozenset({"deleted"}),
    ),
    description=Description(
        "volume",
        "DescribeVolumes",
        "Volumes",
        {"volume_id": "VolumeId", "state": "State", "created_at": "CreateTime"},
    ),
    timeouts=Timeouts(create=10 * MINUTE, update=60 * MINUTE, delete=10 * MINUTE),
    tokens={"ClientToken": "client_token"},
    tags=Tags(
        "ResourceId",
        named_by="volume_id",
        tags="Tags",
        keys="TagKeys",
        pair=("Key", "Value"),
        key_member="Key",
        listing=Listing("volumes", "volumeId", name="volumeId", status="status", created="createTime"),
    ),
    created=Created("volumeId"),
    refusals=Refusals(
        not_found=("InvalidVolume.NotFound",), conflict=("IncorrectState", "IncorrectModificationState")
    ),
    access=Access("ec2", arn="arn:aws:ec2:*:*:volume/*", on_nothing=frozenset({"DescribeVolumes"})),
)
