"""The two documents that the project began with, unchanged, against the emulated services over HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from provider.arazzo import Document, Event, Result, load, run
from provider.aws.caller import AwsCaller
from provider.aws.settings import Settings
from provider.errors import DeadlineError, NoAnswerError
from provider.models import services as models
from provider.models import states as statuses
from sandbox.aws import Sandbox, environment, serve
from tests.conftest import QUICK

SEEDS = Path(__file__).parents[1] / "cases" / "seeds"
IMAGING = "healthimaging-provision-datastore"
LAKE = "healthlake-provision-datastore-and-export"
INPUTS: dict[str, dict[str, Any]] = {
    IMAGING: {"datastoreName": "scans", "clientToken": "token-1"},
    LAKE: {
        "DatastoreName": "records",
        "DatastoreTypeVersion": "R4",
        "OutputS3Uri": "s3://health-exports/records",
        "OutputKmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/0b1c2d3e-0000-4000-8000-000000000000",
        "DataAccessRoleArn": "arn:aws:iam::123456789012:role/export",
        "ExportClientToken": "token-2",
    },
}
CALLS = {
    IMAGING: ["CreateDatastore", "GetDatastore"],
    LAKE: [
        "CreateFHIRDatastore",
        "DescribeFHIRDatastore",
        "StartFHIRExportJob",
        "DescribeFHIRExportJob",
    ],
}
EVERY_CALL = [(seed, operation) for seed, operations in CALLS.items() for operation in operations]


class SkippingClock:
    """Sleeps by letting the sandbox's time pass at once."""

    def __init__(self, cloud: Sandbox) -> None:
        self._cloud = cloud
        self._skipped = 0.0

    def now(self) -> float:
        return time.time() + self._skipped

    def sleep(self, seconds: float) -> None:
        self._skipped += seconds
        self._cloud.advance(seconds * QUICK)


@pytest.fixture(scope="module")
def account() -> Iterator[Sandbox]:
    """One account for all tests here: boto3's clients, which are shared, take long to make."""
    with serve(speed=QUICK) as sandbox:
        yield sandbox


@pytest.fixture
def cloud(account: Sandbox) -> Sandbox:
    """The account, empty."""
    account.reset()
    account.clear_orders()
    return account


