"""The main job: the program of the project's root, under each engine, against the emulated AWS."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from sandbox.conformance.account import Export
    from tests.e2e.fixtures import MakeEngine
    from tests.e2e.harness import Engine
    from tests.real_aws.account import Account

pytestmark = pytest.mark.e2e

PROGRAM = (Path(__file__).parents[2] / "__main__.py").read_text()


@pytest.fixture
def stack(make_engine: MakeEngine, account: Account, export: Export) -> Engine:
    engine = make_engine(PROGRAM, project="main-job")
    engine.environment |= account.env
    engine.set_config("aws:region", account.env["AWS_REGION"])
    engine.set_config("exportS3Uri", export.s3_uri)
    engine.set_config("exportKeyId", export.key_id)
    engine.set_config("exportRoleArn", export.role_arn)
    return engine


def calls(cloud: Sandbox, service: str) -> list[str]:
    """The service's calls in order, repeated ones once."""
    names = [str(entry.operation) for entry in cloud.journal() if entry.service == service]
    return [name for name, _ in groupby(names)]


@pytest.mark.live(lake=1, images=1, export=True)
def test_the_stack_is_previewed_made_read_and_destroyed(stack: Engine, account: Account) -> None:
    preview = stack.preview()
    assert preview.exit_code == 0, preview
    assert (preview.changes["create"], account.stores()) == (3, [])

    up = stack.up()
    assert up.exit_code == 0, up
    assert up.outputs["imagesStatus"] == "ACTIVE"
    assert up.outputs["recordsStatus"] == "ACTIVE"
    assert up.outputs["exportJobStatus"] == "COMPLETED"
    ids = {up.outputs["imagesDatastoreId"], up.outputs["recordsDatastoreId"]}
    assert {store.id for store in account.stores()} == ids
    assert [job.id for job in account.jobs()] == [up.outputs["exportJobId"]]

    again = stack.up()
    assert again.exit_code == 0, again
    assert set(again.changes) == {"same"}, again

    refresh = stack.refresh()
    assert refresh.exit_code == 0, refresh
    for name in ("records", "images"):
        outputs = again.resource(name)["outputs"]
        outputs.pop("__claimed", None)  # the refresh has seen that no claim is left
        assert refresh.resource(name)["outputs"] == outputs
    assert set(stack.up().changes) == {"same"}

    destroy = stack.destroy()
    assert destroy.exit_code == 0, destroy
    assert (destroy.names(), account.stores()) == ([], [])


def test_the_preview_calls_nothing(stack: Engine, cloud: Sandbox) -> None:
    assert stack.preview().exit_code == 0
    assert cloud.journal() == []


def test_the_up_runs_the_steps_of_the_documents_in_their_order(stack: Engine, cloud: Sandbox) -> None:
    assert stack.up().exit_code == 0
    imaging = [
        name
        for name in calls(cloud, "medical-imaging")
        if name not in {"ListDatastores", "ListTagsForResource"}
    ]
    claim = ("GetDatastore", "TagResource")  # bound to the store's id
    assert imaging == ["CreateDatastore", *claim, "GetDatastore", "TagResource", "UntagResource"]
    lake = [
        name
        for name in calls(cloud, "healthlake")
        if name not in {"ListFHIRDatastores", "ListTagsForResource"}
    ]
    assert lake == [
        "CreateFHIRDatastore",
        "DescribeFHIRDatastore",
        "TagResource",
        "DescribeFHIRDatastore",
        "StartFHIRExportJob",
        "DescribeFHIRExportJob",
        "TagResource",
        "UntagResource",
    ]


def test_the_state_shows_what_users_wrote_and_no_provider_code(stack: Engine) -> None:
    resource = stack.up().resource("records")
    provider = resource["inputs"]["__provider"]
    assert re.fullmatch(r"[A-Za-z0-9+/=]{1,99}", provider)
    assert resource["type"] == "pulumi-python:dynamic/health:HealthLakeDatastore"
    assert resource["outputs"]["export"]["output_s3_uri"] == "s3://exports/out"
    assert resource["outputs"]["tags"] == {"project": "main-job", "stack": "dev"}
