"""DICOM import jobs: a completed one leaves image sets in its data store."""

from __future__ import annotations

from typing import Any, Final

from ..call import Call
from ..errors import conflict, not_found
from ..schedule import Progress, progress
from ..state import Job
from .datastores import find_living

IMAGE_SETS: Final = 2
"""What an import leaves where nothing else was ordered."""


def start_dicom_import_job(call: Call) -> dict[str, Any]:
    """Start an import into an ACTIVE data store."""
    job_id = call.once(call.parameters["clientToken"], lambda: _submit(call), refuse=conflict)
    job = call.world.jobs[job_id]
    shown = _summary(call, job, progress(call.world, call.now)[job_id])
    return {name: shown[name] for name in ("datastoreId", "jobId", "jobStatus", "submittedAt")}


def _submit(call: Call) -> str:
    store = find_living(call)
    if store.status != "ACTIVE":
        raise conflict(f"Data store {store.id} is {store.status}; it must be ACTIVE")
    order = call.world.take_order("import", call.service, call.parameters.get("jobName"))
    leaves = order.image_sets if order else None
    job = Job(
        kind="import",
        service=call.service,
        region=call.region,
        id=call.new_id(),
        store_id=store.id,
        submitted=call.now,
        config={k: v for k, v in call.parameters.items() if k not in {"clientToken", "datastoreId"}},
        takes=call.world.settings.imaging_import,
        outcome=order.status if order else "COMPLETED",
        message=order.message if order else "",
        image_sets=IMAGE_SETS if leaves is None else leaves,
    )
    call.world.jobs[job.id] = job
    return job.id


def get_dicom_import_job(call: Call) -> dict[str, Any]:
    """Read an import job."""
    store, job = find_living(call), call.world.jobs.get(call.parameters["jobId"])
    if job is None or job.store_id != store.id:
        raise not_found(f"Import job {call.parameters['jobId']} was not found")
    return {"jobProperties": _summary(call, job, progress(call.world, call.now)[job.id])}


def list_dicom_import_jobs(call: Call) -> dict[str, Any]:
    """List a data store's import jobs, of one status where it is given."""
    store, standing = find_living(call), progress(call.world, call.now)
    wanted = call.parameters.get("jobStatus")
    matching = (
        job
        for job in call.world.jobs.values()
        if job.store_id == store.id and wanted in {None, _status(standing[job.id])}
    )
    page, token = call.page(matching, call.parameters.get("nextToken"), call.parameters.get("maxResults"))
    return {"jobSummaries": [_summary(call, job, standing[job.id]) for job in page], "nextToken": token}


def _summary(call: Call, job: Job, stands: Progress) -> dict[str, Any]:
    return {
        "jobId": job.id,
        "jobName": job.id,
        "datastoreId": job.store_id,
        "jobStatus": _status(stands),
        "submittedAt": call.timestamp(job.submitted),
        "endedAt": call.timestamp(stands.end) if stands.ended else None,
        "message": job.message if stands.ended and job.message else None,
        **job.config,
    }


def _status(stands: Progress) -> str:
    """Return a JobStatus of this service, which has no QUEUED."""
    return "SUBMITTED" if stands.status == "QUEUED" else stands.status
