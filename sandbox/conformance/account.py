"""A real AWS account, as whoever tests in it sees it: only the stores that carry the run's tag.

The end-to-end tests (``pytest --real-aws``) and the conformance run (``python -m sandbox conformance``) reach
an account by this alone, and clean up by it.
"""

from __future__ import annotations

import functools
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from ..aws import IMAGING, LAKE, JobView, StoreView
from ..errors import AccountError

TAG: Final = "pulumi-health-e2e"
"""The tag of every store that a run in a real account makes; its value names the run."""

PRICES: Final = "https://aws.amazon.com/healthlake/pricing/ and https://aws.amazon.com/healthimaging/pricing/"

LONGEST: Final = 3 * 3600.0
"""Seconds that one wait may take in a real account."""

PAUSES: Final = (0.1, 30.0)
"""The first and the longest pause between two polls, in seconds; each is twice the one before."""

_ATTEMPTS: Final = 15
_GONE: Final = ("DELETING", "DELETED")
_ON_THE_WAY: Final = ("CREATING", "UPDATING")


def default_region() -> str | None:
    """Return the region of the environment or of AWS's configuration files; None where none is set."""
    import boto3  # noqa: PLC0415 - takes long to import, for those who ask for it

    return os.environ.get("AWS_REGION") or boto3.Session().region_name


def reach(account_id: str, *, region: str | None = None, run: str | None = None) -> RealAccount:
    """Return the account that the environment's credentials lead to, once AWS says that it is the one meant.

    Args:
        account_id: The 12 digits of the account that is meant.
        region: The region; by default see ``default_region``.
        run: The run's name; by default a new one.

    Raises:
        AccountError: The credentials are those of another account, or of none.
    """
    import boto3  # noqa: PLC0415 - takes long to import, for those who ask for it
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    if not re.fullmatch(r"\d{12}", account_id):
        raise AccountError(f"{account_id}: give the 12 digits of the account's id")
    session = boto3.Session(region_name=region or default_region())
    patient = Config(retries={"mode": "standard", "total_max_attempts": _ATTEMPTS})
    try:
        found = session.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise AccountError(f"{account_id}: AWS does not say whose credentials: {error}") from error
    if found != account_id:
        raise AccountError(f"{account_id}: the credentials are those of the account {found}")
    client = functools.cache(partial(session.client, config=patient))
    return RealAccount(found, session.region_name, run or run_name(), client)


def run_name() -> str:
    """Return a name for a run, the value of its stores' tag."""
    return f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"


@dataclass(frozen=True, slots=True)
class Export:
    """Where exports go: a bucket's URI, a key, and the role that writes."""

    s3_uri: str = "s3://exports/out"
    key_id: str = "alias/exports"
    role_arn: str = "arn:aws:iam::123456789012:role/export"

    def parameters(self, datastore_id: str) -> dict[str, Any]:
        """Return the parameters of StartFHIRExportJob that export a store there."""
        where = {"S3Uri": self.s3_uri, "KmsKeyId": self.key_id}
        return {
            "DatastoreId": datastore_id,
            "DataAccessRoleArn": self.role_arn,
            "OutputDataConfig": {"S3Configuration": where},
        }


