"""Copies, updates and versions of image sets, their metadata, frames and tags."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws import Sandbox

NAMED = {"SchemaVersion": 1.1, "Patient": {"DICOM": {"PatientName": "Garcia^Gloria"}}}
STUDY = {"SchemaVersion": 1.1, "Study": {"DICOM": {"StudyInstanceUID": "1.2.9"}}}


@pytest.fixture
def where(cloud: Sandbox, imaging_store: str) -> dict[str, str]:
    (image_set,) = cloud.add_image_sets(imaging_store, 1)
    return {"datastoreId": imaging_store, "imageSetId": image_set}


def metadata(imaging: Any, **where: str) -> dict[str, Any]:
    answer = imaging.get_image_set_metadata(**where)
    assert (answer["contentType"], answer["contentEncoding"]) == ("application/json", "gzip")
    tree: dict[str, Any] = json.loads(gzip.decompress(answer["imageSetMetadataBlob"].read()))
    return tree


def update(imaging: Any, where: dict[str, str], version: str, **how: Any) -> Any:
    force = how.pop("force", False)
    changes = {name: json.dumps(value).encode() for name, value in how.items()}
    updates = {"DICOMUpdates": changes}
    return imaging.update_image_set_metadata(
        **where, latestVersionId=version, updateImageSetMetadataUpdates=updates, force=force
    )


def test_an_update_makes_a_version_and_a_revert_another_one(
    cloud: Sandbox, imaging: Any, where: dict[str, str]
) -> None:
    begun = update(imaging, where, "1", updatableAttributes=NAMED)
    assert (begun["latestVersionId"], begun["imageSetState"]) == ("2", "LOCKED")
    assert begun["imageSetWorkflowStatus"] == "UPDATING"
    cloud.advance(6)
    assert imaging.get_image_set(**where)["imageSetWorkflowStatus"] == "UPDATED"
    assert metadata(imaging, **where)["Patient"]["DICOM"]["PatientName"] == "Garcia^Gloria"
    assert "PatientName" not in metadata(imaging, **where, versionId="1")["Patient"]["DICOM"]
    (found,) = imaging.search_image_sets(datastoreId=where["datastoreId"])["imageSetsMetadataSummaries"]
    assert (found["version"], found["DICOMTags"]["DICOMPatientName"]) == (2, "Garcia^Gloria")
    updates = {"revertToVersionId": "1"}
    imaging.update_image_set_metadata(**where, latestVersionId="2", updateImageSetMetadataUpdates=updates)
    cloud.advance(6)
    assert "PatientName" not in metadata(imaging, **where)["Patient"]["DICOM"]
    first = imaging.list_image_set_versions(**where, maxResults=2)
    rest = imaging.list_image_set_versions(**where, nextToken=first["nextToken"])
    versions = first["imageSetPropertiesList"] + rest["imageSetPropertiesList"]
    assert [each["versionId"] for each in versions] == ["3", "2", "1"]
    assert [each["ImageSetWorkflowStatus"] for each in versions] == ["UPDATED", "UPDATED", "CREATED"]


def test_attributes_can_be_removed(imaging: Any, where: dict[str, str]) -> None:
    update(imaging, where, "1", removableAttributes={"Patient": {"DICOM": {"PatientID": ""}}})
    assert metadata(imaging, **where)["Patient"] == {"DICOM": {}}
    assert metadata(imaging, **where)["Study"] == metadata(imaging, **where, versionId="1")["Study"]


def test_an_identifier_changes_by_force_only(
    imaging: Any, where: dict[str, str], refused: Callable[..., Any]
) -> None:
    asked = {"imaging": imaging, "where": where, "version": "1", "updatableAttributes": STUDY}
    assert refused(update, **asked) == (400, "ValidationException")
    update(**asked, force=True)
    assert imaging.get_image_set(**where)["overrides"] == {"forced": True}


@pytest.mark.parametrize(
    "case",
    [
        ({"version": "7"}, (409, "ConflictException")),
        ({"updatableAttributes": []}, (400, "ValidationException")),
        ({"updatableAttributes": {"Doctor": {}}}, (400, "ValidationException")),
        ({"where": "0" * 32}, (404, "ResourceNotFoundException")),
    ],
)
def test_an_update_that_does_not_fit_is_refused(
    imaging: Any, where: dict[str, str], refused: Callable[..., Any], case: tuple[dict[str, Any], Any]
) -> None:
    changes, refusal = case
    if "where" in changes:
        changes = {"where": {**where, "imageSetId": changes["where"]}}
    asked = {"where": where, "version": "1", "updatableAttributes": NAMED, **changes}
    assert refused(update, imaging=imaging, **asked) == refusal


def test_a_locked_image_set_takes_no_update(
    imaging: Any, where: dict[str, str], refused: Callable[..., Any]
) -> None:
    update(imaging, where, "1", updatableAttributes=NAMED)
    again = {"where": where, "version": "2", "updatableAttributes": NAMED}
    assert refused(update, imaging=imaging, **again) == (409, "ConflictException")


def test_a_copy_is_a_new_image_set(cloud: Sandbox, imaging: Any, where: dict[str, str]) -> None:
    copied = imaging.copy_image_set(
        datastoreId=where["datastoreId"],
        sourceImageSetId=where["imageSetId"],
        copyImageSetInformation={"sourceImageSet": {"latestVersionId": "1"}},
    )
    source, target = copied["sourceImageSetProperties"], copied["destinationImageSetProperties"]
    assert source["imageSetWorkflowStatus"] == "COPYING_WITH_READ_ONLY_ACCESS"
    assert (target["imageSetState"], target["imageSetWorkflowStatus"]) == ("LOCKED", "COPYING")
    cloud.advance(6)
    assert imaging.get_image_set(**where)["imageSetWorkflowStatus"] == "CREATED"
    copy = imaging.get_image_set(datastoreId=where["datastoreId"], imageSetId=target["imageSetId"])
    assert (copy["imageSetState"], copy["imageSetWorkflowStatus"]) == ("ACTIVE", "COPIED")
    assert (copy["isPrimary"], imaging.get_image_set(**where)["isPrimary"]) == (False, True)


def test_a_copy_into_another_one_is_its_next_version(
    cloud: Sandbox, imaging: Any, where: dict[str, str], refused: Callable[..., Any]
) -> None:
    (other,) = cloud.add_image_sets(where["datastoreId"], 1)
    asked = {
        "datastoreId": where["datastoreId"],
        "sourceImageSetId": where["imageSetId"],
        "copyImageSetInformation": {
            "sourceImageSet": {"latestVersionId": "1"},
            "destinationImageSet": {"imageSetId": other, "latestVersionId": "1"},
        },
    }
    copied = imaging.copy_image_set(**asked)["destinationImageSetProperties"]
    assert (copied["imageSetId"], copied["latestVersionId"]) == (other, "2")
    assert refused(imaging.copy_image_set, **asked) == (409, "ConflictException")
    cloud.advance(6)
    assert refused(imaging.copy_image_set, **asked) == (409, "ConflictException")  # no more the latest


def test_a_frame_of_the_metadata_can_be_read(
    imaging: Any, where: dict[str, str], refused: Callable[..., Any]
) -> None:
    (series,) = metadata(imaging, **where)["Study"]["Series"].values()
    (instance,) = series["Instances"].values()
    (frame,) = instance["ImageFrames"]
    answer = imaging.get_image_frame(**where, imageFrameInformation={"imageFrameId": frame["ID"]})
    assert (answer["contentType"], answer["imageFrameBlob"].read()) == ("image/jph", b"\xff\x4f\xff\xd9")
    unknown = {"imageFrameInformation": {"imageFrameId": "0" * 32}}
    assert refused(imaging.get_image_frame, **where, **unknown) == (404, "ResourceNotFoundException")


def test_an_image_set_has_tags_of_its_own(
    cloud: Sandbox, imaging: Any, where: dict[str, str], refused: Callable[..., Any]
) -> None:
    arn = imaging.get_image_set(**where)["imageSetArn"]
    imaging.tag_resource(resourceArn=arn, tags={"ward": "a", "old": "1"})
    imaging.untag_resource(resourceArn=arn, tagKeys=["old"])
    assert imaging.list_tags_for_resource(resourceArn=arn)["tags"] == {"ward": "a"}
    assert cloud.store(where["datastoreId"]).tags == {}
    unknown = f"{arn.rpartition('/')[0]}/{'0' * 32}"
    assert refused(imaging.list_tags_for_resource, resourceArn=unknown) == (404, "ResourceNotFoundException")


def test_what_is_deleted_is_read_no_more(
    cloud: Sandbox, imaging: Any, where: dict[str, str], refused: Callable[..., Any]
) -> None:
    imaging.delete_image_set(**where)
    cloud.advance(6)
    assert refused(imaging.get_image_set_metadata, **where) == (404, "ResourceNotFoundException")
    (version,) = imaging.list_image_set_versions(**where)["imageSetPropertiesList"]
    assert (version["imageSetState"], version["ImageSetWorkflowStatus"]) == ("DELETED", "DELETED")
