"""Image sets: searched, read and deleted one by one, which a data store's deletion waits for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from ..call import Call
from ..errors import conflict, not_found, validation
from ..state import ImageSet
from .datastores import find_living

_VERSION: Final = "1"


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
    attributes = _attributes(call, image_set)
    return {
        "imageSetId": image_set.id,
        "version": int(_VERSION),
        "storageTier": "FREQUENT_ACCESS",
        "DICOMTags": image_set.tags,
        **attributes,
    }


def _attributes(call: Call, image_set: ImageSet) -> dict[str, Any]:
    # moto parses timestamps to UTC without a zone.
    created = call.timestamp(image_set.created).replace(tzinfo=None)
    updated = call.timestamp(image_set.updated).replace(tzinfo=None)
    return {**image_set.tags, "isPrimary": True, "createdAt": created, "updatedAt": updated}


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
    image_set = _find(call)
    if call.parameters.get("versionId", _VERSION) != _VERSION:
        raise not_found(f"Image set {image_set.id} has no version {call.parameters['versionId']}")
    state = image_set.state(call.now)
    deleting = "DELETING" if state == "LOCKED" else "DELETED"
    store = call.world.stores[image_set.store_id]
    return {
        "datastoreId": store.id,
        "imageSetId": image_set.id,
        "versionId": _VERSION,
        "imageSetState": state,
        "imageSetWorkflowStatus": "CREATED" if image_set.deleted is None else deleting,
        "createdAt": call.timestamp(image_set.created),
        "updatedAt": call.timestamp(image_set.updated),
        "deletedAt": call.timestamp(image_set.deleted or 0.0) if state == "DELETED" else None,
        "imageSetArn": f"{store.arn}/imageset/{image_set.id}",
        "isPrimary": True,
        "storageTier": "FREQUENT_ACCESS",
    }


def delete_image_set(call: Call) -> dict[str, Any]:
    """Delete an image set that is not locked; it is LOCKED until it is gone."""
    image_set = _find(call)
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


def _find(call: Call) -> ImageSet:
    store = find_living(call)
    image_set = call.world.image_sets.get(call.parameters["imageSetId"])
    if image_set is None or image_set.store_id != store.id:
        raise not_found(f"Image set {call.parameters['imageSetId']} was not found")
    return image_set
