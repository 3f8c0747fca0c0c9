"""Image sets: what an import leaves, and what a store that holds some refuses."""

from __future__ import annotations

from functools import partial
from typing import Any

from ...aws import IMAGING
from ..bench import Bench


def probe(bench: Bench) -> None:
    """Import DICOM files into a store, try to delete it, delete the image sets, then delete it."""
    store = str(bench.create(IMAGING, datastoreName="conformance-images").body["datastoreId"])
    bench.watch_store(IMAGING, store, "ACTIVE", "CREATE_FAILED")
    _import(bench, store)
    found = _search(bench, store)
    bench.note("image-sets-search", count=len(found) > 0)
    bench.note("imaging-delete-not-empty", bench.delete(IMAGING, store))
    for number, image_set in enumerate(found):
        key: dict[str, Any] = {"datastoreId": store, "imageSetId": image_set}
        asked = bench.call(IMAGING, "DeleteImageSet", **key)
        gone = bench.watch(partial(_state, bench, key), "DELETED", "ResourceNotFoundException")
        if number == 0:
            work = asked.body.get("imageSetWorkflowStatus")
            bench.note("image-sets-delete", asked, state=asked.body.get("imageSetState"), work=work)
            bench.note("image-sets-deletion", gone)
    left = bench.watch(lambda: "some" if _search(bench, store) else "none", "none")
    bench.note("image-sets-search-after-delete", left)
    bench.note("imaging-delete-emptied", bench.delete(IMAGING, store))


def _import(bench: Bench, store: str) -> None:
    images = bench.target.images
    assert images is not None  # noqa: S101 - its beliefs need them
    started = bench.call(
        IMAGING,
        "StartDICOMImportJob",
        datastoreId=store,
        dataAccessRoleArn=images.role_arn,
        inputS3Uri=images.input_s3_uri,
        outputS3Uri=images.output_s3_uri,
    )
    job = {"datastoreId": store, "jobId": started.body["jobId"]}

    def status() -> str:
        reply = bench.call(IMAGING, "GetDICOMImportJob", **job)
        return str(reply.body["jobProperties"]["jobStatus"]) if reply.ok else reply.code

    bench.note("image-sets-import", bench.watch(status, "COMPLETED", "FAILED"))


def _search(bench: Bench, store: str) -> list[str]:
    page = bench.call(IMAGING, "SearchImageSets", datastoreId=store).body
    return [str(item["imageSetId"]) for item in page.get("imageSetsMetadataSummaries", ())]


def _state(bench: Bench, key: dict[str, Any]) -> str:
    reply = bench.call(IMAGING, "GetImageSet", **key)
    return str(reply.body["imageSetState"]) if reply.ok else reply.code
