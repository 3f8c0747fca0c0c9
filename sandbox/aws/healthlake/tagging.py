"""Tag operations of HealthLake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import tags
from ..call import Call
from ..errors import validation


def tag_resource(call: Call) -> dict[str, Any]:
    """Add or replace tags."""
    item = tags.tagged(call, call.parameters["ResourceARN"])
    tags.add(item, from_list(call.parameters["Tags"]))
    return {}


def untag_resource(call: Call) -> dict[str, Any]:
    """Remove tags."""
    tags.remove(tags.tagged(call, call.parameters["ResourceARN"]), call.parameters["TagKeys"])
    return {}


def list_tags_for_resource(call: Call) -> dict[str, Any]:
    """List tags."""
    item = tags.tagged(call, call.parameters["ResourceARN"])
    return {"Tags": [{"Key": key, "Value": value} for key, value in item.tags.items()]}


def from_list(items: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return the tags of a TagList.

    Raises:
        ServiceError: ValidationException, a key comes twice.
    """
    found = {item["Key"]: item["Value"] for item in items}
    if len(found) != len(items):
        raise validation("Tag keys must be unique")
    return tags.checked(found)
