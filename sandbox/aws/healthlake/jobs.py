"""FHIR export and import jobs: of each kind one runs at a time, the others wait their turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ..call import Call
from ..errors import not_found, validation
from ..permissions import guard
from ..schedule import Progress, progress
from ..state import Job, Order
from .datastores import find, find_living

_REPORT = {
    "TotalNumberOfScannedFiles": 1,
    "TotalSizeOfScannedFilesInMB": 1.0,
    "TotalNumberOfImportedFiles": 1,
    "TotalNumberOfResourcesScanned": 100,
    "TotalNumberOfResourcesImported": 100,
    "TotalNumberOfResourcesWithCustomerError": 0,
    "TotalNumberOfFilesReadWithCustomerError": 0,
    "Throughput": 10.0,
}


def start_fhir_export_job(call: Call) -> dict[str, Any]:
    """Start an export of an ACTIVE data store."""
    return _start(call, "export", call.world.settings.export)


def start_fhir_import_job(call: Call) -> dict[str, Any]:
    """Start an import into an ACTIVE data store."""
    return _start(call, "import", call.world.settings.fhir_import)


def describe_fhir_export_job(call: Call) -> dict[str, Any]:
    """Read an export job."""
    job = _find_job(call, "export")
    job.reads += 1
    return {"ExportJobProperties": _export(call, job, progress(call.world, call.now)[job.id])}


def describe_fhir_import_job(call: Call) -> dict[str, Any]:
    """Read an import job."""
    job = _find_job(call, "import")
    return {"ImportJobProperties": _import(call, job, progress(call.world, call.now)[job.id])}


def list_fhir_export_jobs(call: Call) -> dict[str, Any]:
    """List a data store's export jobs that fit a filter."""
    jobs, standing, token = _list(call, "export")
    return {"ExportJobPropertiesList": [_export(call, j, standing[j.id]) for j in jobs], "NextToken": token}


def list_fhir_import_jobs(call: Call) -> dict[str, Any]:
    """List a data store's import jobs that fit a filter."""
    jobs, standing, token = _list(call, "import")
    return {"ImportJobPropertiesList": [_import(call, j, standing[j.id]) for j in jobs], "NextToken": token}


def _start(call: Call, kind: Literal["export", "import"], seconds: float) -> dict[str, Any]:
    job_id = call.once(
        call.parameters.get("ClientToken"), lambda: _submit(call, kind, seconds), refuse=validation
    )
    job = call.world.jobs[job_id]
    status = progress(call.world, call.now)[job_id].status
    return {"JobId": job_id, "JobStatus": status, "DatastoreId": job.store_id}


def _submit(call: Call, kind: Literal["export", "import"], seconds: float) -> str:
    store = find_living(call)
    if store.status != "ACTIVE":
        raise validation(f"Data store {store.id} is {store.status}; it must be ACTIVE")
    order = call.world.take_order(kind, call.service, call.parameters.get("JobName"))
    problem = guard.export_problem(call, store) if kind == "export" else None
    if problem:
        order = Order(kind, "FAILED", message=problem)
    job = Job(
        kind=kind,
        service=call.service,
        region=call.region,
        id=call.new_id(),
        store_id=store.id,
        submitted=call.now,
        config={k: v for k, v in call.parameters.items() if k not in {"ClientToken", "DatastoreId"}},
        takes=seconds,
        outcome=order.status if order else "COMPLETED",
        message=order.message if order else "",
    )
    call.world.jobs[job.id] = job
    return job.id


def _find_job(call: Call, kind: str) -> Job:
    store = find(call)
    job = call.world.jobs.get(call.parameters["JobId"])
    if job is None or job.kind != kind or job.store_id != store.id:
        raise not_found(f"Job not found: {call.parameters['JobId']}")
    return job


def _list(call: Call, kind: str) -> tuple[list[Job], Mapping[str, Progress], str | None]:
    store, standing = find(call), progress(call.world, call.now)
    matching = (
        job
        for job in call.world.jobs.values()
        if job.kind == kind and job.store_id == store.id and _fits(call, job, standing[job.id].status)
    )
    page, token = call.page(matching, call.parameters.get("NextToken"), call.parameters.get("MaxResults"))
    return page, standing, token


def _fits(call: Call, job: Job, status: str) -> bool:
    wanted = call.parameters
    # moto parses timestamps to UTC without a zone.
    submitted = call.timestamp(job.submitted).replace(tzinfo=None)
    return (
        wanted.get("JobName") in {None, job.config.get("JobName")}
        and wanted.get("JobStatus") in {None, status}
        and submitted < wanted.get("SubmittedBefore", submitted.max)
        and submitted > wanted.get("SubmittedAfter", submitted.min)
    )


def _common(call: Call, job: Job, stands: Progress) -> dict[str, Any]:
    return {
        "JobId": job.id,
        "JobStatus": stands.status,
        "SubmitTime": call.timestamp(job.submitted),
        "EndTime": call.timestamp(stands.end) if stands.ended else None,
        "DatastoreId": job.store_id,
        "Message": job.message if stands.ended and job.message else None,
        **job.config,
    }


def _export(call: Call, job: Job, stands: Progress) -> dict[str, Any]:
    shown = _common(call, job, stands)
    if shown["EndTime"] is not None and job.reads % 2 == 1:
        shown["OutputDataConfig"] = _where_it_went(job)
    return shown


def _where_it_went(job: Job) -> dict[str, Any]:
    """Return the output location as the service shows it now and then: with the folder it made below."""
    asked: dict[str, Any] = job.config["OutputDataConfig"]["S3Configuration"]
    folder = f"{asked['S3Uri'].rstrip('/')}/{job.store_id}-FHIR_EXPORT-{job.id}/"
    return {"S3Configuration": {**asked, "S3Uri": folder}}


def _import(call: Call, job: Job, stands: Progress) -> dict[str, Any]:
    shown = _common(call, job, stands)
    return {**shown, "JobProgressReport": _REPORT if shown["EndTime"] is not None else None}
