"""The client of the control endpoint: the sandbox's commands as typed methods, over HTTP."""

from __future__ import annotations

import dataclasses
import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import CommandError
from .faults import Fault, Kind
from .journal import Entry
from .state import Event, Order, Role
from .views import Health, JobView, StoreView

LAKE = "healthlake"
IMAGING = "medical-imaging"


class Control:
    """Orders faults and changes, and shows what happened.

    Every method raises CommandError where the sandbox refuses the command or cannot be reached.

    Attributes:
        url: The endpoint URL of both services and of the control endpoint.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        # The sandbox is local; a proxy from the environment would only be in the way.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def _run(self, command: str, **arguments: Any) -> Any:
        request = urllib.request.Request(  # noqa: S310  # the scheme is that of the sandbox's own URL
            f"{self.url}/_sandbox/{command}",
            data=json.dumps(arguments).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=30) as answer:
                return json.load(answer)["result"]
        except urllib.error.HTTPError as error:
            raise CommandError(json.load(error)["error"]) from error
        except urllib.error.URLError as error:
            raise CommandError(f"no sandbox at {self.url}: {error.reason}") from error

    # --- seeing

    def health(self) -> Health:
        """Return the time and the speed; fails where nothing runs."""
        return Health(**self._run("health"))

    def stores(self, *, service: str | None = None, deleted: bool = False) -> list[StoreView]:
        """Return the stores with their tags, of one service where it is given; deleted ones on demand."""
        found = [StoreView(**item) for item in self._run("stores")]
        return [s for s in found if service in {None, s.service} and (deleted or s.status != "DELETED")]

    def store(self, datastore_id: str) -> StoreView:
        """Return one store."""
        for store in self.stores(deleted=True):
            if store.id == datastore_id:
                return store
        raise CommandError(f"no store {datastore_id}")

    def jobs(self) -> list[JobView]:
        """Return all jobs."""
        return [JobView(**item) for item in self._run("jobs")]

    def image_sets(self, datastore_id: str) -> dict[str, str]:
        """Return the state (ACTIVE, LOCKED, DELETED) of each image set of a store, by id."""
        states: dict[str, str] = self._run("image_sets", datastore_id=datastore_id)
        return states

    def journal(self, operation: str | None = None) -> list[Entry]:
        """Return the requests so far, oldest first, of one operation where it is given."""
        return [Entry(**item) for item in self._run("journal", operation=operation)]

    def counts(self) -> dict[str, int]:
        """Return the number of requests so far per operation."""
        counts: dict[str, int] = self._run("counts")
        return counts

    def clear_journal(self) -> None:
        """Forget the requests so far."""
        self._run("clear_journal")

    # --- time and limits

    def set_speed(self, speed: float) -> None:
        """Let sandbox time pass ``speed`` times as fast as the clock from now on."""
        self._run("set_speed", speed=speed)

    def advance(self, seconds: float) -> None:
        """Let that many seconds of sandbox time pass at once (a manual clock moves along)."""
        self._run("advance", seconds=seconds)

    def settings(self, **changes: float) -> dict[str, Any]:
        """Change settings by name, and return all of them; see ``sandbox.aws.limits.Settings``."""
        current: dict[str, Any] = self._run("settings", changes=changes)
        return current

    def allow(
        self,
        policy: Mapping[str, Any] | None = None,
        *,
        roles: Mapping[str, Role] | None = None,
        keys: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """Say what callers, roles (by ARN) and the policies of keys (by ARN) allow from now on.

        Args:
            policy: What callers may do, as an IAM policy document; None for everything.
            roles: A role that is not named may do everything, and HealthLake may take it on.
            keys: A key that is not named leaves it to the policies of who uses it.
        """
        given = {arn: dataclasses.asdict(role) for arn, role in (roles or {}).items()}
        self._run("set_access", policy=policy, roles=given, keys=dict(keys or {}))

    def reset(self) -> None:
        """Empty the account, the faults and the journal; speed, settings and permissions stay."""
        self._run("reset")

    # --- faults of requests

    def fault(
        self,
        operation: str,
        kind: Kind,
        *,
        calls: Sequence[int] | None = (1,),
        seconds: float = 0.0,
        retry_after: float | None = None,
        status: int = 500,
        code: str = "InternalServerException",
        message: str = "",
    ) -> None:
        """Let the given calls of an operation (None: all) go wrong; see ``sandbox.aws.faults.Fault``."""
        counted = None if calls is None else list(calls)
        fault = Fault(operation, kind, counted, seconds, retry_after, status, code, message)
        self._run("add_fault", fault=dataclasses.asdict(fault))

    def faults(self) -> list[Fault]:
        """Return the faults that can still strike."""
        return [Fault(**item) for item in self._run("faults")]

    def clear_faults(self, operation: str | None = None) -> None:
        """Take back all faults, or those ordered for one operation."""
        self._run("clear_faults", operation=operation)

    # --- what becomes of the next resource

    def fail_next_create(
        self,
        *,
        service: str | None = None,
        name: str | None = None,
        message: str = "The data store could not be created",
        category: str = "NON_RETRYABLE_ERROR",
    ) -> None:
        """Let the next store (of that service or name) end CREATE_FAILED; HealthLake tells the cause."""
        self._order("create", "CREATE_FAILED", service=service, name=name, message=message, category=category)

    def stick_next_create(self, *, service: str | None = None, name: str | None = None) -> None:
        """Let the next store stay CREATING until it is forced out."""
        self._order("create", "CREATING", service=service, name=name)

    def stick_next_delete(self, *, service: str | None = None, name: str | None = None) -> None:
        """Let the next deleted store stay DELETING until it is forced out."""
        self._order("delete", "DELETING", service=service, name=name)

    def fail_next_delete(
        self,
        *,
        service: str | None = None,
        name: str | None = None,
        status: str = "ACTIVE",
        message: str = "The data store could not be deleted",
    ) -> None:
        """Let the next deletion end in that status, with an ErrorCause in HealthLake; AWS names no status."""
        self._order("delete", status, service=service, name=name, message=message)

    def fail_next_update(
        self, *, name: str | None = None, message: str = "The data store could not be updated"
    ) -> None:
        """Let the next slow update of a HealthLake store end UPDATE_FAILED."""
        self._order("update", "UPDATE_FAILED", name=name, message=message)

    def stick_next_update(self, *, name: str | None = None) -> None:
        """Let the next slow update of a HealthLake store stay UPDATING until it is forced out."""
        self._order("update", "UPDATING", name=name)

    def end_next_export(self, status: str, *, job_name: str | None = None, message: str = "") -> None:
        """Let the next export end in a JobStatus; in one that is not terminal it stays for ever."""
        self._order("export", status, name=job_name, message=message)

    def end_next_import(
        self, status: str = "COMPLETED", *, job_name: str | None = None, image_sets: int | None = None
    ) -> None:
        """Let the next import end in a JobStatus; one into HealthImaging leaves that many image sets."""
        self._order("import", status, name=job_name, image_sets=image_sets)

    def _order(self, event: Event, status: str, **rest: Any) -> None:
        self._run("add_order", order=dataclasses.asdict(Order(event, status, **rest)))

    def clear_orders(self) -> None:
        """Take back what was said about next resources."""
        self._run("clear_orders")

    # --- behind the caller's back

    def add_store(self, service: str, parameters: dict[str, Any], *, region: str = "us-east-1") -> str:
        """Create an ACTIVE store from the parameters of the service's Create call; return its id."""
        return str(self._run("add_store", service=service, parameters=parameters, region=region))

    def force_status(
        self, datastore_id: str, status: str, *, message: str = "", category: str = "NON_RETRYABLE_ERROR"
    ) -> None:
        """Put a store into a status, in which it stays; with a cause where a message is given."""
        self._run("set_store", datastore_id=datastore_id, status=status, message=message, category=category)

    def rename(self, datastore_id: str, name: str) -> None:
        """Change a store's name."""
        self._run("set_store", datastore_id=datastore_id, name=name)

    def set_tags(self, datastore_id: str, tags: dict[str, str]) -> None:
        """Replace a store's tags."""
        self._run("set_store", datastore_id=datastore_id, tags=tags)

    def set_config(self, datastore_id: str, config: dict[str, Any]) -> None:
        """Change members of a store's configuration, under the names of the service's Create call."""
        self._run("set_store", datastore_id=datastore_id, config=config)

    def remove_store(self, datastore_id: str) -> None:
        """Make a store vanish without a trace."""
        self._run("remove_store", datastore_id=datastore_id)

    def force_job_status(self, job_id: str, status: str) -> None:
        """Put a job into a status, in which it stays."""
        self._run("set_job", job_id=job_id, status=status)

    def remove_job(self, job_id: str) -> None:
        """Make a job vanish without a trace."""
        self._run("remove_job", job_id=job_id)

    def add_image_sets(
        self, datastore_id: str, count: int, *, locked: int = 0, locked_seconds: float = 60.0
    ) -> list[str]:
        """Put image sets into a HealthImaging store, the first of them LOCKED for seconds of sandbox time."""
        ids: list[str] = self._run(
            "add_image_sets",
            datastore_id=datastore_id,
            count=count,
            locked=locked,
            locked_seconds=locked_seconds,
        )
        return ids
