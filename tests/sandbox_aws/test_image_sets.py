from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.aws import Sandbox

IMPORT = {
    "dataAccessRoleArn": "arn:aws:iam::123456789012:role/importer",
    "inputS3Uri": "s3://bucket/in/",
    "outputS3Uri": "s3://bucket/out/",
}


def test_an_import_ends_and_leaves_image_sets(cloud: Sandbox, imaging: Any, imaging_store: str) -> None:
    started = imaging.start_dicom_import_job(datastoreId=imaging_store, jobName="j", **IMPORT)
    assert started["jobStatus"] == "SUBMITTED"
    where = {"datastoreId": imaging_store, "jobId": started["jobId"]}
    cloud.advance(60)
    assert imaging.get_dicom_import_job(**where)["jobProperties"]["jobStatus"] == "IN_PROGRESS"
    assert imaging.search_image_sets(datastoreId=imaging_store)["imageSetsMetadataSummaries"] == []
    cloud.advance(120)
    done = imaging.get_dicom_import_job(**where)["jobProperties"]
    assert (done["jobStatus"], done["jobName"], done["inputS3Uri"]) == ("COMPLETED", "j", "s3://bucket/in/")
    assert done["endedAt"] > done["submittedAt"]
    assert len(imaging.search_image_sets(datastoreId=imaging_store)["imageSetsMetadataSummaries"]) == 2


def test_an_import_leaves_as_many_image_sets_as_ordered(
    cloud: Sandbox, imaging: Any, imaging_store: str
) -> None:
    cloud.end_next_import(image_sets=7)
    imaging.start_dicom_import_job(datastoreId=imaging_store, **IMPORT)
    cloud.advance(200)
    assert len(cloud.image_sets(imaging_store)) == 7


def test_a_failed_import_leaves_none(cloud: Sandbox, imaging: Any, imaging_store: str) -> None:
    cloud.end_next_import("FAILED")
    imaging.start_dicom_import_job(datastoreId=imaging_store, **IMPORT)
    cloud.advance(200)
    (job,) = imaging.list_dicom_import_jobs(datastoreId=imaging_store, jobStatus="FAILED")["jobSummaries"]
    assert job["datastoreId"] == imaging_store
    assert (
        imaging.list_dicom_import_jobs(datastoreId=imaging_store, jobStatus="COMPLETED")["jobSummaries"] == []
    )
    assert cloud.image_sets(imaging_store) == {}


def test_imports_of_healthimaging_run_side_by_side(cloud: Sandbox, imaging: Any, imaging_store: str) -> None:
    for _ in range(2):
        imaging.start_dicom_import_job(datastoreId=imaging_store, **IMPORT)
    cloud.advance(60)
    jobs = imaging.list_dicom_import_jobs(datastoreId=imaging_store)["jobSummaries"]
    assert [job["jobStatus"] for job in jobs] == ["IN_PROGRESS", "IN_PROGRESS"]


@pytest.mark.parametrize(
    "case",
    [("CREATING", (409, "ConflictException")), ("DELETED", (404, "ResourceNotFoundException"))],
)
def test_a_store_in_that_state_takes_no_import(
    cloud: Sandbox,
    imaging: Any,
    imaging_store: str,
    refused: Callable[..., Any],
    case: tuple[str, tuple[int, str]],
) -> None:
    state, refusal = case
    cloud.force_status(imaging_store, state)
    assert refused(imaging.start_dicom_import_job, datastoreId=imaging_store, **IMPORT) == refusal


def test_a_store_with_image_sets_cannot_be_deleted_until_they_are_gone(
    cloud: Sandbox, imaging: Any, imaging_store: str, refused: Callable[..., Any]
) -> None:
    (image_set,) = cloud.add_image_sets(imaging_store, 1)
    assert refused(imaging.delete_datastore, datastoreId=imaging_store) == (409, "ConflictException")
    gone = imaging.delete_image_set(datastoreId=imaging_store, imageSetId=image_set)
    assert (gone["imageSetState"], gone["imageSetWorkflowStatus"]) == ("LOCKED", "DELETING")
    cloud.advance(12)
    assert imaging.delete_datastore(datastoreId=imaging_store)["datastoreStatus"] == "DELETING"


def test_an_image_set_that_is_being_deleted_still_counts(
    cloud: Sandbox, imaging: Any, imaging_store: str, refused: Callable[..., Any]
) -> None:
    (image_set,) = cloud.add_image_sets(imaging_store, 1)
    imaging.delete_image_set(datastoreId=imaging_store, imageSetId=image_set)
    assert refused(imaging.delete_datastore, datastoreId=imaging_store) == (409, "ConflictException")


