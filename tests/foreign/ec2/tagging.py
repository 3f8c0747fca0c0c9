"""Tags of volumes, in EC2's way: by ids, as pairs, and those to take off as pairs, too."""

from __future__ import annotations

from typing import Any

from sandbox.aws import tags
from sandbox.aws.call import Call
from sandbox.aws.errors import ServiceError
from tests.foreign.ec2.volumes import living


def create_tags(call: Call) -> dict[str, Any]:
    """Add or replace tags of some volumes."""
    stores = [living(call, each) for each in call.parameters["Resources"]]
    given = {tag["Key"]: tag.get("Value", "") for tag in call.parameters["Tags"]}
    for store in stores:
        tags.add(store, given)
    return {}


def delete_tags(call: Call) -> dict[str, Any]:
    """Take tags off some volumes; without any, all of them would go."""
    stores = [living(call, each) for each in call.parameters["Resources"]]
    keys = [tag["Key"] for tag in call.parameters.get("Tags") or []]
    for store in stores:
        tags.remove(store, keys or list(store.tags))
    return {}


def describe_tags(call: Call) -> dict[str, Any]:
    """Describe the tags of the volumes that a filter names; of what is not there, none."""
    filters = {each["Name"]: each["Values"] for each in call.parameters.get("Filters") or []}
    if set(filters) != {"resource-id"}:
        raise ServiceError("InvalidParameterValue", f"The filters {sorted(filters)} are not emulated")
    stores = (call.named(each) for each in filters["resource-id"])
    there = [store for store in stores if store is not None and store.status != "DELETED"]
    return {
        "Tags": [
            {"ResourceId": store.id, "ResourceType": "volume", "Key": key, "Value": value}
            for store in there
            for key, value in store.tags.items()
        ]
    }
