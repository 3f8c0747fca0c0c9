"""The main job: the program of the project's root, under each engine, against the emulated AWS."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine
    from tests.e2e.harness import Engine

pytestmark = pytest.mark.e2e

PROGRAM = (Path(__file__).parents[2] / "__main__.py").read_text()
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture
def stack(make_engine: MakeEngine, cloud: Sandbox) -> Engine:
    engine = make_engine(PROGRAM, project="main-job")
    engine.environment |= cloud.env
    engine.set_config("aws:region", "us-east-1")
    engine.set_config("exportS3Uri", "s3://exports/out")
    engine.set_config("exportKeyId", KEY)
    engine.set_config("exportRoleArn", "arn:aws:iam::123456789012:role/export")
    return engine


def calls(cloud: Sandbox, service: str) -> list[str]:
    """The service's calls in order, repeated ones once."""
    names = [str(entry.operation) for entry in cloud.journal() if entry.service == service]
    return [name for name, _ in groupby(names)]


def test_the_stack_is_previewed_made_read_and_destroyed(stack: Engine, cloud: Sandbox) -> None:
    preview = stack.preview()
    assert preview.exit_code == 0, preview
    assert (preview.changes["create"], cloud.journal()) == (3, [])

    up = stack.up()
    assert up.exit_code == 0, up
    assert up.outputs["imagesStatus"] == "ACTIVE"
    assert up.outputs["recordsStatus"] == "ACTIVE"
    assert up.outputs["exportJobStatus"] == "COMPLETED"
    ids = {up.outputs["imagesDatastoreId"], up.outputs["recordsDatastoreId"]}
    assert {store.id for store in cloud.stores()} == ids
    assert up.outputs["exportJobId"] == cloud.jobs()[0].id

    again = stack.up()
    assert again.exit_code == 0, again
    assert set(again.changes) == {"same"}, again

    refresh = stack.refresh()
    assert refresh.exit_code == 0, refresh
    assert refresh.resource("records")["outputs"] == again.resource("records")["outputs"]
    assert refresh.resource("images")["outputs"] == again.resource("images")["outputs"]
    assert set(stack.up().changes) == {"same"}

    destroy = stack.destroy()
    assert destroy.exit_code == 0, destroy
    assert (destroy.names(), cloud.stores()) == ([], [])


def test_the_up_runs_the_steps_of_the_documents_in_their_order(stack: Engine, cloud: Sandbox) -> None:
    assert stack.up().exit_code == 0
    imaging = [
        name
        for name in calls(cloud, "medical-imaging")
        if name not in {"ListDatastores", "ListTagsForResource"}
    ]
    assert imaging == ["CreateDatastore", "GetDatastore", "UntagResource"]
    lake = [
        name
        for name in calls(cloud, "healthlake")
        if name not in {"ListFHIRDatastores", "ListTagsForResource"}
    ]
    assert lake == [
        "CreateFHIRDatastore",
        "DescribeFHIRDatastore",
        "StartFHIRExportJob",
        "DescribeFHIRExportJob",
        "UntagResource",
    ]


def test_the_state_shows_what_users_wrote_and_no_provider_code(stack: Engine) -> None:
    resource = stack.up().resource("records")
    provider = resource["inputs"]["__provider"]
    assert re.fullmatch(r"[A-Za-z0-9+/=]{1,99}", provider)
    assert resource["type"] == "pulumi-python:dynamic/health:HealthLakeDatastore"
    assert resource["outputs"]["export"]["output_s3_uri"] == "s3://exports/out"
    assert resource["outputs"]["tags"] == {"project": "main-job", "stack": "dev"}
