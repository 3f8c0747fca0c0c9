"""An account to test in: what a test may do in the sandbox's as well as in a real one.

A test that keeps to `Account` can run in either; whatever only the sandbox can do (order a fault, force a
status, turn the clock, show its journal) is not in it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from sandbox.aws import IMAGING, LAKE, JobView, StoreView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TAG: Final = "pulumi-health:e2e"
"""The tag of every store that a run in a real account makes; its value names the run."""

LONGEST: Final = 3 * 3600.0
"""Seconds that one wait may take in a real account."""

_PAUSES: Final = (0.1, 30.0)
_GONE: Final = ("DELETING", "DELETED")
_ON_THE_WAY: Final = ("CREATING", "UPDATING")


class Account(Protocol):
    """What a test may do anywhere."""

    @property
    def env(self) -> Mapping[str, str]:
        """What a program's environment needs to reach the account; it names the region."""

    def stores(self) -> list[StoreView]:
        """The stores that the test has made so far and that are not deleted."""

    def store(self, datastore_id: str) -> StoreView:
        """One store."""

    def jobs(self) -> list[JobView]:
        """The exports of those stores."""

    def add_store(self, service: str, parameters: dict[str, Any]) -> str:
        """Make a store behind the program's back, and wait until it is ACTIVE; return its id."""

    def remove_store(self, datastore_id: str) -> None:
        """Delete a store behind the program's back, and wait until it is gone."""

    def rename(self, datastore_id: str, name: str) -> None:
        """Change a HealthLake store's name behind the program's back."""

    def set_tags(self, datastore_id: str, tags: dict[str, str]) -> None:
        """Replace a store's tags behind the program's back."""


@dataclass(frozen=True, slots=True)
class Export:
    """Where exports go: a bucket's URI, a key, and the role that writes."""

    s3_uri: str = "s3://exports/out"
    key_id: str = "alias/exports"
    role_arn: str = "arn:aws:iam::123456789012:role/export"


