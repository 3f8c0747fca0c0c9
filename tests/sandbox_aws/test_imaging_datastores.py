from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws import Sandbox

KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
AUTHORIZER = "arn:aws:lambda:us-east-1:123456789012:function:authorize"


def status(imaging: Any, datastore_id: str) -> str:
    return str(imaging.get_datastore(datastoreId=datastore_id)["datastoreProperties"]["datastoreStatus"])


def test_a_new_store_is_creating_until_two_minutes_have_passed(cloud: Sandbox, imaging: Any) -> None:
    made = imaging.create_datastore(datastoreName="a")
    assert made["datastoreStatus"] == "CREATING"
    cloud.advance(119)
    assert status(imaging, made["datastoreId"]) == "CREATING"
    cloud.advance(2)
    assert status(imaging, made["datastoreId"]) == "ACTIVE"


def test_what_was_asked_for_comes_back(imaging: Any) -> None:
    asked = {
        "kmsKeyArn": KEY,
        "lambdaAuthorizerArn": AUTHORIZER,
        "losslessStorageFormat": "JPEG_2000_LOSSLESS",
        "datastoreName": "a/b#c",
    }
    made = imaging.create_datastore(**asked, tags={"team": "x"})
    shown = imaging.get_datastore(datastoreId=made["datastoreId"])["datastoreProperties"]
    assert asked.items() <= shown.items()
    assert imaging.list_tags_for_resource(resourceArn=shown["datastoreArn"])["tags"] == {"team": "x"}


def test_the_service_fills_in_the_storage_format_and_nothing_else(imaging: Any, imaging_store: str) -> None:
    shown = imaging.get_datastore(datastoreId=imaging_store)["datastoreProperties"]
    assert shown["losslessStorageFormat"] == "HTJ2K"
    assert "kmsKeyArn" not in shown
    assert "lambdaAuthorizerArn" not in shown


def test_ids_and_arns_have_the_form_that_the_model_asks_for(imaging: Any, imaging_store: str) -> None:
    shown = imaging.get_datastore(datastoreId=imaging_store)["datastoreProperties"]
    pattern = imaging.meta.service_model.shape_for("Arn").metadata["pattern"]
    assert re.fullmatch(pattern, shown["datastoreArn"])
    assert re.fullmatch("[0-9a-z]{32}", shown["datastoreId"])


def test_a_deleted_store_is_deleting_then_visible_as_deleted_then_gone(
    cloud: Sandbox, imaging: Any, imaging_store: str, refused: Callable[..., Any]
) -> None:
    assert imaging.delete_datastore(datastoreId=imaging_store)["datastoreStatus"] == "DELETING"
    assert status(imaging, imaging_store) == "DELETING"
    cloud.advance(61)
    assert status(imaging, imaging_store) == "DELETED"
    cloud.advance(8 * 24 * 3600)
    assert refused(imaging.get_datastore, datastoreId=imaging_store) == (404, "ResourceNotFoundException")


@pytest.mark.parametrize(
    "case",
    [
        ("CREATING", (409, "ConflictException")),
        ("DELETING", (409, "ConflictException")),
        ("DELETED", (404, "ResourceNotFoundException")),
    ],
)
def test_a_store_in_that_state_cannot_be_deleted(
    cloud: Sandbox,
    imaging: Any,
    imaging_store: str,
    refused: Callable[..., Any],
    case: tuple[str, tuple[int, str]],
) -> None:
    state, refusal = case
    cloud.force_status(imaging_store, state)
    assert refused(imaging.delete_datastore, datastoreId=imaging_store) == refusal


@pytest.mark.parametrize("state", ["ACTIVE", "CREATE_FAILED"])
def test_a_store_in_that_state_can_be_deleted(
    cloud: Sandbox, imaging: Any, imaging_store: str, state: str
) -> None:
    cloud.force_status(imaging_store, state)
    assert imaging.delete_datastore(datastoreId=imaging_store)["datastoreStatus"] == "DELETING"


@pytest.mark.parametrize("operation", ["get_datastore", "delete_datastore"])
def test_an_unknown_store_is_not_found(imaging: Any, refused: Callable[..., Any], operation: str) -> None:
    refusal = refused(getattr(imaging, operation), datastoreId="0" * 32)
    assert refusal == (404, "ResourceNotFoundException")


def test_a_list_is_paged_and_can_be_limited_to_a_status(cloud: Sandbox, imaging: Any) -> None:
    made = [cloud.add_store("medical-imaging", {"datastoreName": f"s{n}"}) for n in range(5)]
    cloud.force_status(made[0], "DELETED")
    pages = list(imaging.get_paginator("list_datastores").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["datastoreSummaries"]) for page in pages] == [2, 2, 1]
    assert {s["datastoreId"] for page in pages for s in page["datastoreSummaries"]} == set(made)
    deleted = imaging.list_datastores(datastoreStatus="DELETED")["datastoreSummaries"]
    assert [store["datastoreId"] for store in deleted] == made[:1]


def test_a_list_without_a_maximum_is_paged_all_the_same(cloud: Sandbox, imaging: Any) -> None:
    cloud.settings(page_size=2)
    for number in range(3):
        cloud.add_store("medical-imaging", {"datastoreName": f"s{number}"})
    page = imaging.list_datastores()
    assert len(page["datastoreSummaries"]) == 2
    assert page["nextToken"]


def test_a_page_token_that_is_none_is_refused(imaging: Any, refused: Callable[..., Any]) -> None:
    assert refused(imaging.list_datastores, nextToken="made up") == (400, "ValidationException")


def test_a_store_of_another_region_is_not_seen(
    connect: Callable[..., Any], imaging_store: str, refused: Callable[..., Any]
) -> None:
    elsewhere = connect("medical-imaging", region_name="eu-west-1")
    assert elsewhere.list_datastores()["datastoreSummaries"] == []
    assert refused(elsewhere.get_datastore, datastoreId=imaging_store) == (404, "ResourceNotFoundException")


def test_a_failed_create_tells_nothing_more(cloud: Sandbox, imaging: Any) -> None:
    cloud.fail_next_create(service="medical-imaging", message="no capacity")
    made = imaging.create_datastore(datastoreName="a")
    cloud.advance(121)
    shown = imaging.get_datastore(datastoreId=made["datastoreId"])["datastoreProperties"]
    assert shown["datastoreStatus"] == "CREATE_FAILED"
    assert "no capacity" not in str(shown)
