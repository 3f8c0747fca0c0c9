"""What has become of the account by some time: due phases, the jobs' queue, what finished imports leave."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from .limits import Settings
from .medical_imaging import metadata
from .state import TERMINAL_JOB, ImageSet, Job, World


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a job stands: its status, and when it ends in sandbox time (``inf`` where it never does)."""

    status: str
    end: float

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in TERMINAL_JOB


def settle(world: World, now: float) -> None:
    """Apply everything that is due at ``now``; forget the stores that have been deleted for long."""
    for store in list(world.stores.values()):
        store.settle(now)
        if store.status == "DELETED" and store.updated + world.settings.deleted_visible <= now:
            del world.stores[store.id]
    for job_id, stands in progress(world, now).items():
        _leave_image_sets(world, world.jobs[job_id], stands)


def progress(world: World, now: float) -> Mapping[str, Progress]:
    """Return where every job stands, by its id.

    A job's way is SUBMITTED, QUEUED, IN_PROGRESS, its outcome. HealthLake runs one job of a kind at a time in
    a region, first come first served; HealthImaging runs them side by side.
    """
    free: dict[tuple[str, str], float] = {}
    standing = {}
    for job in world.jobs.values():
        queue = (job.kind, job.region if job.service == "healthlake" else job.id)
        start = max(
            job.submitted + world.settings.job_submitted + world.settings.job_queued,
            free.get(queue, -math.inf),
        )
        end = _end(job, start)
        free[queue] = end
        standing[job.id] = Progress(_status(job, world.settings, start, now), end)
    return standing


def _end(job: Job, start: float) -> float:
    status, at = job.forced or (job.outcome, start + job.takes)
    return at if status in TERMINAL_JOB else math.inf


def _status(job: Job, settings: Settings, start: float, now: float) -> str:
    if job.forced is not None:
        return job.forced[0]
    if now < job.submitted + settings.job_submitted:
        return "SUBMITTED"
    if now < start:
        return "QUEUED"
    return job.outcome if now >= start + job.takes else "IN_PROGRESS"


def _leave_image_sets(world: World, job: Job, stands: Progress) -> None:
    if job.image_sets is None or stands.status != "COMPLETED":
        return
    for number in range(job.image_sets):
        new_id = uuid.uuid5(uuid.UUID(job.id), str(number)).hex
        tree = metadata.initial(new_id, f"patient-{number}", f"1.2.3.{number}")
        world.image_sets[new_id] = ImageSet.imported(new_id, job.store_id, stands.end, tree)
    job.image_sets = None
