from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws import Sandbox

ROLE = "arn:aws:iam::123456789012:role/exporter"
OUTPUT = {"S3Configuration": {"S3Uri": "s3://bucket/exports", "KmsKeyId": "alias/exports"}}
STATUSES = [
    "COMPLETED",
    "COMPLETED_WITH_ERRORS",
    "FAILED",
    "CANCEL_SUBMITTED",
    "CANCEL_IN_PROGRESS",
    "CANCEL_COMPLETED",
    "CANCEL_FAILED",
]


def export(lake: Any, store: str, **changes: Any) -> str:
    asked = {"DataAccessRoleArn": ROLE, "OutputDataConfig": OUTPUT, **changes}
    return str(lake.start_fhir_export_job(DatastoreId=store, **asked)["JobId"])


def describe(lake: Any, store: str, job: str) -> dict[str, Any]:
    return dict(lake.describe_fhir_export_job(DatastoreId=store, JobId=job)["ExportJobProperties"])


def test_an_export_goes_its_way(cloud: Sandbox, lake: Any, lake_store: str) -> None:
    started = lake.start_fhir_export_job(
        DatastoreId=lake_store, DataAccessRoleArn=ROLE, OutputDataConfig=OUTPUT
    )
    seen = [started["JobStatus"]]
    for _ in range(100):
        cloud.advance(1)
        shown = describe(lake, lake_store, started["JobId"])
        if shown["JobStatus"] != seen[-1]:
            seen.append(shown["JobStatus"])
    assert seen == ["SUBMITTED", "QUEUED", "IN_PROGRESS", "COMPLETED"]
    assert shown["EndTime"] > shown["SubmitTime"]
    assert "Message" not in shown


def test_the_output_location_is_shown_now_as_given_and_now_longer(
    cloud: Sandbox, lake: Any, lake_store: str
) -> None:
    job = export(lake, lake_store)
    assert describe(lake, lake_store, job)["OutputDataConfig"] == OUTPUT
    cloud.advance(100)
    uris = {describe(lake, lake_store, job)["OutputDataConfig"]["S3Configuration"]["S3Uri"] for _ in range(2)}
    assert uris == {"s3://bucket/exports", f"s3://bucket/exports/{lake_store}-FHIR_EXPORT-{job}/"}


def test_exports_run_one_at_a_time_in_the_order_of_their_coming(
    cloud: Sandbox, lake: Any, lake_store: str
) -> None:
    other = cloud.add_store("healthlake", {"DatastoreTypeVersion": "R4"})
    cloud.settings(throttled=False)
    first, second = export(lake, lake_store), export(lake, other)
    cloud.advance(50)
    assert describe(lake, lake_store, first)["JobStatus"] == "IN_PROGRESS"
    assert describe(lake, other, second)["JobStatus"] == "QUEUED"
    cloud.advance(50)
    assert describe(lake, lake_store, first)["JobStatus"] == "COMPLETED"
    assert describe(lake, other, second)["JobStatus"] == "IN_PROGRESS"
    assert describe(lake, other, second).get("EndTime") is None


@pytest.mark.parametrize("status", STATUSES)
def test_an_export_can_be_ordered_to_end_in_any_status(
    cloud: Sandbox, lake: Any, lake_store: str, status: str
) -> None:
    cloud.end_next_export(status, message="as ordered")
    job = export(lake, lake_store)
    assert describe(lake, lake_store, job)["JobStatus"] == "SUBMITTED"
    cloud.advance(100)
    shown = describe(lake, lake_store, job)
    assert shown["JobStatus"] == status
    terminal = status not in {"CANCEL_SUBMITTED", "CANCEL_IN_PROGRESS"}
    assert ("EndTime" in shown, shown.get("Message") == "as ordered") == (terminal, terminal)


def test_every_status_of_the_model_is_reachable(lake: Any) -> None:
    enum = lake.meta.service_model.shape_for("JobStatus").enum
    assert {*STATUSES, "SUBMITTED", "QUEUED", "IN_PROGRESS"} == set(enum)


@pytest.mark.parametrize("status", ["IN_PROGRESS", "FAILED"])
def test_a_running_export_can_be_forced_into_a_status(
    cloud: Sandbox, lake: Any, lake_store: str, status: str
) -> None:
    job = export(lake, lake_store)
    cloud.force_job_status(job, status)
    cloud.advance(100_000)
    assert describe(lake, lake_store, job)["JobStatus"] == status