@dataclass(frozen=True, slots=True)
class RealAccount:
    """The account that boto3 reaches by the environment; it sees the stores of one run only.

    Attributes:
        id: The account.
        region: The region.
        run: The value of `TAG` on the run's stores; None sees those of all runs.
        client: Makes a boto3 client of a service.
        sleep: Lets seconds pass.
        now: Tells the time in seconds, from any start.
    """

    id: str
    region: str
    run: str | None
    client: Callable[[str], Any] = field(repr=False)
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    now: Callable[[], float] = field(default=time.monotonic, repr=False)

    @property
    def env(self) -> Mapping[str, str]:
        """The rest comes from the environment of the tests."""
        return {"AWS_REGION": self.region}

    def stores(self) -> list[StoreView]:
        """Return the run's stores that are not deleted."""
        return list(self._tagged())

    def store(self, datastore_id: str) -> StoreView:
        """Return one of them."""
        (found,) = [store for store in self.stores() if store.id == datastore_id]
        return found

    def jobs(self) -> list[JobView]:
        """Return the exports of those stores."""
        listing = self.client(LAKE).list_fhir_export_jobs
        return [
            _job(job, self.region)
            for store in self.stores()
            if store.service == LAKE
            for page in _pages(listing, "NextToken", DatastoreId=store.id)
            for job in page["ExportJobPropertiesList"]
        ]

    def add_store(self, service: str, parameters: dict[str, Any]) -> str:
        """Make a store, and wait until it is ACTIVE; return its id."""
        tags = {TAG: self.run or ""}
        if service == LAKE:
            made = self.client(LAKE).create_fhir_datastore(**parameters, Tags=_listed(tags))["DatastoreId"]
        else:
            made = self.client(service).create_datastore(**parameters, tags=tags)["datastoreId"]
        self._wait(lambda: self._status(service, made) == "ACTIVE", f"store {made} is not ACTIVE")
        return str(made)

    def remove_store(self, datastore_id: str) -> None:
        """Delete a store once nothing is under way on it, and wait until it is gone."""
        self._remove(self.store(datastore_id))

    def rename(self, datastore_id: str, name: str) -> None:
        """Change a HealthLake store's name."""
        self.client(LAKE).update_fhir_datastore(DatastoreId=datastore_id, DatastoreName=name)

    def set_tags(self, datastore_id: str, tags: dict[str, str]) -> None:
        """Replace a store's tags; the run's own tag stays."""
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
            self._remove(store)
        return left

    def _remove(self, store: StoreView) -> None:
        def status() -> str:
            return self._status(store.service, store.id)

        self._wait(lambda: status() not in _ON_THE_WAY, f"store {store.id} does not rest")
        self._wait(
            lambda: status() in _GONE or self._is_leaving(store), f"store {store.id} cannot be deleted"
        )
        self._wait(lambda: status() == "DELETED", f"store {store.id} does not go")

    def _status(self, service: str, datastore_id: str) -> str:
        """Return a store's status; one that is not found is deleted."""
        client = self.client(service)
        try:
            if service == LAKE:
                shown = client.describe_fhir_datastore(DatastoreId=datastore_id)["DatastoreProperties"]
                return str(shown["DatastoreStatus"])
            shown = client.get_datastore(datastoreId=datastore_id)["datastoreProperties"]
            return str(shown["datastoreStatus"])
        except client.exceptions.ResourceNotFoundException:
            return "DELETED"

    def _is_leaving(self, store: StoreView) -> bool:
        """Ask for a store's deletion; whether it was accepted: a job that still runs on it is in the way."""
        client = self.client(store.service)
        try:
            if store.service == LAKE:
                client.delete_fhir_datastore(DatastoreId=store.id)
            else:
                client.delete_datastore(datastoreId=store.id)
        except client.exceptions.ConflictException:
            return False
        except client.exceptions.ResourceNotFoundException:
            return True
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
                    tags = _tags(client, ResourceARN=store["DatastoreArn"]).get("Tags", ())
                    yield store, {tag["Key"]: tag["Value"] for tag in tags}

    def _imaging(self) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
        client = self.client(IMAGING)
        for page in _pages(client.list_datastores, "nextToken"):
            for store in page["datastoreSummaries"]:
                if store["datastoreStatus"] != "DELETED":
                    yield store, _tags(client, resourceArn=store["datastoreArn"]).get("tags", {})

    def _wait(self, done: Callable[[], bool], complaint: str) -> None:
        """Ask again and again, after pauses that grow, until it is done.

        Raises:
            AccountError: It took too long.
        """
        (pause, longest), deadline = PAUSES, self.now() + LONGEST
        while not done():
            if self.now() > deadline:
                raise AccountError(complaint)
            self.sleep(pause)
            pause = min(2 * pause, longest)


def _pages(listing: Callable[..., dict[str, Any]], token: str, **which: str) -> Iterator[dict[str, Any]]:
    page = listing(**which)
    yield page
    while page.get(token):
        page = listing(**which, **{token: page[token]})
        yield page


def _tags(client: Any, **resource: str) -> dict[str, Any]:
    """Return the answer to ListTagsForResource; an empty one for what is gone since it was listed."""
    try:
        answer: dict[str, Any] = client.list_tags_for_resource(**resource)
    except client.exceptions.ResourceNotFoundException:
        return {}
    return answer


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
