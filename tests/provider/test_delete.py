"""Deletions: what a store holds goes first where that is asked for, and jobs on it are waited for."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import Any

import pytest

from provider.aws.caller import AwsCaller
from provider.aws.rate_limits import InTurn
from provider.aws.settings import Settings
from provider.errors import DeadlineError, ProviderError
from provider.kinds.kind import Kind
from provider.kinds.table import HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE, RATES
from provider.verbs.delete import delete
from provider.verbs.process import Process
from provider.verbs.session import Session
from sandbox.aws import ManualClock, Sandbox, serve

IMAGES, LAKE = HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE
SPACING = 4.0
"""Seconds between two deletions of image sets: AWS lets through 0.25 a second."""


class Account:
    """An account in which time passes only while the provider waits, and what the provider says meanwhile."""

    def __init__(self, cloud: Sandbox, clock: ManualClock) -> None:
        self.cloud = cloud
        self.clock = clock
        self.said: list[str] = []
        self._process = Process()

    def now(self) -> float:
        return self.clock.now()

    def sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def progress(self, message: str, *, ephemeral: bool = True) -> None:  # noqa: ARG002 - a Voice's
        self.said.append(message)

    info = warn = progress

    def delete(self, kind: Kind, store: str, *, patience: float = 1e6, **props: Any) -> None:
        """Delete a store as the provider does."""
        settings = Settings(
            region="us-east-1",
            endpoint_url=self.cloud.url,
            access_key=self.cloud.env["AWS_ACCESS_KEY_ID"],
            secret_key=self.cloud.env["AWS_SECRET_ACCESS_KEY"],
        )
        deadline = self.now() + patience
        caller = InTurn(
            AwsCaller(settings),
            self._process.turns.of(settings, RATES),
            clock=self,
            line=self,
            deadline=deadline,
        )
        session = Session(caller, self, self, kind.noun, deadline=deadline, chance=lambda: 0.5)
        delete(kind, store, {"datastore_id": store, **props}, session)

    def at(self, operation: str) -> list[float]:
        """When an operation was let through."""
        return [entry.at for entry in self.cloud.journal(operation) if entry.status == 200]


@pytest.fixture
def account() -> Iterator[Account]:
    clock = ManualClock(float(int(time.time())))
    with serve(clock=clock) as cloud:
        yield Account(cloud, clock)


def test_image_sets_are_deleted_first_at_the_rate_that_aws_allows_and_locked_ones_are_waited_for(
    account: Account,
) -> None:
    store = account.cloud.add_store("medical-imaging", {})
    account.cloud.add_image_sets(store, 5, locked=2, locked_seconds=90.0)
    account.delete(IMAGES, store, force_destroy=True)
    times = account.at("DeleteImageSet")
    assert len(times) == 5
    assert all(later - earlier >= SPACING for earlier, later in itertools.pairwise(times))
    assert [f"deletes image sets: {number} of 5" in account.said for number in range(1, 6)] == [True] * 5
    assert account.cloud.stores() == []


def test_a_deletion_of_image_sets_that_was_interrupted_goes_on_with_those_that_are_left(
    account: Account,
) -> None:
    store = account.cloud.add_store("medical-imaging", {})
    account.cloud.add_image_sets(store, 6)
    with pytest.raises(DeadlineError):
        account.delete(IMAGES, store, patience=2.5 * SPACING, force_destroy=True)
    done = len(account.at("DeleteImageSet"))
    left = [state for state in account.cloud.image_sets(store).values() if state != "DELETED"]
    assert 0 < done < 6
    assert [each.status for each in account.cloud.stores()] == ["ACTIVE"]
    account.said.clear()
    account.delete(IMAGES, store, force_destroy=True)
    assert f"deletes image sets: 1 of {len(left)}" in account.said
    assert len(account.at("DeleteImageSet")) == 6
    assert account.cloud.stores() == []


def test_a_store_that_is_not_empty_stays_and_the_error_counts_what_is_in_the_way(account: Account) -> None:
    store = account.cloud.add_store("medical-imaging", {})
    account.cloud.add_image_sets(store, 60)  # more than a page
    with pytest.raises(ProviderError, match=r"still holds 60 image sets.*force_destroy=True"):
        account.delete(IMAGES, store)
    assert len(account.cloud.image_sets(store)) == 60


@pytest.mark.parametrize("operation", ["start_fhir_export_job", "start_fhir_import_job"])
def test_jobs_that_run_on_a_lake_are_waited_for(account: Account, operation: str) -> None:
    store = account.cloud.add_store("healthlake", {"DatastoreTypeVersion": "R4"})
    start(account, store, operation)
    account.delete(LAKE, store)
    (job,) = account.cloud.jobs()
    assert job.status == "COMPLETED"
    assert account.cloud.stores() == []


def test_a_job_that_never_ends_keeps_the_lake_and_is_told(account: Account) -> None:
    store = account.cloud.add_store("healthlake", {"DatastoreTypeVersion": "R4"})
    account.cloud.end_next_export("IN_PROGRESS")
    start(account, store, "start_fhir_export_job")
    with pytest.raises(DeadlineError) as raised:
        account.delete(LAKE, store, patience=3600.0)
    (job,) = account.cloud.jobs()
    assert f": {job.id} is IN_PROGRESS; give it longer" in str(raised.value)
    assert [each.status for each in account.cloud.stores()] == ["ACTIVE"]


@pytest.mark.parametrize(
    ("kind", "service", "given"),
    [(IMAGES, "medical-imaging", {}), (LAKE, "healthlake", {"DatastoreTypeVersion": "R4"})],
)
@pytest.mark.parametrize("conflicts", [(1,), None], ids=["throttled then", "to the end"])
def test_a_conflict_that_outlasts_the_deadline_is_what_the_error_tells(
    account: Account, kind: Kind, service: str, given: dict[str, str], conflicts: tuple[int, ...] | None
) -> None:
    store = account.cloud.add_store(service, given)
    conflict = {"status": 409, "code": "ConflictException", "message": "a lock is held"}
    delete_it = f"{service}.{kind_deletes(kind)}"
    account.cloud.fault(delete_it, "error", calls=conflicts, **conflict)  # type: ignore[arg-type]
    account.cloud.fault(delete_it, "throttle", calls=None)
    with pytest.raises(DeadlineError) as raised:
        account.delete(kind, store, patience=900.0)
    assert raised.value.reason == "ConflictException: a lock is held"
    assert [each.status for each in account.cloud.stores()] == ["ACTIVE"]


def kind_deletes(kind: Kind) -> str:
    return "DeleteDatastore" if kind is IMAGES else "DeleteFHIRDatastore"


def start(account: Account, store: str, operation: str) -> None:
    """Start a job as somebody else does."""
    import boto3  # noqa: PLC0415 - takes long to import, for a few tests

    lake = boto3.client(
        "healthlake",
        "us-east-1",
        endpoint_url=account.cloud.url,
        aws_access_key_id=account.cloud.env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=account.cloud.env["AWS_SECRET_ACCESS_KEY"],
    )
    place = {"S3Configuration": {"S3Uri": "s3://health/jobs", "KmsKeyId": "alias/health"}}
    given = {
        "DatastoreId": store,
        "DataAccessRoleArn": "arn:aws:iam::123456789012:role/health",
        ("OutputDataConfig" if "export" in operation else "JobOutputDataConfig"): place,
    }
    if "import" in operation:
        given["InputDataConfig"] = {"S3Uri": "s3://health/in"}
    getattr(lake, operation)(**given)
