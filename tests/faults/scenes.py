"""The scenes of the matrix: a resource, a verb, and the requests that it makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from provider.kinds.kind import Kind
from provider.kinds.table import HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE, HEALTHLAKE_EXPORT
from sandbox.aws import IMAGING, LAKE, Control
from tests.faults.stack import Stack
from tests.foreign.rows import SERVICE, VOLUME

Props = dict[str, Any]
Act = Callable[[Stack, Props], None]

EXPORT: Props = {
    "output_s3_uri": "s3://exports/out",
    "output_kms_key_id": "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "data_access_role_arn": "arn:aws:iam::123456789012:role/export",
}
IMAGES: Props = {"datastore_name": "images", "tags": {"team": "a", "old": "1"}}
RECORDS: Props = {
    "datastore_name": "records",
    "datastore_type_version": "R4",
    "nlp_configuration": {"status": "DISABLED"},
    "tags": {"team": "a", "old": "1"},
    "export": EXPORT,
}
DISK: Props = {"availability_zone": "us-east-1a", "size": 8, "tags": {"team": "a", "old": "1"}}
OTHER_TAGS: Props = {"tags": {"team": "b"}}


def up(stack: Stack, props: Props) -> None:
    stack.up(props)


def refresh(stack: Stack, _props: Props) -> None:
    stack.refresh()


def destroy(stack: Stack, _props: Props) -> None:
    stack.destroy()


@dataclass(frozen=True)
class Scene:
    """What is done, and which requests it takes.

    Attributes:
        verb: What the table calls it.
        kind: The resource's kind.
        before: The properties of an up that comes first, or None.
        props: The properties from then on.
        act: What is done.
        operations: What is asked of AWS, each name once.
        jobs: How many exports there were in the end.
    """

    verb: str
    kind: Kind
    before: Props | None
    props: Props
    act: Act
    operations: tuple[str, ...]
    jobs: int = 0

    @property
    def name(self) -> str:
        return f"{self.kind.name} {self.verb}"


def _imaging(verb: str, before: Props | None, props: Props, act: Act, *operations: str) -> Scene:
    return Scene(verb, HEALTH_IMAGING_DATASTORE, before, props, act, operations)


def _lake(verb: str, before: Props | None, props: Props, act: Act, *operations: str, jobs: int = 1) -> Scene:
    return Scene(verb, HEALTHLAKE_DATASTORE, before, props, act, operations, jobs)


def _export(
    verb: str, before: Props | None, props: Props, act: Act, *operations: str, jobs: int = 1
) -> Scene:
    return Scene(verb, HEALTHLAKE_EXPORT, before, props, act, operations, jobs)


def _volume(verb: str, before: Props | None, props: Props, act: Act, *operations: str) -> Scene:
    return Scene(verb, VOLUME, before, props, act, operations)


_JOB = ("StartFHIRExportJob", "DescribeFHIRExportJob")
_AGAIN = {**RECORDS, "export": {**EXPORT, "output_s3_uri": "s3://exports/again"}}
_NLP = {**RECORDS, "nlp_configuration": {"status": "ENABLED"}}

SCENES = (
    _imaging(
        "create", None, IMAGES, up,
        "ListDatastores", "ListTagsForResource", "CreateDatastore", "GetDatastore", "TagResource",
        "UntagResource",
    ),
    _imaging("read", IMAGES, IMAGES, refresh, "GetDatastore", "ListTagsForResource"),
    _imaging("update tags", IMAGES, IMAGES | OTHER_TAGS, up, "TagResource", "UntagResource"),
    _imaging("delete", IMAGES, IMAGES, destroy, "GetDatastore", "DeleteDatastore"),
    _lake(
        "create", None, RECORDS, up,
        "ListFHIRDatastores", "ListTagsForResource", "CreateFHIRDatastore", "DescribeFHIRDatastore",
        *_JOB, "TagResource", "UntagResource",
    ),
    _lake("read", RECORDS, RECORDS, refresh, "DescribeFHIRDatastore", "ListTagsForResource"),
    _lake("update tags", RECORDS, RECORDS | OTHER_TAGS, up, "TagResource", "UntagResource"),
    _lake(
        "update members", RECORDS, _NLP, up,
        "DescribeFHIRDatastore", "UpdateFHIRDatastore", "UntagResource",
    ),
    _lake("export again", RECORDS, _AGAIN, up, *_JOB, "UntagResource", jobs=2),
    _lake(
        "delete", RECORDS, RECORDS, destroy,
        "DescribeFHIRDatastore", "ListFHIRExportJobs", "ListFHIRImportJobs", "DeleteFHIRDatastore",
    ),
    _export("create", None, EXPORT, up, "ListFHIRExportJobs", *_JOB),
    _export("read", EXPORT, EXPORT, refresh, "DescribeFHIRExportJob"),
    _volume(
        "create", None, DISK, up,
        "DescribeVolumes", "DescribeTags", "CreateVolume", "CreateTags", "DeleteTags",
    ),
    _volume("read", DISK, DISK, refresh, "DescribeVolumes"),
    _volume("update tags", DISK, DISK | OTHER_TAGS, up, "CreateTags", "DeleteTags"),
    _volume(
        "update members", DISK, DISK | {"size": 16}, up,
        "DescribeVolumesModifications", "ModifyVolume", "DescribeVolumes", "DeleteTags",
    ),
    _volume("delete", DISK, DISK, destroy, "DescribeVolumes", "DeleteVolume"),
    _export("replace", EXPORT, EXPORT | {"triggers": ["2"]}, up, "ListFHIRExportJobs", *_JOB, jobs=2),
)  # fmt: skip


ROWS = [(scene.name, operation) for scene in SCENES for operation in scene.operations]
"""The rows of the table: each request of each scene."""


def furnish(cloud: Control, scene: Scene) -> Scene:
    """Put into the account what is others', and return the scene with the ids that it needs."""
    if scene.kind is VOLUME:
        cloud.add_store(SERVICE, {"AvailabilityZone": "us-east-1a", "Size": 1})
        return scene
    cloud.add_store(IMAGING, {"datastoreName": "others", "tags": {"owner": "others"}})
    store = cloud.add_store(LAKE, {"DatastoreName": "others", "DatastoreTypeVersion": "R4"})
    if scene.kind is not HEALTHLAKE_EXPORT:
        return scene
    extra = {"datastore_id": store}
    before = None if scene.before is None else scene.before | extra
    return replace(scene, before=before, props=scene.props | extra)
