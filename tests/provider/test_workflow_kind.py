"""Any workflow as a resource: what its preview refuses, and which inputs replace it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provider.kinds.properties import Change
from provider.kinds.workflow import workflow_kind
from provider.models.shapes import UNKNOWN
from provider.verbs.diff import diff

DOCUMENT = """\
arazzo: 1.0.1
info: {title: t, version: '1'}
sourceDescriptions: [{name: healthlake, url: x.yaml, type: openapi}]
workflows:
- workflowId: make
  inputs:
    type: object
    properties: {name: {type: string}, to: {type: string}, page: {type: string}, folder: {type: string}}
  steps:
  - stepId: create
    operationId: CreateFHIRDatastore
    requestBody: {payload: {DatastoreName: $inputs.name, DatastoreTypeVersion: R4}}
    outputs: {id: $response.body#/DatastoreId}
  - stepId: export
    operationId: StartFHIRExportJob
    requestBody:
      payload:
        DatastoreId: $steps.create.outputs.id
        DataAccessRoleArn: arn:aws:iam::123456789012:role/export
        OutputDataConfig:
          S3Configuration: {S3Uri: $inputs.to, KmsKeyId: 'alias/{$inputs.folder}'}
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "d.yaml"
    path.write_text(DOCUMENT)
    return path


def faults(document: Path, inputs: dict[str, Any], **props: Any) -> list[tuple[str, str]]:
    values = {"document": str(document), "create": "make", "inputs": inputs, **props}
    return [(fault.path, fault.reason) for fault in workflow_kind(values).faults(values)]


def test_the_preview_refuses_what_aws_would_refuse_after_the_store_was_made(document: Path) -> None:
    assert faults(document, {"name": "records", "to": "s3://bucket/out", "folder": "key"}) == []
    [(path, reason)] = faults(document, {"name": "records", "to": "s3://", "folder": "key"})
    assert path == "inputs"
    assert "S3Uri of StartFHIRExportJob" in reason
    assert "(step export)" in reason


@pytest.mark.parametrize("value", [UNKNOWN, "$5", "{$inputs.page}"])
def test_what_is_not_known_or_looks_like_an_expression_is_not_judged(document: Path, value: str) -> None:
    assert faults(document, {"name": "records", "to": value, "folder": "key"}) == []


def test_an_input_that_replaces_is_named(document: Path) -> None:
    [(path, reason)] = faults(document, {"name": "a"}, replace_on=["nam"])
    assert (path, "did you mean name?" in reason) == ("replace_on", True)


def test_only_the_inputs_that_the_user_names_replace(document: Path) -> None:
    props = {"document": str(document), "create": "make", "update": "make", "replace_on": ["name"]}
    before = {**props, "inputs": {"name": "a", "page": "1"}}
    kind = workflow_kind(before)
    changed = diff(kind, "id", before, {**props, "inputs": {"name": "a", "page": "2"}})
    assert (changed.replaces, dict(changed.updates)) == ((), {"inputs": Change.UPDATE})
    assert diff(kind, "id", before, {**props, "inputs": {"name": "b", "page": "1"}}).replaces == ("inputs",)
    assert diff(kind, "id", before, {**props, "inputs": {"name": UNKNOWN}}).replaces == ("inputs",)
    assert diff(kind, "id", before, before).replaces == ()
