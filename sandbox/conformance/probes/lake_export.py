"""A HealthLake export job."""

from __future__ import annotations

from typing import Any, Final

from ...aws import LAKE
from ..account import Export
from ..bench import LAG, Bench

_ENDS: Final = ("COMPLETED", "COMPLETED_WITH_ERRORS", "FAILED", "CANCEL_COMPLETED", "CANCEL_FAILED")


def probe(bench: Bench, store: str, export: Export) -> None:
    """Export a store, and ask for a second export at once."""
    started = bench.call(LAKE, "StartFHIRExportJob", **export.parameters(store))
    bench.note("lake-export", started, state=started.body.get("JobStatus"))
    hasty = bench.call(LAKE, "StartFHIRExportJob", hasty=True, **export.parameters(store))
    bench.note("lake-export-rate", hasty)
    job = {"DatastoreId": store, "JobId": started.body["JobId"]}

    def described() -> dict[str, Any]:
        reply = bench.call(LAKE, "DescribeFHIRExportJob", **job)
        return dict(reply.body["ExportJobProperties"]) if reply.ok else {"JobStatus": reply.code}

    way = bench.watch(lambda: str(described()["JobStatus"]), *_ENDS)
    bench.note("lake-export-way", way)
    where = str(described().get("OutputDataConfig", {}).get("S3Configuration", {}).get("S3Uri", ""))
    bench.note("lake-export-output", below=where.startswith(export.s3_uri.rstrip("/")))
    jobs = bench.call(LAKE, "ListFHIRExportJobs", DatastoreId=store)
    found = any(each["JobId"] == job["JobId"] for each in jobs.body.get("ExportJobPropertiesList", ()))
    bench.note("lake-export-listed", jobs, listed=found)
    bench.call(LAKE, "StartFHIRExportJob", **export.parameters(store))
    bench.note("lake-delete-while-exporting", bench.delete(LAKE, store))
    _await_jobs(bench, store)


def _await_jobs(bench: Bench, store: str) -> None:
    """Wait until no export of the store is under way, whatever became of the store."""

    def busy() -> str:
        jobs = bench.call(LAKE, "ListFHIRExportJobs", DatastoreId=store).body
        statuses = {job["JobStatus"] for job in jobs.get("ExportJobPropertiesList", ())}
        return "idle" if statuses <= {*_ENDS} else "busy"

    bench.target.account.sleep(LAG)
    bench.watch(busy, "idle")
