"""Tags that AWS sets itself: listed, and neither set nor taken off by anybody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.aws import Sandbox

RESERVED = "aws:cloudformation:stack-name"


def test_a_lake_stores_reserved_tag_stays_and_is_in_nobodys_way(
    cloud: Sandbox, lake: Any, lake_store: str, refused: Callable[..., Any]
) -> None:
    arn = cloud.store(lake_store).arn
    cloud.set_tags(lake_store, {RESERVED: "stack", "team": "a"})
    lake.tag_resource(ResourceARN=arn, Tags=[{"Key": "team", "Value": "b"}])
    assert refused(lake.untag_resource, ResourceARN=arn, TagKeys=[RESERVED]) == (400, "ValidationException")
    listed = {tag["Key"]: tag["Value"] for tag in lake.list_tags_for_resource(ResourceARN=arn)["Tags"]}
    assert listed == {RESERVED: "stack", "team": "b"}


def test_an_imaging_stores_reserved_tag_stays_too(
    cloud: Sandbox, imaging: Any, imaging_store: str, refused: Callable[..., Any]
) -> None:
    arn = cloud.store(imaging_store).arn
    cloud.set_tags(imaging_store, {RESERVED: "stack"})
    imaging.tag_resource(resourceArn=arn, tags={"team": "b"})
    assert refused(imaging.untag_resource, resourceArn=arn, tagKeys=[RESERVED])[1] == "ValidationException"
    assert imaging.list_tags_for_resource(resourceArn=arn)["tags"] == {RESERVED: "stack", "team": "b"}
