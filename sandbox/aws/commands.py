"""The control endpoint: every public method of ``Commands`` is one command.

``POST /_sandbox/<command>`` with a JSON object of its arguments answers ``{"result": ...}``, or HTTP 400 and
``{"error": "..."}``; ``GET`` does where there are no arguments. ``control.Control`` is the client.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import math
from typing import Any, Final, get_type_hints

import cattrs
from cattrs.errors import BaseValidationError

from ..errors import CommandError, PolicyError
from .clock import ManualClock, Timeline
from .errors import ServiceError
from .faults import Fault
from .gateway import Cloud
from .limits import Settings
from .medical_imaging import metadata
from .permissions import guard
from .schedule import progress, settle
from .state import Access, Cause, ImageSet, Job, Order, Role, Store, World
from .views import Health, JobView, StoreView

JSON = Any
_CONVERTER: Final = cattrs.Converter()
_CENTURY: Final = 100 * 365.25 * 24 * 3600.0


class Commands:
    """What can be ordered and seen from outside of the emulated services.

    Methods take and return JSON values. Each runs under the account's lock, with everything due applied.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def run(self, name: str, body: bytes) -> JSON:
        """Carry out a command.

        Raises:
            CommandError: There is no such command, or its arguments do not fit.
        """
        command = None if name.startswith("_") or name == "run" else getattr(self, name, None)
        if command is None:
            raise CommandError(f"unknown command {name!r}; there are {', '.join(self._names())}")
        try:
            given = json.loads(body or b"{}")
            inspect.signature(command).bind(**given)
            hints = get_type_hints(command)
            arguments = {key: _CONVERTER.structure(value, hints[key]) for key, value in given.items()}
        except (ValueError, TypeError, BaseValidationError) as error:
            raise CommandError(f"{name}: {error}") from error
        with self._cloud.lock:
            settle(self._world, self._cloud.now())
            result = command(**arguments)
            self._cloud.save()
            return result

    def _names(self) -> list[str]:
        found = inspect.getmembers(type(self), inspect.isfunction)
        return [name for name, _ in found if not name.startswith("_") and name != "run"]

    @property
    def _world(self) -> World:
        return self._cloud.world

    # --- seeing

    def health(self) -> JSON:
        """Say that it runs."""
        health = Health(self._cloud.clock.now(), self._cloud.now(), self._world.timeline.speed)
        return dataclasses.asdict(health)

    def stores(self) -> JSON:
        """List all stores of both services and all regions."""
        return [dataclasses.asdict(self._store_view(store)) for store in self._world.stores.values()]

    def jobs(self) -> JSON:
        """List all jobs."""
        standing = progress(self._world, self._cloud.now())
        return [
            dataclasses.asdict(self._job_view(j, standing[j.id].status)) for j in self._world.jobs.values()
        ]

    def image_sets(self, datastore_id: str) -> JSON:
        """Return the states of a store's image sets, by id."""
        self._store(datastore_id)
        found = (s for s in self._world.image_sets.values() if s.store_id == datastore_id)
        return {image_set.id: image_set.state(self._cloud.now()) for image_set in found}

    def journal(self, operation: str | None = None) -> JSON:
        """List the requests so far, of one operation where it is given."""
        return [dataclasses.asdict(entry) for entry in self._cloud.journal.entries(operation)]

    def counts(self) -> JSON:
        """Count the requests so far by operation."""
        return self._cloud.journal.counts()

    def clear_journal(self) -> None:
        """Forget the requests so far."""
        self._cloud.journal.clear()

    # --- time and limits

    def set_speed(self, speed: float) -> None:
        """Let sandbox time pass ``speed`` times as fast as the clock from now on."""
        if not 0 < speed < math.inf:
            raise CommandError(f"speed must be above 0, got {speed}")
        self._world.timeline.accelerate(self._cloud.clock.now(), speed)

    def advance(self, seconds: float) -> None:
        """Let that many seconds of sandbox time pass at once."""
        if not 0 <= seconds <= _CENTURY:
            raise CommandError(f"seconds must be from 0 to {_CENTURY:g} (100 years), got {seconds}")
        if isinstance(self._cloud.clock, ManualClock):
            self._cloud.clock.advance(seconds / self._world.timeline.speed)
        else:
            self._world.timeline.skip(self._cloud.clock.now(), seconds)

    def settings(self, changes: dict[str, Any] | None = None) -> JSON:
        """Change settings, and return all of them."""
        merged = {**dataclasses.asdict(self._world.settings), **(changes or {})}
        try:
            self._world.settings = cattrs.Converter(forbid_extra_keys=True).structure(merged, Settings)
        except BaseValidationError as error:
            raise CommandError(f"settings: {'; '.join(cattrs.transform_error(error))}") from error
        return dataclasses.asdict(self._world.settings)

    def set_access(
        self,
        policy: dict[str, Any] | None = None,
        roles: dict[str, Role] | None = None,
        keys: dict[str, dict[str, Any]] | None = None,
    ) -> None:
        """Say what may be done from now on, as ``sandbox.aws.state.Access`` does."""
        access = Access(policy, roles or {}, keys or {})
        try:
            guard.read(access)
        except PolicyError as error:
            raise CommandError(f"set_access: {error}") from error
        self._world.access = access

    def reset(self) -> None:
        """Empty the account and the journal; the speed, the settings and the permissions stay."""
        timeline = Timeline.starting(self._cloud.clock.now(), self._world.timeline.speed)
        self._cloud.world = World(timeline, self._world.settings, self._world.access)
        self._cloud.past.forget()
        self._cloud.journal.clear()

    # --- faults

    def add_fault(self, fault: Fault) -> None:
        """Let something go wrong."""
        self._world.faults.append(fault)

    def faults(self) -> JSON:
        """List the faults that can still strike."""
        return [dataclasses.asdict(fault) for fault in self._world.faults]

    def clear_faults(self, operation: str | None = None) -> None:
        """Take back all faults, or those ordered for one operation."""
        self._world.faults = [
            fault for fault in self._world.faults if operation is not None and fault.operation != operation
        ]

    def add_order(self, order: Order) -> None:
        """Say what the next create, update, delete, export or import comes to."""
        self._world.orders.append(order)

    def clear_orders(self) -> None:
        """Take back all such orders."""
        self._world.orders = []

    # --- behind the caller's back

    def add_store(self, service: str, parameters: dict[str, Any], region: str = "us-east-1") -> str:
        """Create an ACTIVE store from the parameters of its service's Create call, past its rate."""
        create = getattr(self._cloud.packages.get(service), "CREATE", None)
        if create is None:
            raise CommandError(f"add_store: unknown service {service!r}")
        operation, token = create
        before = set(self._world.stores)
        try:
            self._cloud.carry_out(service, operation, region, {token: self._cloud.new_id(), **parameters})
        except ServiceError as error:
            raise CommandError(f"add_store: {error}") from error
        made = next(iter(set(self._world.stores) - before))
        self._world.stores[made].become("ACTIVE", self._cloud.now())
        return made

    def set_store(
        self,
        datastore_id: str,
        *,
        status: str | None = None,
        message: str = "",
        category: str = "NON_RETRYABLE_ERROR",
        name: str | None = None,
        tags: dict[str, str] | None = None,
        config: dict[str, Any] | None = None,
    ) -> None:
        """Force a store's status (it stays there), name, all its tags, or members of its configuration."""
        store = self._store(datastore_id)
        if status is not None:
            store.become(status, self._cloud.now(), cause=Cause(message, category) if message else None)
        store.name = store.name if name is None else name
        store.tags = store.tags if tags is None else tags
        store.config |= config or {}

    def remove_store(self, datastore_id: str) -> None:
        """Make a store vanish without a trace."""
        del self._world.stores[self._store(datastore_id).id]

    def set_job(self, job_id: str, status: str) -> None:
        """Force a job's status; it stays there."""
        self._job(job_id).forced = (status, self._cloud.now())

    def remove_job(self, job_id: str) -> None:
        """Make a job vanish without a trace."""
        del self._world.jobs[self._job(job_id).id]

    def add_image_sets(
        self, datastore_id: str, count: int, locked: int = 0, locked_seconds: float = 60.0
    ) -> list[str]:
        """Put image sets into a HealthImaging store, the first ``locked`` of them LOCKED for a while."""
        now, store = self._cloud.now(), self._store(datastore_id)
        new_ids = [self._cloud.new_id() for _ in range(count)]
        made = [
            ImageSet.imported(each, store.id, now, metadata.initial(each, "patient", "1.2.3"))
            for each in new_ids
        ]
        for image_set in made[:locked]:
            image_set.locked_until = now + locked_seconds
        self._world.image_sets |= {image_set.id: image_set for image_set in made}
        return [image_set.id for image_set in made]

    def _store(self, datastore_id: str) -> Store:
        try:
            return self._world.stores[datastore_id]
        except KeyError:
            raise CommandError(f"no store {datastore_id}") from None

    def _job(self, job_id: str) -> Job:
        try:
            return self._world.jobs[job_id]
        except KeyError:
            raise CommandError(f"no job {job_id}") from None

    def _store_view(self, store: Store) -> StoreView:
        created = self._world.timeline.clock_at(store.created)
        return StoreView(
            store.service,
            store.region,
            store.id,
            store.arn,
            store.name,
            store.status,
            created,
            store.tags,
            store.config,
        )

    def _job_view(self, job: Job, status: str) -> JobView:
        submitted = self._world.timeline.clock_at(job.submitted)
        return JobView(job.kind, job.service, job.region, job.id, job.store_id, status, submitted, job.config)
