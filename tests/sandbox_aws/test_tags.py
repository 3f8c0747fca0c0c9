from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws import Sandbox


def test_imaging_tags_are_added_replaced_and_removed(
    cloud: Sandbox, imaging: Any, imaging_store: str
) -> None:
    arn = cloud.store(imaging_store).arn
    imaging.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
    imaging.tag_resource(resourceArn=arn, tags={"b": "3", "c": ""})
    imaging.untag_resource(resourceArn=arn, tagKeys=["a", "never-there"])
    assert imaging.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "3", "c": ""}


def test_lake_tags_are_added_replaced_and_removed(cloud: Sandbox, lake: Any, lake_store: str) -> None:
    arn = cloud.store(lake_store).arn
    lake.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b b", "Value": "ü @"}])
    lake.tag_resource(ResourceARN=arn, Tags=[{"Key": "a", "Value": "2"}])
    lake.untag_resource(ResourceARN=arn, TagKeys=["never-there"])
    assert lake.list_tags_for_resource(ResourceARN=arn)["Tags"] == [
        {"Key": "a", "Value": "2"},
        {"Key": "b b", "Value": "ü @"},
    ]


@pytest.mark.parametrize("state", ["gone", "DELETED"])
def test_a_store_that_is_not_there_has_no_tags(
    cloud: Sandbox, imaging: Any, imaging_store: str, refused: Callable[..., Any], state: str
) -> None:
    arn = cloud.store(imaging_store).arn
    if state == "gone":
        cloud.remove_store(imaging_store)
    else:
        cloud.force_status(imaging_store, state)
    missing = (404, "ResourceNotFoundException")
    assert refused(imaging.list_tags_for_resource, resourceArn=arn) == missing
    assert refused(imaging.tag_resource, resourceArn=arn, tags={"a": "1"}) == missing
    assert refused(imaging.untag_resource, resourceArn=arn, tagKeys=["a"]) == missing


def test_a_lake_arn_of_another_store_is_not_found(
    cloud: Sandbox, lake: Any, lake_store: str, refused: Callable[..., Any]
) -> None:
    arn = cloud.store(lake_store).arn.replace(lake_store, "0" * 32)
    assert refused(lake.list_tags_for_resource, ResourceARN=arn) == (400, "ResourceNotFoundException")


def test_an_arn_of_the_other_service_is_refused(
    cloud: Sandbox, imaging: Any, lake_store: str, refused: Callable[..., Any]
) -> None:
    arn = cloud.store(lake_store).arn
    assert refused(imaging.list_tags_for_resource, resourceArn=arn) == (400, "ValidationException")


def test_a_store_has_at_most_fifty_tags(
    cloud: Sandbox, imaging: Any, imaging_store: str, refused: Callable[..., Any]
) -> None:
    arn, letters = cloud.store(imaging_store).arn, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    imaging.tag_resource(resourceArn=arn, tags=dict.fromkeys(letters[:50], "1"))
    refusal = refused(imaging.tag_resource, resourceArn=arn, tags={letters[50]: "1"})
    assert refusal == (400, "ValidationException")
    assert len(cloud.store(imaging_store).tags) == 50