@pytest.mark.parametrize(
    "case",
    [
        ("CREATING", "ValidationException"),
        ("UPDATING", "ValidationException"),
        ("CREATE_FAILED", "ValidationException"),
        ("DELETING", "ValidationException"),
        ("DELETED", "ResourceNotFoundException"),
    ],
)
def test_a_store_in_that_state_cannot_be_exported(
    cloud: Sandbox, lake: Any, lake_store: str, refused: Callable[..., Any], case: tuple[str, str]
) -> None:
    state, code = case
    cloud.force_status(lake_store, state)
    assert refused(export, lake=lake, store=lake_store) == (400, code)
    assert cloud.jobs() == []


def test_a_store_with_a_running_job_cannot_be_deleted(
    cloud: Sandbox, lake: Any, lake_store: str, refused: Callable[..., Any]
) -> None:
    job = export(lake, lake_store)
    assert refused(lake.delete_fhir_datastore, DatastoreId=lake_store) == (400, "ConflictException")
    cloud.force_job_status(job, "COMPLETED")
    cloud.advance(60)
    assert lake.delete_fhir_datastore(DatastoreId=lake_store)["DatastoreStatus"] == "DELETING"


def test_unknown_stores_and_jobs_are_not_found(
    cloud: Sandbox, lake: Any, lake_store: str, refused: Callable[..., Any]
) -> None:
    other = cloud.add_store("healthlake", {"DatastoreTypeVersion": "R4"})
    job = export(lake, lake_store)
    missing = (400, "ResourceNotFoundException")
    assert refused(describe, lake=lake, store=lake_store, job="0" * 32) == missing
    assert refused(describe, lake=lake, store=other, job=job) == missing
    assert refused(lake.describe_fhir_import_job, DatastoreId=lake_store, JobId=job) == missing
    cloud.advance(60)
    assert refused(export, lake=lake, store="0" * 32) == missing
    cloud.remove_job(job)
    assert refused(describe, lake=lake, store=lake_store, job=job) == missing


def test_a_list_of_exports_can_be_filtered_and_is_paged(cloud: Sandbox, lake: Any, lake_store: str) -> None:
    jobs = []
    for number in range(3):
        jobs.append(export(lake, lake_store, JobName=f"job-{number}"))
        cloud.advance(100)

    def found(**wanted: Any) -> list[int]:
        page = lake.list_fhir_export_jobs(DatastoreId=lake_store, **wanted)
        return [jobs.index(job["JobId"]) for job in page["ExportJobPropertiesList"]]

    second = describe(lake, lake_store, jobs[1])["SubmitTime"]
    assert found() == [0, 1, 2]
    assert found(JobName="job-1") == [1]
    assert found(JobStatus="COMPLETED") == [0, 1, 2]
    assert found(JobStatus="FAILED") == []
    assert found(SubmittedBefore=second) == [0]
    assert found(SubmittedAfter=second) == [2]
    page = lake.list_fhir_export_jobs(DatastoreId=lake_store, MaxResults=2)
    assert found(MaxResults=2, NextToken=page["NextToken"]) == [2]


def test_an_import_reports_its_progress(cloud: Sandbox, lake: Any, lake_store: str) -> None:
    started = lake.start_fhir_import_job(
        DatastoreId=lake_store,
        JobName="in",
        InputDataConfig={"S3Uri": "s3://bucket/in"},
        JobOutputDataConfig=OUTPUT,
        DataAccessRoleArn=ROLE,
        ValidationLevel="strict",
    )
    where = {"DatastoreId": lake_store, "JobId": started["JobId"]}
    assert "JobProgressReport" not in lake.describe_fhir_import_job(**where)["ImportJobProperties"]
    cloud.advance(200)
    done = lake.describe_fhir_import_job(**where)["ImportJobProperties"]
    assert (done["JobStatus"], done["ValidationLevel"]) == ("COMPLETED", "strict")
    assert done["JobProgressReport"]["TotalNumberOfResourcesImported"] == 100
    listed = lake.list_fhir_import_jobs(DatastoreId=lake_store)["ImportJobPropertiesList"]
    assert [job["JobId"] for job in listed] == [started["JobId"]]
    assert lake.list_fhir_export_jobs(DatastoreId=lake_store)["ExportJobPropertiesList"] == []
