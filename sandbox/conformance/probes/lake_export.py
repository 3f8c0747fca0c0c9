"""A HealthLake export job."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ...aws import LAKE
from ..account import Export
from ..bench import LAG, Bench, Facts, Reply
from ..target import missing_key

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
    _failing(bench, store, export)
    bench.call(LAKE, "StartFHIRExportJob", **export.parameters(store))
    bench.note("lake-delete-while-exporting", bench.delete(LAKE, store))
    _await_jobs(bench, store)


def _failing(bench: Bench, store: str, export: Export) -> None:
    """Export where the role cannot write, with a key that it cannot use, with a role that others take on."""
    account, target = bench.target.account, bench.target
    nowhere = replace(export, s3_uri=f"s3://conformance-nowhere-{account.run}".lower())
    bench.note("lake-export-no-bucket", **_ended(bench, store, nowhere))
    keyless = replace(export, key_id=missing_key(account.region, account.id))
    bench.note("lake-export-no-key", **_ended(bench, store, keyless))
    other = f"arn:aws:iam::{'9' * 12}:role/conformance"
    bench.note("lake-export-other-account", _start(bench, store, replace(export, role_arn=other)))
    if target.role is None:
        return
    bench.note("lake-export-no-trust", **_ended(bench, store, replace(export, role_arn=target.role)))
    passing = "iam:PassRole"
    bench.note("lake-export-pass-role", _start(bench.lacking(passing), store, export))
    others = {"Effect": "Allow", "NotAction": passing, "Resource": "*"}
    elsewhere = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    to_another = {"Effect": "Allow", "Action": passing, "Resource": "*", "Condition": elsewhere}
    bench.note("lake-export-pass-role-elsewhere", _start(bench.allowed(others, to_another), store, export))


def _start(bench: Bench, store: str, export: Export) -> Reply:
    return bench.call(LAKE, "StartFHIRExportJob", **export.parameters(store))


def _ended(bench: Bench, store: str, export: Export) -> Facts:
    """Return how an export ended, or how it was refused, and whether AWS says why."""
    started = _start(bench, store, export)
    if not started.ok:
        return {"state": "refused", **started.facts, "told": bool(started.message)}
    found: Facts = {}

    def status() -> str:
        reply = bench.call(LAKE, "DescribeFHIRExportJob", DatastoreId=store, JobId=started.body["JobId"])
        found.update(reply.body.get("ExportJobProperties", {}))
        return str(found["JobStatus"]) if reply.ok else reply.code

    way = bench.watch(status, *_ENDS)
    return {"state": way.states[-1], **way.facts, "told": bool(found.get("Message"))}


def _await_jobs(bench: Bench, store: str) -> None:
    """Wait until no export of the store is under way, whatever became of the store."""

    def busy() -> str:
        jobs = bench.call(LAKE, "ListFHIRExportJobs", DatastoreId=store).body
        statuses = {job["JobStatus"] for job in jobs.get("ExportJobPropertiesList", ())}
        return "idle" if statuses <= {*_ENDS} else "busy"

    bench.target.account.sleep(LAG)
    bench.watch(busy, "idle")
