"""What is not found in another account than its own is not taken for gone, whether it has an ARN or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provider.kinds.workflow import workflow_kind
from sandbox.aws import ManualClock, environment
from sandbox.aws.gateway import Cloud
from tests.faults.stack import FailedError, Stack
from tests.faults.transport import URL, Desk, Wire

WIRE = Wire()
DOCUMENT = """\
arazzo: 1.0.1
info: {title: A store of which only its id is kept, version: '1'}
sourceDescriptions: [{name: medicalimaging, url: x.yaml, type: openapi}]
workflows:
- workflowId: make
  inputs: {type: object, properties: {name: {type: string}}}
  steps:
  - stepId: create
    operationId: CreateDatastore
    requestBody: {payload: {datastoreName: $inputs.name, clientToken: token}}
    successCriteria: [{condition: $statusCode == 200}]
    outputs: {id: $response.body#/datastoreId}
  outputs: {id: $steps.create.outputs.id}
- workflowId: look
  steps:
  - stepId: get
    operationId: GetDatastore
    parameters: [{name: datastoreId, in: path, value: $inputs.id}]
    successCriteria: [{condition: $statusCode == 200}]
  outputs: {id: $inputs.id}
- workflowId: remove
  steps:
  - stepId: delete
    operationId: DeleteDatastore
    parameters: [{name: datastoreId, in: path, value: $inputs.id}]
    successCriteria: [{condition: $statusCode == 200}]
"""


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stack:
    for name, value in environment(URL).items():
        monkeypatch.setenv(name, value)
    clock = ManualClock()
    WIRE.cloud = Cloud(clock=clock)
    WIRE.falsify = lambda _operation, _answer: None
    path = tmp_path / "store.arazzo.yaml"
    path.write_text(DOCUMENT)
    props: dict[str, Any] = {
        "document": str(path),
        "document_hash": "1",
        "create": "make",
        "read": "look",
        "delete": "remove",
        "id_output": "id",
        "inputs": {"name": "images"},
    }
    made = Stack(workflow_kind(props), clock, caller=WIRE.caller)
    made.up(props)
    return made


def test_what_has_no_arn_is_known_by_the_account_that_made_it(store: Stack) -> None:
    desk = Desk(WIRE.cloud)
    (made,) = desk.stores()
    assert store.ids == {made.id}
    desk.remove_store(made.id)  # as it looks from another account
    WIRE.falsify = elsewhere
    with pytest.raises(FailedError, match="it is in the AWS account 123456789012 in us-east-1"):
        store.refresh()
    with pytest.raises(FailedError, match="the credentials are those of the AWS account 999999999999"):
        store.destroy()
    assert store.ids == {made.id}
    WIRE.falsify = lambda _operation, _answer: None
    store.refresh()
    assert store.ids == set()


def elsewhere(operation: str, answer: bytes) -> tuple[int, bytes] | None:
    """Let STS tell another account."""
    if operation != "GetCallerIdentity":
        return None
    return 200, answer.replace(b"123456789012", b"999999999999")