@pytest.fixture(autouse=True)
def surroundings(cloud: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(cloud.url).items():
        monkeypatch.setenv(name, value)


def document(seed: str) -> Document:
    return load(SEEDS / f"{seed}.arazzo.yaml")


def provision(seed: str, cloud: Sandbox, **rest: Any) -> Result:
    settings = rest.pop("settings", Settings(read_timeout=0.5))
    return run(
        document(seed),
        inputs=INPUTS[seed],
        caller=AwsCaller(settings),
        clock=SkippingClock(cloud),
        judge=statuses.judge,
        pending=statuses.pending,
        strict_polls=True,
        **rest,
    )


def after(step: str, act: Callable[[Event], None]) -> Callable[[Event], None]:
    """Return an observer that acts once, when a step was first answered."""
    waiting = [act]

    def observe(event: Event) -> None:
        if waiting and event.kind == "answered" and event.step and event.step.step_id == step:
            waiting.pop()(event)

    return observe


@pytest.mark.parametrize("seed", INPUTS)
def test_a_seed_runs_until_everything_is_there(seed: str, cloud: Sandbox) -> None:
    result = provision(seed, cloud)
    assert result.succeeded, result.failure
    [store] = cloud.stores()
    assert store.status == "ACTIVE"
    assert result.outputs["datastoreId"] == store.id
    assert result.outputs["datastoreArn"] == store.arn
    if seed == LAKE:
        [job] = cloud.jobs()
        assert (result.outputs["jobId"], result.outputs["jobStatus"]) == (job.id, "COMPLETED")
    else:
        assert result.outputs["datastoreStatus"] == "ACTIVE"


def test_the_export_starts_only_on_an_active_store(cloud: Sandbox) -> None:
    provision(LAKE, cloud)
    journal = cloud.journal()
    start = next(entry for entry in journal if entry.operation == "StartFHIRExportJob")
    assert start.status == 200
    assert len(cloud.journal("DescribeFHIRDatastore")) > 1


def test_an_unset_optional_input_is_left_out(cloud: Sandbox) -> None:
    provision(IMAGING, cloud)
    assert set(cloud.journal("CreateDatastore")[0].parameters) == {"datastoreName", "clientToken"}


# Each status of the enums


def job_end(cloud: Sandbox, status: str) -> Result:
    cloud.end_next_export(status, message="no such bucket")
    return provision(LAKE, cloud, deadline=SkippingClock(cloud).now() + 600)


@pytest.mark.parametrize(
    "status",
    [
        *["COMPLETED_WITH_ERRORS", "FAILED"],
        *["CANCEL_SUBMITTED", "CANCEL_IN_PROGRESS", "CANCEL_COMPLETED", "CANCEL_FAILED"],
    ],
)
def test_an_export_that_ends_otherwise_is_a_failure_that_names_the_status(
    status: str, cloud: Sandbox
) -> None:
    result = job_end(cloud, status)
    assert result.failure is not None
    assert result.failure.step.step_id == "pollExportJob"
    assert f"the status {status} matches no action" in result.failure.why
    assert f"JobStatus is {status}" in result.failure.why


@pytest.mark.parametrize("status", ["CREATE_FAILED", "DELETING", "DELETED", "UPDATING", "UPDATE_FAILED"])
def test_a_lake_in_any_other_state_is_a_failure_that_names_it(status: str, cloud: Sandbox) -> None:
    def force(event: Event) -> None:
        cloud.force_status(event.outputs["datastoreId"], status)

    result = provision(LAKE, cloud, on_event=after("createDatastore", force))
    assert result.failure is not None
    assert f"the status {status} matches no action of this step" in result.failure.why
    assert cloud.journal("StartFHIRExportJob") == []
    assert result.outputs["datastoreId"] == cloud.stores(deleted=True)[0].id


@pytest.mark.parametrize("status", ["DELETING", "DELETED"])
def test_an_imaging_store_in_any_other_state_is_a_failure_that_names_it(status: str, cloud: Sandbox) -> None:
    def force(event: Event) -> None:
        cloud.force_status(event.outputs["datastoreId"], status)

    result = provision(IMAGING, cloud, on_event=after("createDatastore", force))
    assert result.failure is not None
    assert result.failure.step.step_id == "pollDatastore"


def test_an_imaging_store_that_failed_is_a_failure_although_the_document_ends_well(
    cloud: Sandbox,
) -> None:
    cloud.fail_next_create()
    result = provision(IMAGING, cloud)
    assert result.failure is not None
    assert result.failure.step.step_id == "provisioningFailed"
    assert result.failure.why == "datastoreStatus is CREATE_FAILED"


def test_a_failed_lake_is_told_with_awss_reason_and_category(cloud: Sandbox) -> None:
    cloud.fail_next_create(message="the key is disabled", category="NON_RETRYABLE_ERROR")
    result = provision(LAKE, cloud)
    assert result.failure is not None
    assert "the key is disabled (NON_RETRYABLE_ERROR)" in result.failure.why


def test_every_status_of_the_enums_is_tried_here() -> None:
    tried = {
        "pollExportJob": {"COMPLETED_WITH_ERRORS", "FAILED", "COMPLETED", "SUBMITTED", "IN_PROGRESS"}
        | {"CANCEL_COMPLETED", "CANCEL_FAILED", "CANCEL_SUBMITTED", "CANCEL_IN_PROGRESS", "QUEUED"},
        "pollDatastore": {"CREATE_FAILED", "DELETING", "DELETED", "UPDATING", "UPDATE_FAILED"}
        | {"CREATING", "ACTIVE"},
    }
    job = statuses.possible(models.operation("healthlake", "DescribeFHIRExportJob"))
    store = statuses.possible(models.operation("healthlake", "DescribeFHIRDatastore"))
    assert set(job["/ExportJobProperties/JobStatus"]) == tried["pollExportJob"]
    assert set(store["/DatastoreProperties/DatastoreStatus"]) == tried["pollDatastore"]


def test_an_export_that_is_queued_is_waited_for_although_no_action_names_it(cloud: Sandbox) -> None:
    with pytest.raises(DeadlineError, match="the last status was QUEUED"):
        job_end(cloud, "QUEUED")
    assert len(cloud.journal("DescribeFHIRExportJob")) > 5


@pytest.mark.parametrize("seed", INPUTS)
def test_a_store_that_stays_creating_ends_at_the_deadline(seed: str, cloud: Sandbox) -> None:
    cloud.stick_next_create()
    with pytest.raises(DeadlineError, match="the last status was CREATING"):
        provision(seed, cloud, deadline=SkippingClock(cloud).now() + 300)


# Trouble on the way


@pytest.mark.parametrize(("seed", "operation"), EVERY_CALL)
@pytest.mark.parametrize("fault", ["throttle", "error", "reset", "lose", "hang"])
def test_trouble_at_any_call_is_overcome_without_doing_anything_twice(
    seed: str, operation: str, fault: Any, cloud: Sandbox
) -> None:
    cloud.fault(operation, fault, calls=[1, 3], seconds=0.7 if fault == "hang" else 0.0)
    result = provision(seed, cloud)
    assert result.succeeded, result.failure
    assert len(cloud.stores()) == 1
    assert len(cloud.jobs()) == (1 if seed == LAKE else 0)


def test_retry_after_is_waited_for(cloud: Sandbox) -> None:
    seen: list[Event] = []
    cloud.fault("CreateDatastore", "throttle", retry_after=12)
    assert provision(IMAGING, cloud, on_event=seen.append).succeeded
    [resending] = [event for event in seen if event.kind == "resending"]
    assert resending.reason == "throttled"
    assert resending.seconds >= 12


def test_a_refused_call_fails_at_once_with_awss_words(cloud: Sandbox) -> None:
    cloud.fault("CreateDatastore", "deny")
    result = provision(IMAGING, cloud)
    assert result.failure is not None
    assert "AccessDeniedException: User:" in result.failure.why
    assert len(cloud.journal()) == 1


def test_an_endpoint_that_is_down_is_told(cloud: Sandbox) -> None:
    nowhere = Settings(endpoint_url="http://127.0.0.1:9")
    with pytest.raises(NoAnswerError, match="nothing listens there"):
        provision(IMAGING, cloud, settings=nowhere)


@pytest.mark.parametrize(("seed", "operation"), EVERY_CALL)
def test_a_run_stopped_at_any_call_goes_on_in_another_process(
    seed: str, operation: str, cloud: Sandbox
) -> None:
    stored: list[str] = []

    class Stop(Exception):  # noqa: N818  # it stands for the end of a process
        pass

    def stop(event: Event) -> None:
        if event.kind == "answered" and event.operation and event.operation.operation_id == operation:
            raise Stop

    def keep(state: Any) -> None:
        stored.append(json.dumps(state))

    with pytest.raises(Stop):
        provision(seed, cloud, on_event=stop, on_state=keep)
    result = provision(seed, cloud, state=json.loads(stored[-1]))
    assert result.succeeded, result.failure
    assert len(cloud.stores()) == 1
    assert len(cloud.jobs()) == (1 if seed == LAKE else 0)
