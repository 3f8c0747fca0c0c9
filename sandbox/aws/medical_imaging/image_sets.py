"""Image sets: searched, read and deleted one by one, which a data store's deletion waits for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from ..call import Call
from ..errors import conflict, not_found, validation
from ..state import ImageSet, ImageSetVersion
from . import metadata
from .datastores import find_living

_IN_WORK: Final = {"COPIED": "COPYING", "UPDATED": "UPDATING"}
"""Workflow statuses on the way, by what they come to."""


def search_image_sets(call: Call) -> dict[str, Any]:
    """List a data store's image sets that fit every filter, deleted ones left out."""
    store, criteria = find_living(call), call.parameters.get("searchCriteria", {})
    matching = [
        image_set
        for image_set in call.world.image_sets.values()
        if image_set.store_id == store.id
        and image_set.state(call.now) != "DELETED"
        and all(_fits(_attributes(call, image_set), wanted) for wanted in criteria.get("filters", []))
    ]
    page, token = call.page(
        matching,
        call.parameters.get("nextToken"),
        call.parameters.get("maxResults"),
        newest_first=criteria.get("sort", {}).get("sortOrder") == "DESC",
    )
    return {
        "imageSetsMetadataSummaries": [_found(call, image_set) for image_set in page],
        "sort": criteria.get("sort"),
        "nextToken": token,
    }


def _found(call: Call, image_set: ImageSet) -> dict[str, Any]:
    return {
        "imageSetId": image_set.id,
        "version": int(image_set.versions[-1].id),
        "storageTier": "FREQUENT_ACCESS",
        "DICOMTags": metadata.searchable(image_set.versions[-1].metadata),
        "isPrimary": image_set.is_primary,
        "createdAt": call.timestamp(image_set.created),
        "updatedAt": call.timestamp(image_set.updated),
    }


def _attributes(call: Call, image_set: ImageSet) -> dict[str, Any]:
    # moto parses timestamps to UTC without a zone.
    created = call.timestamp(image_set.created).replace(tzinfo=None)
    updated = call.timestamp(image_set.updated).replace(tzinfo=None)
    tags = metadata.searchable(image_set.versions[-1].metadata)
    return {**tags, "createdAt": created, "updatedAt": updated}


def _fits(attributes: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    values = wanted["values"]
    if wanted["operator"] == "EQUAL":
        return any(attributes.get(name) == value for item in values for name, value in item.items())
    names = {name for item in values for name in item}
    if len(values) != 2 or len(names) != 1:  # noqa: PLR2004  # a range has two ends
        raise validation("BETWEEN needs two values of one attribute")
    name = names.pop()
    first, last = (item[name] for item in values)
    actual = attributes.get(name)
    return isinstance(actual, datetime) and first <= actual <= last


def get_image_set(call: Call) -> dict[str, Any]:
    """Read an image set's properties, also those of a deleted one."""
    image_set = find(call, call.parameters["imageSetId"])
    version = version_of(image_set, call.parameters.get("versionId"))
    state = image_set.state(call.now)
    return {
        "datastoreId": image_set.store_id,
        "imageSetId": image_set.id,
        "versionId": version.id,
        "imageSetState": state,
        "imageSetWorkflowStatus": workflow_status(call, image_set, version),
        "createdAt": call.timestamp(image_set.created),
        "updatedAt": call.timestamp(image_set.updated),
        "deletedAt": call.timestamp(image_set.deleted or 0.0) if state == "DELETED" else None,
        "imageSetArn": arn(call, image_set),
        "overrides": {"forced": version.forced},
        "isPrimary": image_set.is_primary,
        "storageTier": "FREQUENT_ACCESS",
    }


def version_of(image_set: ImageSet, number: str | None) -> ImageSetVersion:
    """Return a version of an image set, the latest where none is named.

    Raises:
        ServiceError: ResourceNotFoundException.
    """
    if number is None:
        return image_set.versions[-1]
    for version in image_set.versions:
        if version.id == number:
            return version
    raise not_found(f"Image set {image_set.id} has no version {number}")


def workflow_status(call: Call, image_set: ImageSet, version: ImageSetVersion) -> str:
    """Return the ImageSetWorkflowStatus of a version; an import, a copy or a deletion holds the latest."""
    state, is_latest = image_set.state(call.now), version is image_set.versions[-1]
    if image_set.deleted is not None:
        return "DELETED" if state == "DELETED" else "DELETING"
    if call.now < version.done:
        return _IN_WORK[version.comes_to]
    return "COPYING_WITH_READ_ONLY_ACCESS" if state == "LOCKED" and is_latest else version.comes_to


def arn(call: Call, image_set: ImageSet) -> str:
    """Return an image set's ARN."""
    return f"{call.world.stores[image_set.store_id].arn}/imageset/{image_set.id}"


def delete_image_set(call: Call) -> dict[str, Any]:
    """Delete an image set that is not locked; it is LOCKED until it is gone."""
    image_set = find(call, call.parameters["imageSetId"])
    state = image_set.state(call.now)
    if state == "DELETED":
        raise not_found(f"Image set {image_set.id} was not found")
    if state == "LOCKED":
        raise conflict(f"Image set {image_set.id} is LOCKED")
    image_set.deleted = call.now + call.world.settings.image_set_delete
    image_set.updated = call.now
    return {
        "datastoreId": image_set.store_id,
        "imageSetId": image_set.id,
        "imageSetState": "LOCKED",
        "imageSetWorkflowStatus": "DELETING",
    }


def find(call: Call, image_set_id: str) -> ImageSet:
    """Return an image set of the data store that the call names, a deleted one too.

    Raises:
        ServiceError: ResourceNotFoundException.
    """
    store = find_living(call)
    image_set = call.world.image_sets.get(image_set_id)
    if image_set is None or image_set.store_id != store.id:
        raise not_found(f"Image set {image_set_id} was not found")
    return image_set
