"""Eventual consistency: what is written shows a while later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws import Sandbox


@pytest.fixture
def lagging(cloud: Sandbox) -> Sandbox:
    cloud.settings(lag=10)
    return cloud


def test_a_new_store_shows_neither_in_lists_nor_by_itself(
    lagging: Sandbox, lake: Any, refused: Callable[..., Any]
) -> None:
    made = lake.create_fhir_datastore(DatastoreTypeVersion="R4", ClientToken="once")
    name = made["DatastoreId"]
    assert refused(lake.describe_fhir_datastore, DatastoreId=name) == (400, "ResourceNotFoundException")
    tags = {"ResourceARN": made["DatastoreArn"], "Tags": [{"Key": "a", "Value": "b"}]}
    assert refused(lake.tag_resource, **tags) == (400, "ResourceNotFoundException")
    assert lake.list_fhir_datastores()["DatastorePropertiesList"] == []
    lagging.advance(60)
    assert lake.create_fhir_datastore(DatastoreTypeVersion="R4", ClientToken="once")["DatastoreId"] == name
    assert len(lake.list_fhir_datastores()["DatastorePropertiesList"]) == 1


def test_states_and_tags_lag_behind(lagging: Sandbox, imaging: Any, imaging_store: str) -> None:
    lagging.advance(11)
    arn = lagging.store(imaging_store).arn
    imaging.tag_resource(resourceArn=arn, tags={"team": "a"})
    assert imaging.list_tags_for_resource(resourceArn=arn)["tags"] == {}
    imaging.delete_datastore(datastoreId=imaging_store)
    shown = imaging.get_datastore(datastoreId=imaging_store)["datastoreProperties"]
    assert shown["datastoreStatus"] == "ACTIVE"
    lagging.advance(11)
    shown = imaging.get_datastore(datastoreId=imaging_store)["datastoreProperties"]
    assert shown["datastoreStatus"] == "DELETING"


def test_a_search_lists_what_is_deleted_already(lagging: Sandbox, imaging: Any, imaging_store: str) -> None:
    (image_set,) = lagging.add_image_sets(imaging_store, 1)
    lagging.advance(11)
    imaging.delete_image_set(datastoreId=imaging_store, imageSetId=image_set)
    lagging.advance(6)
    assert lagging.image_sets(imaging_store) == {image_set: "DELETED"}
    found = imaging.search_image_sets(datastoreId=imaging_store)["imageSetsMetadataSummaries"]
    assert [each["imageSetId"] for each in found] == [image_set]
    lagging.advance(10)
    assert imaging.search_image_sets(datastoreId=imaging_store)["imageSetsMetadataSummaries"] == []
