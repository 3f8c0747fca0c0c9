"""The metadata of image sets: a tree of patient, study, series and instances with their DICOM attributes.

Source: AWS HealthImaging Developer Guide, "Understanding image sets" and "Modifying image sets".
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..errors import validation

Tree = dict[str, Any]

_SEARCHABLE: Final = {
    "DICOMPatientId": ("Patient", "PatientID"),
    "DICOMPatientName": ("Patient", "PatientName"),
    "DICOMPatientBirthDate": ("Patient", "PatientBirthDate"),
    "DICOMPatientSex": ("Patient", "PatientSex"),
    "DICOMStudyInstanceUID": ("Study", "StudyInstanceUID"),
    "DICOMStudyId": ("Study", "StudyID"),
    "DICOMStudyDescription": ("Study", "StudyDescription"),
    "DICOMStudyDate": ("Study", "StudyDate"),
    "DICOMAccessionNumber": ("Study", "AccessionNumber"),
}
"""Where in the tree the attributes are that a search shows."""

_IDENTIFIERS: Final = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "StudyID")
"""What is changed only by force."""


def initial(image_set_id: str, patient: str, study: str) -> Tree:
    """Return the metadata that an import leaves: one series with one instance of one frame."""
    frame = {"ID": uuid.uuid5(uuid.UUID(image_set_id), "frame").hex, "MinPixelValue": 0, "MaxPixelValue": 0}
    instance = {"DICOM": {"SOPInstanceUID": f"{study}.1.1"}, "DICOMVRs": {}, "ImageFrames": [frame]}
    series = {
        "DICOM": {"SeriesInstanceUID": f"{study}.1", "Modality": "CT"},
        "Instances": {f"{study}.1.1": instance},
    }
    return {
        "Patient": {"DICOM": {"PatientID": patient}},
        "Study": {"DICOM": {"StudyInstanceUID": study}, "Series": {f"{study}.1": series}},
    }


def searchable(tree: Tree) -> dict[str, str]:
    """Return the attributes by which image sets are found, as a search spells them."""
    found = {
        name: tree.get(level, {}).get("DICOM", {}).get(key) for name, (level, key) in _SEARCHABLE.items()
    }
    return {name: value for name, value in found.items() if value is not None}


def frames(tree: Tree) -> set[str]:
    """Return the ids of all image frames."""
    instances = (
        instance
        for series in tree.get("Study", {}).get("Series", {}).values()
        for instance in series.get("Instances", {}).values()
    )
    return {frame["ID"] for instance in instances for frame in instance.get("ImageFrames", ())}


def read(text: bytes | str, *, forced: bool = False) -> Tree:
    """Return the attributes that a request names, without the schema's version.

    Raises:
        ServiceError: ValidationException: they are none, or are changed only by force.
    """
    try:
        tree = json.loads(text)
    except ValueError as error:
        raise validation("The DICOM attributes are not valid JSON") from error
    if not isinstance(tree, dict) or set(tree) - {"SchemaVersion", "Patient", "Study"}:
        raise validation("The DICOM attributes must be an object of SchemaVersion, Patient and Study")
    identifiers = sorted(set(_names(tree)) & set(_IDENTIFIERS))
    if identifiers and not forced:
        raise validation(f"{', '.join(identifiers)} can be changed only with force")
    return {name: value for name, value in tree.items() if name != "SchemaVersion"}


def _names(tree: Mapping[str, Any]) -> Iterator[str]:
    for name, value in tree.items():
        yield name
        if isinstance(value, Mapping):
            yield from _names(value)


def merged(tree: Tree, changes: Tree) -> Tree:
    """Return a tree with attributes added or replaced."""
    return tree | {
        name: merged(tree[name], value)
        if isinstance(value, dict) and isinstance(tree.get(name), dict)
        else value
        for name, value in changes.items()
    }


def without(tree: Tree, gone: Tree) -> Tree:
    """Return a tree without the attributes that another one names, whatever their values there."""
    return {
        name: without(value, gone[name])
        if isinstance(gone.get(name), dict) and isinstance(value, dict)
        else value
        for name, value in tree.items()
        if name not in gone or isinstance(value, dict)
    }