def test_a_locked_image_set_is_refused_until_its_lock_ends(
    cloud: Sandbox, imaging: Any, imaging_store: str, refused: Callable[..., Any]
) -> None:
    (image_set,) = cloud.add_image_sets(imaging_store, 1, locked=1, locked_seconds=30)
    where = {"datastoreId": imaging_store, "imageSetId": image_set}
    assert refused(imaging.delete_image_set, **where) == (409, "ConflictException")
    cloud.advance(31)
    assert imaging.delete_image_set(**where)["imageSetState"] == "LOCKED"


def test_a_deleted_image_set_is_read_as_deleted_and_not_found_for_deletion(
    cloud: Sandbox, imaging: Any, imaging_store: str, refused: Callable[..., Any]
) -> None:
    (image_set,) = cloud.add_image_sets(imaging_store, 1)
    where = {"datastoreId": imaging_store, "imageSetId": image_set}
    assert imaging.get_image_set(**where)["imageSetState"] == "ACTIVE"
    imaging.delete_image_set(**where)
    assert imaging.get_image_set(**where)["imageSetWorkflowStatus"] == "DELETING"
    cloud.advance(6)
    shown = imaging.get_image_set(**where)
    assert (shown["imageSetState"], "deletedAt" in shown) == ("DELETED", True)
    assert imaging.search_image_sets(datastoreId=imaging_store)["imageSetsMetadataSummaries"] == []
    assert refused(imaging.delete_image_set, **where) == (404, "ResourceNotFoundException")


def test_image_sets_are_deleted_one_in_four_seconds(
    cloud: Sandbox, imaging: Any, imaging_store: str, refused: Callable[..., Any]
) -> None:
    first, second = cloud.add_image_sets(imaging_store, 2)
    imaging.delete_image_set(datastoreId=imaging_store, imageSetId=first)
    again = {"datastoreId": imaging_store, "imageSetId": second}
    cloud.advance(3.9)
    assert refused(imaging.delete_image_set, **again) == (429, "ThrottlingException")
    cloud.advance(0.2)
    assert imaging.delete_image_set(**again)["imageSetId"] == second


def test_an_unknown_image_set_is_not_found(
    imaging: Any, imaging_store: str, refused: Callable[..., Any]
) -> None:
    where = {"datastoreId": imaging_store, "imageSetId": "0" * 32}
    assert refused(imaging.get_image_set, **where) == (404, "ResourceNotFoundException")
    assert refused(imaging.delete_image_set, **where) == (404, "ResourceNotFoundException")


def test_a_search_is_paged_in_either_order(cloud: Sandbox, imaging: Any, imaging_store: str) -> None:
    made = []
    for _ in range(5):
        made += cloud.add_image_sets(imaging_store, 1)
        cloud.advance(1)

    def found(**criteria: object) -> list[str]:
        pages = imaging.get_paginator("search_image_sets").paginate(
            datastoreId=imaging_store, PaginationConfig={"PageSize": 2}, **criteria
        )
        return [item["imageSetId"] for page in pages for item in page["imageSetsMetadataSummaries"]]

    assert found() == made
    assert found(searchCriteria={"sort": {"sortField": "createdAt", "sortOrder": "DESC"}}) == made[::-1]


def test_a_search_can_be_filtered(cloud: Sandbox, imaging: Any, imaging_store: str) -> None:
    imaging.start_dicom_import_job(datastoreId=imaging_store, **IMPORT)
    cloud.advance(200)

    def found(operator: str, *values: dict[str, object]) -> int:
        criteria = {"filters": [{"operator": operator, "values": list(values)}]}
        page = imaging.search_image_sets(datastoreId=imaging_store, searchCriteria=criteria)
        return len(page["imageSetsMetadataSummaries"])

    now = datetime.fromtimestamp(cloud.health().clock, UTC)
    hour = timedelta(hours=1)
    assert found("EQUAL", {"DICOMPatientId": "patient-1"}) == 1
    assert found("EQUAL", {"DICOMPatientId": "nobody"}) == 0
    assert found("BETWEEN", {"createdAt": now - hour}, {"createdAt": now}) == 2
    assert found("BETWEEN", {"createdAt": now - 2 * hour}, {"createdAt": now - hour}) == 0
