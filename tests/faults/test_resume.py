"""Odd answers, odd states, old checkpoints: the id is kept, and nothing goes back to what made the store."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from provider.kinds.kind import Kind
from provider.kinds.table import HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE, HEALTHLAKE_EXPORT
from provider.kinds.workflow import workflow_kind
from sandbox.aws import ManualClock, environment
from sandbox.aws.gateway import Cloud
from tests.faults.scenes import EXPORT, IMAGES, RECORDS
from tests.faults.stack import FailedError, KilledError, Stack
from tests.faults.transport import URL, Desk, Wire

WIRE = Wire()
CLOCK = ManualClock()
IMAGING, LAKE = HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE
ALONE = {**RECORDS, "export": None}
PAGE = b"<html><body>Please sign in to the hotel's network</body></html>"
CREATES = {IMAGING.name: "CreateDatastore", LAKE.name: "CreateFHIRDatastore"}
POLLS = {IMAGING.name: "GetDatastore", LAKE.name: "DescribeFHIRDatastore"}
STORES = [pytest.param(IMAGING, IMAGES, id="imaging"), pytest.param(LAKE, ALONE, id="lake")]
UNREADABLE = {"a page": PAGE, "nothing": b"", "a list": b"[]", "an empty object": b"{}", "a part": b'{"data'}
EXAMPLE = Path(__file__).parents[2] / "examples" / "fhir-import" / "import-data.arazzo.yaml"


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name, value in environment(URL).items():
        monkeypatch.setenv(name, value)
    WIRE.cloud = Cloud(clock=CLOCK)
    WIRE.falsify = lambda _operation, _answer: None
    desk = Desk(WIRE.cloud)
    desk.settings(
        imaging_create=30, lake_create=60, lake_update=30, export=20, imaging_delete=15, lake_delete=30
    )
    return desk


def stack(kind: Kind) -> Stack:
    return Stack(kind, CLOCK, caller=WIRE.caller)


def instead(operation: str, times: int, change: Callable[[bytes], tuple[int, bytes]]) -> None:
    """Let the first answers to an operation arrive changed."""
    left = [times]

    def falsify(name: str, answer: bytes) -> tuple[int, bytes] | None:
        if name != operation or left[0] == 0:
            return None
        left[0] -= 1
        return change(answer)

    WIRE.falsify = falsify


def status_is(value: str) -> Callable[[bytes], tuple[int, bytes]]:
    """Let an answer tell another status."""

    def change(answer: bytes) -> tuple[int, bytes]:
        body = json.loads(answer)
        for properties in body.values():
            for name in properties if isinstance(properties, dict) else ():
                if name.lower() in {"datastorestatus", "jobstatus"}:
                    properties[name] = value
        return 200, json.dumps(body).encode()

    return change


def made(desk: Desk) -> set[str]:
    return {store.id for store in desk.stores()}


def calls(desk: Desk, operation: str) -> int:
    """Return how often an operation was carried out; others were throttled."""
    return sum(entry.status == 200 for entry in desk.journal(operation))


# Odd answers


@pytest.mark.parametrize(("kind", "props"), STORES)
@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_create_whose_answer_cannot_be_read_is_sent_again_with_its_token(
    desk: Desk, kind: Kind, props: dict[str, Any], content: bytes
) -> None:
    instead(CREATES[kind.name], 1, lambda _answer: (200, content))
    mine = stack(kind)
    mine.up(props)
    assert mine.ids == made(desk)
    assert len(mine.ids) == 1
    assert calls(desk, CREATES[kind.name]) == 2


@pytest.mark.parametrize(("kind", "props"), STORES)
@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_poll_whose_answer_cannot_be_read_is_sent_again(
    desk: Desk, kind: Kind, props: dict[str, Any], content: bytes
) -> None:
    instead(POLLS[kind.name], 3, lambda _answer: (200, content))
    mine = stack(kind)
    mine.up(props)
    assert mine.ids == made(desk)
    assert calls(desk, CREATES[kind.name]) == 1


@pytest.mark.parametrize(("kind", "props"), STORES)
@pytest.mark.parametrize("content", [PAGE, b"[]"], ids=["a page", "a list"])
def test_a_network_that_answers_with_a_page_until_the_deadline_keeps_the_store(
    desk: Desk, kind: Kind, props: dict[str, Any], content: bytes
) -> None:
    mine = stack(kind)
    instead(POLLS[kind.name], -1, lambda _answer: (200, content))
    with pytest.raises(FailedError, match="cannot be read"):
        mine.up(props)
    WIRE.falsify = lambda _operation, _answer: None
    (store,) = mine.ids
    mine.up(props)
    assert mine.ids == {store} == made(desk)
    assert calls(desk, CREATES[kind.name]) == 1


@pytest.mark.parametrize(("kind", "props"), STORES)
def test_a_status_that_nobody_knows_is_waited_on_with_a_note(
    desk: Desk, kind: Kind, props: dict[str, Any]
) -> None:
    instead(POLLS[kind.name], 5, status_is("VERIFYING"))
    mine = stack(kind)
    mine.up(props)
    notes = [said for said in mine.said if said.startswith("INFO") and "VERIFYING, which" in said]
    assert len(notes) == 1
    assert mine.ids == made(desk)


@pytest.mark.parametrize(("kind", "props"), STORES)
def test_a_status_that_nobody_knows_until_the_deadline_keeps_the_store(
    desk: Desk, kind: Kind, props: dict[str, Any]
) -> None:
    mine = stack(kind)
    instead(POLLS[kind.name], -1, status_is("VERIFYING"))
    with pytest.raises(FailedError, match=r"deadline passed.*VERIFYING"):
        mine.up(props)
    WIRE.falsify = lambda _operation, _answer: None
    (store,) = mine.ids
    mine.up(props)
    assert mine.ids == {store} == made(desk)
    assert calls(desk, CREATES[kind.name]) == 1


@pytest.mark.parametrize(("kind", "props"), STORES)
def test_a_refused_poll_is_made_again_and_not_what_came_before_it(
    desk: Desk, kind: Kind, props: dict[str, Any]
) -> None:
    mine = stack(kind)
    refusal = b'{"__type": "ValidationException", "message": "odd"}'
    instead(POLLS[kind.name], 2, lambda _answer: (400, refusal))  # the first one binds the claim
    with pytest.raises(FailedError, match="odd"):
        mine.up(props)
    (store,) = mine.ids
    mine.up(props)
    assert mine.ids == {store} == made(desk)
    assert calls(desk, CREATES[kind.name]) == 1


@pytest.mark.parametrize(("kind", "props"), STORES)
def test_a_store_that_is_not_found_right_after_its_creation_is_looked_for_again(
    desk: Desk, kind: Kind, props: dict[str, Any]
) -> None:
    missing = b'{"__type": "ResourceNotFoundException", "message": "no such store"}'
    instead(POLLS[kind.name], 3, lambda _answer: (404 if kind is IMAGING else 400, missing))
    mine = stack(kind)
    mine.up(props)
    assert mine.ids == made(desk)
    assert calls(desk, CREATES[kind.name]) == 1


@pytest.mark.parametrize(("kind", "props"), STORES)
def test_a_message_of_three_megabytes_loses_nothing(desk: Desk, kind: Kind, props: dict[str, Any]) -> None:
    mine = stack(kind)
    refusal = json.dumps({"__type": "ValidationException", "message": "x" * 3_000_000}).encode()
    instead(POLLS[kind.name], 2, lambda _answer: (400, refusal))
    with pytest.raises(FailedError) as raised:
        mine.up(props)
    assert len(str(raised.value)) < 10_000
    assert len(json.dumps(mine.held.outputs if mine.held else None)) < 100_000
    mine.up(props)
    assert mine.ids == made(desk)


def test_an_update_that_aws_failed_over_is_not_sent_again_and_says_where_to_look(desk: Desk) -> None:
    mine = stack(LAKE)
    mine.up(ALONE)
    desk.fault("UpdateFHIRDatastore", "error", calls=None)
    with pytest.raises(
        FailedError, match=r"AWS may have carried out UpdateFHIRDatastore.*DescribeFHIRDatastore"
    ):
        mine.up({**ALONE, "nlp_configuration": {"status": "ENABLED"}})
    assert len(desk.journal("UpdateFHIRDatastore")) == 1
    desk.clear_faults()
    mine.up({**ALONE, "nlp_configuration": {"status": "ENABLED"}})
    assert mine.ids == made(desk)


# Old checkpoints


@pytest.mark.parametrize(("kind", "props"), STORES)
@pytest.mark.parametrize(
    "age",
    [
        pytest.param(lambda text: text.replace("pollDatastore", "watchDatastore"), id="the poll renamed"),
        pytest.param(lambda text: text.replace("createDatastore", "makeDatastore"), id="the create renamed"),
        pytest.param(lambda _text: '{"format": 0}', id="another format"),
        pytest.param(lambda _text: "nonsense", id="no JSON"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_no_reason_to_lose_the_store(
    desk: Desk, kind: Kind, props: dict[str, Any], age: Callable[[str], str]
) -> None:
    mine = stopped(desk, kind, props)
    assert mine.held is not None
    (store,) = mine.ids
    mine.held.outputs["__resume"]["state"] = age(mine.held.outputs["__resume"]["state"])
    mine.up(props)
    assert mine.ids == {store} == made(desk)
    assert mine.held.is_initialised
    assert calls(desk, CREATES[kind.name]) == 1


@pytest.mark.parametrize(("kind", "props"), STORES)
def test_a_checkpoint_that_names_the_step_that_made_the_store_does_not_lead_back_to_it(
    desk: Desk, kind: Kind, props: dict[str, Any]
) -> None:
    mine = stopped(desk, kind, props)
    assert mine.held is not None
    mine.held.outputs["__resume"]["step"] = "createDatastore"
    mine.up(props)
    assert mine.ids == made(desk)
    assert calls(desk, CREATES[kind.name]) == 1


def stopped(desk: Desk, kind: Kind, props: dict[str, Any]) -> Stack:
    """Return a stack whose creation ran out of time."""
    mine = stack(kind)
    mine.timeout = 20.0
    with pytest.raises(FailedError, match="deadline"):
        mine.up(props)
    mine.timeout = None
    desk.advance(100)
    return mine


# Exports


def test_an_export_that_was_destroyed_and_is_made_again_runs_again(desk: Desk) -> None:
    mine, props = exporting(desk)
    for count in (1, 2, 3):
        mine.up(props)
        assert len(desk.jobs()) == count
        mine.destroy()


def test_an_export_that_a_crash_lost_is_found_while_it_runs(desk: Desk) -> None:
    mine, props = exporting(desk)
    mine.hook = killed_at("DescribeFHIRExportJob")
    with pytest.raises(KilledError):
        mine.up(props)
    mine.hook = lambda _operation, _moment, _cancellation: None
    mine.up(props)
    assert [job.id for job in desk.jobs()] == list(mine.ids)


def test_an_odd_answer_about_an_export_does_not_begin_another(desk: Desk) -> None:
    mine, props = exporting(desk)
    instead("DescribeFHIRExportJob", -1, status_is("VERIFYING"))
    mine.timeout = 100.0
    with pytest.raises(FailedError, match="VERIFYING"):
        mine.up(props)
    WIRE.falsify = lambda _operation, _answer: None
    mine.up(props)
    assert [job.id for job in desk.jobs()] == list(mine.ids)


def exporting(desk: Desk) -> tuple[Stack, dict[str, Any]]:
    store = desk.add_store("healthlake", {"DatastoreTypeVersion": "R4"})
    return stack(HEALTHLAKE_EXPORT), {**EXPORT, "datastore_id": store}


def killed_at(operation: str) -> Callable[[str, str, Any], None]:
    def hook(name: str, when: str, _cancellation: Any) -> None:
        if (name, when) == (operation, "before"):
            raise KilledError

    return hook


# Workflows of a program's own


def importing(desk: Desk, **more: Any) -> tuple[Stack, dict[str, Any]]:
    """Return a stack of the shipped FHIR import example."""
    store = desk.add_store("healthlake", {"DatastoreTypeVersion": "R4"})
    props = {
        "document": str(EXAMPLE),
        "document_hash": "1",
        "create": "import-data",
        "read": "read-import",
        "id_output": "jobId",
        "inputs": {
            "datastoreId": store,
            "inputS3Uri": "s3://health/in",
            "outputS3Uri": "s3://health/log",
            "keyId": EXPORT["output_kms_key_id"],
            "roleArn": EXPORT["data_access_role_arn"],
        },
        **more,
    }
    return stack(workflow_kind(props)), props


def test_an_import_that_failed_is_begun_anew_once_and_then_left_alone(desk: Desk) -> None:
    mine, props = importing(desk)
    instead("DescribeFHIRImportJob", 1, status_is("FAILED"))
    with pytest.raises(FailedError, match="JobStatus is FAILED"):
        mine.up(props)
    mine.up(props)
    assert calls(desk, "StartFHIRImportJob") == 2
    before = len(desk.journal())
    mine.up(props)
    assert len(desk.journal()) == before


def test_a_change_of_timeouts_alone_calls_nothing(desk: Desk) -> None:
    mine, props = importing(desk)
    mine.up(props)
    before = len(desk.journal())
    mine.up({**props, "timeouts": {"create": "3h"}})
    assert len(desk.journal()) == before


def test_an_import_that_was_interrupted_goes_on_and_is_not_begun_again(desk: Desk) -> None:
    mine, props = importing(desk)
    mine.timeout = 3.0
    with pytest.raises(FailedError, match="deadline"):
        mine.up(props)
    mine.timeout = None
    mine.up(props)
    assert calls(desk, "StartFHIRImportJob") == 1


# Deletions


def deleting(desk: Desk, kind: Kind, props: dict[str, Any]) -> Stack:
    """Return a stack whose store is there, with its journal empty."""
    mine = stack(kind)
    mine.up(props)
    desk.advance(100)
    desk.clear_journal()
    return mine


@pytest.mark.parametrize(("kind", "props"), STORES)
def test_a_conflict_of_a_deletion_is_waited_out(desk: Desk, kind: Kind, props: dict[str, Any]) -> None:
    mine = deleting(desk, kind, props)
    conflict = b'{"__type": "ConflictException", "message": "in a transition"}'
    operation = CREATES[kind.name].replace("Create", "Delete")
    instead(operation, 2, lambda _answer: (409 if kind is IMAGING else 400, conflict))
    mine.destroy()
    assert made(desk) == set()


@pytest.mark.parametrize("status", ["CANCEL_SUBMITTED", "CANCEL_IN_PROGRESS", "VERIFYING"])
def test_a_job_that_has_not_ended_on_a_later_page_is_waited_for(desk: Desk, status: str) -> None:
    mine = deleting(desk, LAKE, ALONE)
    job = {"JobId": "a" * 32, "DatastoreId": "b" * 32, "OutputDataConfig": {}, "SubmitTime": 1.0}
    pages = [
        {"ExportJobPropertiesList": [{**job, "JobStatus": "COMPLETED"}], "NextToken": "more"},
        {"ExportJobPropertiesList": [{**job, "JobStatus": status}]},
        {"ExportJobPropertiesList": [{**job, "JobStatus": "COMPLETED"}], "NextToken": "more"},
        {"ExportJobPropertiesList": [{**job, "JobStatus": "CANCEL_COMPLETED"}]},
    ]
    shown = iter(pages)
    instead("ListFHIRExportJobs", 4, lambda _answer: (200, json.dumps(next(shown)).encode()))
    mine.destroy()
    assert next(shown, None) is None
    assert made(desk) == set()


def test_a_deletion_that_aws_gives_up_says_why(desk: Desk) -> None:
    mine = deleting(desk, LAKE, ALONE)
    cause = {"ErrorMessage": "the key is disabled", "ErrorCategory": "NON_RETRYABLE_ERROR"}

    def given_up(answer: bytes) -> tuple[int, bytes]:
        body = json.loads(answer)
        if body["DatastoreProperties"]["DatastoreStatus"] == "DELETING":
            body["DatastoreProperties"] |= {"DatastoreStatus": "ACTIVE", "ErrorCause": cause}
        return 200, json.dumps(body).encode()

    instead("DescribeFHIRDatastore", -1, given_up)
    with pytest.raises(FailedError, match=r"DatastoreStatus is ACTIVE: the key is disabled"):
        mine.destroy()
    assert len(mine.ids) == 1


FULL = IMAGES | {"force_destroy": True}


def holding(desk: Desk, count: int) -> Stack:
    mine = deleting(desk, IMAGING, FULL)
    (store,) = mine.ids
    desk.add_image_sets(store, count)
    return mine


def test_image_sets_that_are_still_listed_after_their_deletion_do_not_keep_the_store(desk: Desk) -> None:
    mine = holding(desk, 2)
    listed: list[bytes] = []

    def first(answer: bytes) -> tuple[int, bytes]:
        listed.append(answer)
        return 200, listed[0]

    instead("SearchImageSets", -1, first)
    mine.destroy()
    assert made(desk) == set()
    assert calls(desk, "DeleteImageSet") == 2


def test_a_search_that_always_lists_more_ends_at_the_deadline(desk: Desk) -> None:
    mine = holding(desk, 1)
    count = [0]

    def another(answer: bytes) -> tuple[int, bytes]:
        count[0] += 1
        body = json.loads(answer)
        body["imageSetsMetadataSummaries"] = [{"imageSetId": f"{count[0]:032x}", "version": 1}]
        return 200, json.dumps(body).encode()

    instead("SearchImageSets", -1, another)
    mine.timeout = 60.0
    with pytest.raises(FailedError, match="deadline"):
        mine.destroy()
    assert count[0] < 500


def test_a_store_that_is_said_to_hold_something_after_an_empty_list_is_asked_to_be_deleted_again(
    desk: Desk,
) -> None:
    mine = holding(desk, 0)
    conflict = b'{"__type": "ConflictException", "message": "not empty"}'
    instead("DeleteDatastore", 3, lambda _answer: (409, conflict))
    mine.destroy()
    assert made(desk) == set()


def test_an_image_set_that_is_not_found_is_deleted(desk: Desk) -> None:
    mine = holding(desk, 1)
    missing = b'{"__type": "ResourceNotFoundException", "message": "no such image set"}'
    instead("DeleteImageSet", 1, lambda _answer: (400, missing))
    mine.destroy()
    assert made(desk) == set()


# Workflows that wait by retries


RETRYING = """
arazzo: 1.0.1
info: {title: An import that is waited for by retries, version: 1.0.0}
sourceDescriptions: [{name: healthlake, url: healthlake.yaml, type: openapi}]
workflows:
- workflowId: import-data
  inputs: {type: object}
  steps:
  - stepId: start
    operationId: StartFHIRImportJob
    requestBody:
      payload:
        InputDataConfig: {S3Uri: s3://health/in}
        JobOutputDataConfig: {S3Configuration: {S3Uri: s3://health/log, KmsKeyId: alias/health}}
        DatastoreId: $inputs.datastoreId
        DataAccessRoleArn: arn:aws:iam::123456789012:role/health
    successCriteria: [{condition: $statusCode == 200}]
    outputs: {jobId: $response.body#/JobId}
  - stepId: wait
    operationId: DescribeFHIRImportJob
    requestBody:
      payload: {DatastoreId: $inputs.datastoreId, JobId: $steps.start.outputs.jobId}
    successCriteria: [{condition: $response.body#/ImportJobProperties/JobStatus == 'COMPLETED'}]
    onFailure: [{name: again, type: retry, retryAfter: 0, retryLimit: 900}]
"""


def test_a_job_that_failed_while_retries_waited_for_it_is_begun_anew(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "retrying.arazzo.yaml"
    path.write_text(RETRYING)
    mine, props = importing(desk, document=str(path), read=None, id_output=None)
    instead("DescribeFHIRImportJob", 901, status_is("FAILED"))
    began = CLOCK.now()
    with pytest.raises(FailedError, match="JobStatus is FAILED"):
        mine.up(props)
    assert CLOCK.now() - began >= 900, "retryAfter: 0 must not hammer the service"
    mine.up(props)
    assert calls(desk, "StartFHIRImportJob") == 2
