"""Any workflow as a resource: made, read, changed, gone on with and deleted by its own workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine
    from tests.e2e.harness import Engine

pytestmark = pytest.mark.e2e


STORE = """
import pulumi
from provider import ArazzoWorkflow
store = ArazzoWorkflow(
    "store",
    document="store.arazzo.yaml",
    create="make",
    read="look",
    update="rename",
    delete="remove",
    inputs={inputs},
)
pulumi.export("outputs", store.outputs)
"""

DOCUMENT = """
arazzo: 1.0.1
info: {title: A FHIR store, version: 1.0.0}
sourceDescriptions:
- {name: healthlakeApi, url: healthlake.yaml, type: openapi}
workflows:
- workflowId: make
  inputs:
    type: object
    required: [name]
    properties: {name: {type: string}}
  steps:
  - stepId: create
    operationId: CreateFHIRDatastore
    requestBody:
      payload: {DatastoreName: $inputs.name, DatastoreTypeVersion: R4}
    successCriteria: [{condition: $statusCode == 200}]
    outputs: {id: $response.body#/DatastoreId}
  - stepId: poll
    operationId: DescribeFHIRDatastore
    requestBody:
      payload: {DatastoreId: $steps.create.outputs.id}
    successCriteria: [{condition: $statusCode == 200}]
    outputs:
      name: $response.body#/DatastoreProperties/DatastoreName
    onSuccess:
    - name: ready
      type: end
      criteria: [{condition: $response.body#/DatastoreProperties/DatastoreStatus == 'ACTIVE'}]
    - name: wait
      type: goto
      stepId: poll
      criteria: [{condition: $response.body#/DatastoreProperties/DatastoreStatus == 'CREATING'}]
  outputs:
    id: $steps.create.outputs.id
    name: $steps.poll.outputs.name
- workflowId: look
  steps:
  - stepId: describe
    operationId: DescribeFHIRDatastore
    requestBody:
      payload: {DatastoreId: $inputs.id}
    successCriteria: [{condition: $statusCode == 200}]
    outputs:
      name: $response.body#/DatastoreProperties/DatastoreName
  outputs: {name: $steps.describe.outputs.name}
- workflowId: rename
  steps:
  - stepId: update
    operationId: UpdateFHIRDatastore
    requestBody:
      payload: {DatastoreId: $inputs.id, DatastoreName: $inputs.name}
    successCriteria: [{condition: $statusCode == 200}]
    outputs: {name: $response.body#/DatastoreProperties/DatastoreName}
  outputs: {name: $steps.update.outputs.name}
- workflowId: remove
  steps:
  - stepId: delete
    operationId: DeleteFHIRDatastore
    requestBody:
      payload: {DatastoreId: $inputs.id}
    successCriteria: [{condition: $statusCode == 200}]
"""


@pytest.fixture
def stack(make_engine: MakeEngine, cloud: Sandbox) -> Engine:
    engine = make_engine({"__main__.py": program("one"), "store.arazzo.yaml": DOCUMENT})
    engine.environment |= cloud.env
    return engine


def program(name: str) -> str:
    return STORE.replace("{inputs}", f'{{"name": "{name}"}}')


def test_a_documents_workflows_make_read_change_and_delete_a_resource(stack: Engine, cloud: Sandbox) -> None:
    up = stack.up()
    assert up.exit_code == 0, str(up)
    (store,) = cloud.stores()
    assert up.outputs["outputs"] == {"id": store.id, "name": "one"}
    assert set(stack.up().changes) == {"same"}

    cloud.rename(store.id, "elsewhere")
    assert stack.refresh().resource("store")["outputs"]["outputs"]["name"] == "elsewhere"

    stack.write(program("two"))
    assert stack.up().changes["update"] == 1
    assert cloud.store(store.id).name == "two"

    assert stack.destroy().exit_code == 0
    assert [each.status for each in cloud.stores()] in ([], ["DELETING"])


def test_a_changed_document_shows_in_the_preview(stack: Engine) -> None:
    assert stack.up().exit_code == 0
    stack.write({"store.arazzo.yaml": DOCUMENT.replace("A FHIR store", "Another title")})
    assert stack.preview().steps("store") == ["update"]


def test_faults_of_the_document_and_the_inputs_are_check_failures(stack: Engine, cloud: Sandbox) -> None:
    broken = DOCUMENT.replace("DescribeFHIRDatastore", "DescribeFHIRDatastor", 1).replace(
        "'ACTIVE'", "'ACTVE'"
    )
    stack.write({"store.arazzo.yaml": broken})
    preview = stack.preview()
    assert preview.exit_code != 0
    assert "DescribeFHIRDatastor" in preview.text
    assert "did you mean DescribeFHIRDatastore" in preview.text
    stack.write({"store.arazzo.yaml": DOCUMENT, "__main__.py": STORE.replace("{inputs}", "{}")})
    preview = stack.preview()
    assert any("has a problem: inputs.name: is required" in text for text in preview.errors()), preview
    assert "$" not in "".join(preview.errors())
    stack.write(STORE.replace("{inputs}", '{"name": ["one"]}'))
    preview = stack.preview()
    assert any("has a problem: inputs.name: must be of type string" in text for text in preview.errors()), (
        preview
    )
    assert cloud.journal() == []


@pytest.mark.parametrize("operation", ["DescribeFHIRDatastore"])
def test_a_creation_that_failed_half_way_goes_on_without_making_another(
    stack: Engine, cloud: Sandbox, operation: str
) -> None:
    cloud.fault(operation, "deny", calls=None)
    failed = stack.up()
    assert failed.exit_code != 0
    assert "pulumi up` goes on from there" in failed.text, str(failed)
    cloud.clear_faults()
    again = stack.up()
    assert again.exit_code == 0, str(again)
    (store,) = cloud.stores()
    assert again.outputs["outputs"] == {"id": store.id, "name": "one"}
    assert cloud.counts()["CreateFHIRDatastore"] == 1
