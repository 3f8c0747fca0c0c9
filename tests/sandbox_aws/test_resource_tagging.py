from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws import IMAGING, LAKE, Sandbox


@pytest.fixture
def tagging(connect: Callable[..., Any]) -> Any:
    return connect("resourcegroupstaggingapi")


def arns(found: Any) -> list[str]:
    return [each["ResourceARN"] for each in found["ResourceTagMappingList"]]


def test_it_shows_tagged_stores_of_a_type_with_their_tags(cloud: Sandbox, tagging: Any) -> None:
    cloud.add_store(IMAGING, {"datastoreName": "untagged"})
    cloud.add_store(IMAGING, {"datastoreName": "images", "tags": {"team": "a"}})
    cloud.add_store(LAKE, {"DatastoreTypeVersion": "R4", "Tags": [{"Key": "team", "Value": "b"}]})
    cloud.advance(61)
    (found,) = tagging.get_resources(ResourceTypeFilters=["healthlake:datastore"])["ResourceTagMappingList"]
    assert (found["ResourceARN"].split(":")[2], found["Tags"]) == (
        "healthlake",
        [{"Key": "team", "Value": "b"}],
    )
    assert len(arns(tagging.get_resources())) == 2
    assert len(arns(tagging.get_resources(TagFilters=[{"Key": "team", "Values": ["a"]}]))) == 1
    assert arns(tagging.get_resources(TagFilters=[{"Key": "other"}])) == []


def test_its_index_lags_behind(cloud: Sandbox, tagging: Any) -> None:
    cloud.add_store(IMAGING, {"datastoreName": "images", "tags": {"team": "a"}})
    assert arns(tagging.get_resources()) == []
    cloud.advance(61)
    assert len(arns(tagging.get_resources())) == 1


def test_it_answers_in_pages(cloud: Sandbox, tagging: Any) -> None:
    for number in range(5):
        cloud.add_store(IMAGING, {"datastoreName": f"images-{number}", "tags": {"team": "a"}})
    cloud.advance(61)
    pages = tagging.get_paginator("get_resources").paginate(PaginationConfig={"PageSize": 2})
    assert [len(arns(page)) for page in pages] == [2, 2, 1]


def test_it_checks_and_denies_as_the_others_do(
    cloud: Sandbox, tagging: Any, refused: Callable[..., Any]
) -> None:
    assert refused(tagging.get_resources, ResourcesPerPage=1, TagFilters=[{"Key": "x" * 200}])[0] == 400
    cloud.fault("resourcegroupstaggingapi.GetResources", "deny")
    assert refused(tagging.get_resources) == (400, "AccessDeniedException")