@dataclass(frozen=True, slots=True)
class RealAccount:
    """The account that boto3 reaches by the environment; it sees the stores of one run only.

    Attributes:
        id: The account.
        region: The region.
        run: The value of `TAG` on the run's stores; None sees those of all runs.
        client: Makes a boto3 client of a service.
    """

    id: str
    region: str
    run: str | None
    client: Callable[[str], Any] = field(repr=False)

    @property
    def env(self) -> Mapping[str, str]:
        """The rest comes from the environment of the tests."""
        return {"AWS_REGION": self.region}

    def stores(self) -> list[StoreView]:
        """See `Account.stores`."""
        return list(self._tagged())

    def store(self, datastore_id: str) -> StoreView:
        """See `Account.store`."""
        (found,) = [store for store in self.stores() if store.id == datastore_id]
        return found

    def jobs(self) -> list[JobView]:
        """See `Account.jobs`."""
        listing = self.client(LAKE).list_fhir_export_jobs
        return [
            _job(job, self.region)
            for store in self.stores()
            if store.service == LAKE
            for page in _pages(listing, "NextToken", DatastoreId=store.id)
            for job in page["ExportJobPropertiesList"]
        ]

    def add_store(self, service: str, parameters: dict[str, Any]) -> str:
        """See `Account.add_store`."""
        tags = {TAG: self.run or ""}
        if service == LAKE:
            made = self.client(LAKE).create_fhir_datastore(**parameters, Tags=_listed(tags))["DatastoreId"]
        else:
            made = self.client(service).create_datastore(**parameters, tags=tags)["datastoreId"]
        _wait(lambda: self._status(made) == "ACTIVE", f"store {made} is not ACTIVE")
        return str(made)

    def remove_store(self, datastore_id: str) -> None:
        """See `Account.remove_store`; it first waits for what is under way."""
        _wait(lambda: self._status(datastore_id) not in _ON_THE_WAY, f"store {datastore_id} does not rest")
        _wait(lambda: self._is_leaving(datastore_id), f"store {datastore_id} cannot be deleted")
        _wait(lambda: self._status(datastore_id) == "DELETED", f"store {datastore_id} does not go")

    def rename(self, datastore_id: str, name: str) -> None:
        """See `Account.rename`."""
        self.client(LAKE).update_fhir_datastore(DatastoreId=datastore_id, DatastoreName=name)

    def set_tags(self, datastore_id: str, tags: dict[str, str]) -> None:
        """See `Account.set_tags`; the run's own tag stays."""
        store = self.store(datastore_id)
        client, gone = self.client(store.service), sorted(store.tags.keys() - tags.keys())
        lake = store.service == LAKE
        if tags:
            put = {"ResourceARN": store.arn, "Tags": _listed(tags)}
            client.tag_resource(**put if lake else {"resourceArn": store.arn, "tags": tags})
        if gone:
            take = {"ResourceARN": store.arn, "TagKeys": gone}
            client.untag_resource(**take if lake else {"resourceArn": store.arn, "tagKeys": gone})

    def sweep(self) -> list[StoreView]:
        """Delete what is left of the run, wait until it is gone, and return what there was."""
        left = self.stores()
        for store in left:
            self.remove_store(store.id)
        return left

    def _status(self, datastore_id: str) -> str:
        """Return a store's status; one that is not listed any more is deleted."""
        return next((store.status for store in self.stores() if store.id == datastore_id), "DELETED")

    def _is_leaving(self, datastore_id: str) -> bool:
        """Ask for a store's deletion; whether it was accepted: a job that still runs on it is in the way."""
        if self._status(datastore_id) in _GONE:
            return True
        store = self.store(datastore_id)
        client = self.client(store.service)
        try:
            if store.service == LAKE:
                client.delete_fhir_datastore(DatastoreId=datastore_id)
            else:
                client.delete_datastore(datastoreId=datastore_id)
        except client.exceptions.ConflictException:
            return False
        return True

    def _tagged(self) -> Iterator[StoreView]:
        """Yield the run's stores; the run's tag is not shown."""
        for store, tags in [*self._lake(), *self._imaging()]:
            if TAG in tags and self.run in {None, tags[TAG]}:
                yield _view(store, self.region, {key: tags[key] for key in tags if key != TAG})

    def _lake(self) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
        client = self.client(LAKE)
        for page in _pages(client.list_fhir_datastores, "NextToken"):
            for store in page["DatastorePropertiesList"]:
                if store["DatastoreStatus"] != "DELETED":
                    tags = client.list_tags_for_resource(ResourceARN=store["DatastoreArn"])["Tags"]
                    yield store, {tag["Key"]: tag["Value"] for tag in tags}

    def _imaging(self) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
        client = self.client(IMAGING)
        for page in _pages(client.list_datastores, "nextToken"):
            for store in page["datastoreSummaries"]:
                if store["datastoreStatus"] != "DELETED":
                    yield store, client.list_tags_for_resource(resourceArn=store["datastoreArn"])["tags"]


def _pages(listing: Callable[..., dict[str, Any]], token: str, **which: str) -> Iterator[dict[str, Any]]:
    page = listing(**which)
    yield page
    while page.get(token):
        page = listing(**which, **{token: page[token]})
        yield page


def _job(job: dict[str, Any], region: str) -> JobView:
    submitted = job["SubmitTime"].timestamp()
    return JobView("export", LAKE, region, job["JobId"], job["DatastoreId"], job["JobStatus"], submitted, job)


def _view(store: dict[str, Any], region: str, tags: dict[str, str]) -> StoreView:
    """Return a store as the sandbox shows one; the two services spell their members in two ways."""
    facts = {name[:1].lower() + name[1:]: value for name, value in store.items()}
    return StoreView(
        service=LAKE if "DatastoreId" in store else IMAGING,
        region=region,
        id=facts["datastoreId"],
        arn=facts["datastoreArn"],
        name=facts.get("datastoreName", ""),
        status=facts["datastoreStatus"],
        created=facts["createdAt"].timestamp(),
        tags=tags,
        config=store,
    )


def _listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _wait(done: Callable[[], bool], complaint: str) -> None:
    """Look again and again, after pauses that grow, until it is done."""
    pause, deadline = _PAUSES[0], time.monotonic() + LONGEST
    while not done():
        if time.monotonic() > deadline:
            raise AssertionError(complaint)
        time.sleep(pause)
        pause = min(2 * pause, _PAUSES[1])
