"""Versions of image sets: a copy or an update makes a new one, which takes a while."""

from __future__ import annotations

import gzip
import json
from typing import Any, Final

from ..call import Call
from ..errors import conflict, not_found
from ..state import ImageSet, ImageSetVersion
from . import metadata
from .image_sets import arn, find, version_of, workflow_status

_FRAME: Final = b"\xff\x4f\xff\xd9"
"""The start and the end of a JPEG 2000 codestream, with no image in between."""


def copy_image_set(call: Call) -> dict[str, Any]:
    """Copy an image set into a new one, or into another one; both are LOCKED until it is done."""
    asked = call.parameters["copyImageSetInformation"]
    forced = call.parameters.get("force", False)
    source = find(call, call.parameters["sourceImageSetId"])
    _check_free(call, source, asked["sourceImageSet"]["latestVersionId"])
    chosen = asked["sourceImageSet"].get("DICOMCopies")
    if chosen:
        metadata.read(chosen["copiableAttributes"], forced=True)
    if "destinationImageSet" in asked:
        target = find(call, asked["destinationImageSet"]["imageSetId"])
        _check_free(call, target, asked["destinationImageSet"]["latestVersionId"])
        tree = metadata.merged(target.versions[-1].metadata, source.versions[-1].metadata)
        _begin(call, target, "COPIED", tree, forced=forced)
    else:
        target = _copied(call, source, forced=forced)
    source.locked_until = target.locked_until
    return {
        "datastoreId": source.store_id,
        "sourceImageSetProperties": _copy_properties(call, source),
        "destinationImageSetProperties": _copy_properties(call, target),
    }


def _copied(call: Call, source: ImageSet, *, forced: bool) -> ImageSet:
    new_id, is_primary = call.new_id(), bool(call.parameters.get("promoteToPrimary"))
    copy = ImageSet(new_id, source.store_id, call.now, call.now, [], is_primary=is_primary)
    call.world.image_sets[new_id] = copy
    _begin(call, copy, "COPIED", source.versions[-1].metadata, forced=forced)
    return copy


def _copy_properties(call: Call, image_set: ImageSet) -> dict[str, Any]:
    return {
        "imageSetId": image_set.id,
        "latestVersionId": image_set.versions[-1].id,
        "imageSetState": image_set.state(call.now),
        "imageSetWorkflowStatus": workflow_status(call, image_set, image_set.versions[-1]),
        "createdAt": call.timestamp(image_set.created),
        "updatedAt": call.timestamp(image_set.updated),
        "imageSetArn": arn(call, image_set),
    }


def update_image_set_metadata(call: Call) -> dict[str, Any]:
    """Add, change and remove attributes, or go back to an earlier version; LOCKED until it is done."""
    image_set, forced = find(call, call.parameters["imageSetId"]), call.parameters.get("force", False)
    _check_free(call, image_set, call.parameters["latestVersionId"])
    updates = call.parameters["updateImageSetMetadataUpdates"]
    if "revertToVersionId" in updates:
        tree = version_of(image_set, updates["revertToVersionId"]).metadata
    else:
        tree, changes = image_set.versions[-1].metadata, updates["DICOMUpdates"]
        if "removableAttributes" in changes:
            tree = metadata.without(tree, metadata.read(changes["removableAttributes"], forced=forced))
        if "updatableAttributes" in changes:
            tree = metadata.merged(tree, metadata.read(changes["updatableAttributes"], forced=forced))
    _begin(call, image_set, "UPDATED", tree, forced=forced)
    latest = image_set.versions[-1]
    return {
        "datastoreId": image_set.store_id,
        "imageSetId": image_set.id,
        "latestVersionId": latest.id,
        "imageSetState": image_set.state(call.now),
        "imageSetWorkflowStatus": workflow_status(call, image_set, latest),
        "createdAt": call.timestamp(image_set.created),
        "updatedAt": call.timestamp(image_set.updated),
    }


def _check_free(call: Call, image_set: ImageSet, latest: str) -> None:
    state = image_set.state(call.now)
    if state == "DELETED":
        raise not_found(f"Image set {image_set.id} was not found")
    if state == "LOCKED":
        raise conflict(f"Image set {image_set.id} is LOCKED")
    if latest != image_set.versions[-1].id:
        raise conflict(f"Version {latest} is not the latest of image set {image_set.id}")


def _begin(call: Call, image_set: ImageSet, comes_to: str, tree: metadata.Tree, *, forced: bool) -> None:
    image_set.locked_until = call.now + call.world.settings.image_set_change
    image_set.updated = call.now
    number = str(len(image_set.versions) + 1)
    version = ImageSetVersion(number, call.now, image_set.locked_until, comes_to, tree, forced)
    image_set.versions.append(version)


def list_image_set_versions(call: Call) -> dict[str, Any]:
    """List an image set's versions, the newest first."""
    image_set = find(call, call.parameters["imageSetId"])
    page, token = call.page(
        image_set.versions,
        call.parameters.get("nextToken"),
        call.parameters.get("maxResults"),
        newest_first=True,
    )
    return {
        "imageSetPropertiesList": [_version_properties(call, image_set, each) for each in page],
        "nextToken": token,
    }


def _version_properties(call: Call, image_set: ImageSet, version: ImageSetVersion) -> dict[str, Any]:
    state = image_set.state(call.now)
    return {
        "imageSetId": image_set.id,
        "versionId": version.id,
        "imageSetState": state,
        "ImageSetWorkflowStatus": workflow_status(call, image_set, version),
        "createdAt": call.timestamp(image_set.created),
        "updatedAt": call.timestamp(version.created),
        "deletedAt": call.timestamp(image_set.deleted or 0.0) if state == "DELETED" else None,
        "overrides": {"forced": version.forced},
        "isPrimary": image_set.is_primary,
    }


def get_image_set_metadata(call: Call) -> dict[str, Any]:
    """Read a version's metadata, as compressed JSON."""
    image_set = _living(call)
    version = version_of(image_set, call.parameters.get("versionId"))
    tree = {"SchemaVersion": "1.1", "DatastoreID": image_set.store_id, "ImageSetID": image_set.id}
    return {
        "imageSetMetadataBlob": gzip.compress(json.dumps(tree | version.metadata).encode(), mtime=0),
        "contentType": "application/json",
        "contentEncoding": "gzip",
    }


def get_image_frame(call: Call) -> dict[str, Any]:
    """Read an image frame, which is an empty one."""
    image_set, frame = _living(call), call.parameters["imageFrameInformation"]["imageFrameId"]
    if frame not in metadata.frames(image_set.versions[-1].metadata):
        raise not_found(f"Image frame {frame} was not found")
    return {"imageFrameBlob": _FRAME, "contentType": "image/jph"}


def _living(call: Call) -> ImageSet:
    image_set = find(call, call.parameters["imageSetId"])
    if image_set.state(call.now) == "DELETED":
        raise not_found(f"Image set {image_set.id} was not found")
    return image_set
