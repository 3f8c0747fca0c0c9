"""Tag operations of HealthImaging."""

from __future__ import annotations

from typing import Any

from .. import tags
from ..call import Call


def tag_resource(call: Call) -> dict[str, Any]:
    """Add or replace tags."""
    tags.add(tags.tagged(call, call.parameters["resourceArn"]), call.parameters["tags"])
    return {}


def untag_resource(call: Call) -> dict[str, Any]:
    """Remove tags."""
    tags.remove(tags.tagged(call, call.parameters["resourceArn"]), call.parameters["tagKeys"])
    return {}


def list_tags_for_resource(call: Call) -> dict[str, Any]:
    """List tags."""
    return {"tags": tags.tagged(call, call.parameters["resourceArn"]).tags}
