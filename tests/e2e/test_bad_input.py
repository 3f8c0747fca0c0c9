"""Whatever is wrong ends in one line that says what, where and what to do, and nothing is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from sandbox.aws import LAKE, serve
from tests.e2e.harness import Engine, Outcome, PulumiCli, SandboxEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sandbox.aws import Sandbox, StoreView
    from tests.e2e.fixtures import MakeEngine

    Trouble = Callable[[Sandbox], Mapping[str, str]]

NOWHERE = "http://127.0.0.1:9"
"""The discard port of this machine, where nothing listens."""

MALFORMED = """
from provider import HealthImagingDatastore, HealthLakeDatastore
HealthImagingDatastore(
    "images",
    datastore_name="a b",
    kms_key_arn="1234abcd",
    lossless_storage_format="PNG",
    tags={"aws:team": "x"},
    timeouts={"create": "soon"},
)
"""
NESTED = """
from provider import ExportArgs, HealthLakeDatastore
HealthLakeDatastore(
    "records",
    datastore_type_version="R5",
    sse_configuration={"kms_encryption_config": {"cmk_type": "MINE"}},
    identity_provider_configuration={
        "authorization_strategy": "SMART_ON_FHIR", "metadata": "{", "idp_lambda_arn": "function"
    },
    export=ExportArgs(output_s3_uri="bucket", output_kms_key_id="x", data_access_role_arn="role"),
)
"""
DOUBTFUL = """
from provider import ExportArgs, HealthLakeDatastore
HealthLakeDatastore(
    "records",
    analytics_configuration={"status": "DISABLED"},
    region="eu-central-1",
    export=ExportArgs("s3://exports/out", "alias/exports", "arn:aws:iam::210987654321:role/export"),
)
"""
MISSING = """
from provider import HealthLakeExport
HealthLakeExport(
    "export", datastore_id="0" * 32, output_s3_uri=None, output_kms_key_id="x", data_access_role_arn=""
)
"""
LATER = """
from provider import HealthImagingDatastore
first = HealthImagingDatastore("first")
HealthImagingDatastore("second", kms_key_arn=first.datastore_id)
"""
IMPORTED = """
import pulumi
from provider import HealthImagingDatastore
HealthImagingDatastore("images", opts=pulumi.ResourceOptions(import_="0123"))
"""
ONE_STORE = """
import pulumi
from provider import HealthImagingDatastore
patience = pulumi.CustomTimeouts(create="2s")
HealthImagingDatastore("images", opts=pulumi.ResourceOptions(custom_timeouts=patience))
"""
THREE_STORES = """
import pulumi
from provider import ExportArgs, HealthImagingDatastore, HealthLakeDatastore
patience = pulumi.CustomTimeouts(create="2s")
HealthImagingDatastore("late", datastore_name="late", opts=pulumi.ResourceOptions(custom_timeouts=patience))
HealthLakeDatastore("refused", datastore_name="refused")
HealthLakeDatastore(
    "exported",
    datastore_name="exported",
    export=ExportArgs("s3://exports/out", "alias/exports", "arn:aws:iam::123456789012:role/export"),
)
"""


# What a preview says


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("program", "places"),
    [
        (
            MALFORMED,
            ["datastore_name", "kms_key_arn", "lossless_storage_format", "tags.aws:team", "timeouts.create"],
        ),
        (
            NESTED,
            [
                "datastore_type_version",
                "export.data_access_role_arn",
                "export.output_s3_uri",
                "identity_provider_configuration.idp_lambda_arn",
                "identity_provider_configuration.metadata",
                "sse_configuration.kms_encryption_config.cmk_type",
            ],
        ),
        (MISSING, ["data_access_role_arn", "output_s3_uri"]),
    ],
    ids=["malformed", "nested", "missing"],
)
def test_a_preview_names_every_fault_at_once_and_calls_nothing(
    program: str, places: list[str], make_engine: MakeEngine, cloud: Sandbox
) -> None:
    engine = make_engine(program)
    engine.environment |= cloud.env
    preview = engine.preview()
    assert preview.exit_code != 0, preview
    told = re.compile(r"(?:property (\S+) value \{.*\} has a problem|has a problem: (\S+)): ")
    named = [found[1] or found[2] for line in preview.errors() if (found := told.search(line))]
    assert sorted(named) == places, preview.errors()
    assert "<nil>" not in preview.text, preview
    assert "{map[" not in preview.text, preview
    assert all(line.count("\n") <= 1 for line in preview.errors())
    assert cloud.journal() == []


@pytest.mark.e2e
def test_a_preview_warns_of_what_aws_may_refuse_and_goes_on(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = make_engine(DOUBTFUL)
    engine.environment |= cloud.env
    engine.set_config("aws:allowedAccountIds", '["123456789012"]')
    preview = engine.preview()
    assert preview.exit_code == 0, preview
    warnings = [message.text for message in preview.messages if message.severity == "warning"]
    for start in (
        "analytics_configuration.status is DISABLED",
        "region is eu-central-1, where a HealthLake data store is not known to exist; use one of ap-",
        "export.data_access_role_arn is a role of the account 210987654321, and the store is in 123456789012",
    ):
        assert [text for text in warnings if text.startswith(start)], warnings
    assert cloud.journal() == []


@pytest.mark.e2e
def test_what_a_preview_does_not_know_passes_and_is_checked_once_it_is_known(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    engine = make_engine(LATER)
    engine.environment |= cloud.env
    assert engine.preview().exit_code == 0
    up = engine.up()
    assert up.exit_code != 0, up
    assert any("property kms_key_arn" in line and "not a bare key id" in line for line in up.errors()), up
    assert [store.id for store in cloud.stores()] == [up.resource("first")["id"]]


@pytest.mark.e2e
def test_an_import_is_refused_with_a_word_on_how_to_adopt(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = make_engine(IMPORTED)
    engine.environment |= cloud.env
    preview = engine.preview()
    assert preview.exit_code != 0, preview
    assert 'use the argument adopt="0123" instead' in preview.text
    assert "Traceback" not in preview.text, preview
    assert cloud.journal() == []


@pytest.mark.e2e
def test_a_preview_without_a_region_says_where_to_set_one(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = make_engine(ONE_STORE)
    engine.environment |= {**cloud.env, "AWS_REGION": "", "AWS_DEFAULT_REGION": ""}
    preview = engine.preview()
    assert preview.exit_code != 0, preview
    (line,) = [text for text in preview.errors() if "has a problem: region: is not set" in text]
    assert "pulumi config set aws:region" in line
    assert "AWS_REGION" in line


# What an up says where AWS cannot be used


def no_credentials(_: Sandbox) -> Mapping[str, str]:
    return {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}


def expired_credentials(cloud: Sandbox) -> Mapping[str, str]:
    cloud.fault("*", "expire", calls=None)
    return {}


def access_denied(cloud: Sandbox) -> Mapping[str, str]:
    cloud.fault("CreateDatastore", "deny")
    return {}


def endpoint_down(_: Sandbox) -> Mapping[str, str]:
    return {"AWS_ENDPOINT_URL": NOWHERE}


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("trouble", "what", "remedy"),
    [
        (no_credentials, "no AWS credentials were found", "set AWS_PROFILE"),
        (expired_credentials, "ExpiredTokenException", "renew them"),
        (access_denied, "CreateDatastore failed", "allow it in IAM"),
        (endpoint_down, f"no answer to ListDatastores from {NOWHERE}", "check the endpoint"),
    ],
)
def test_an_up_that_cannot_use_aws_says_why_in_one_line_and_leaves_nothing(
    trouble: Trouble, what: str, remedy: str, make_engine: MakeEngine, cloud: Sandbox
) -> None:
    engine = make_engine(ONE_STORE)
    engine.environment |= {**cloud.env, **trouble(cloud)}
    up = engine.up()
    line = the_line(up, "images")
    assert what in line
    assert remedy in line
    assert (up.names(), cloud.stores(), up.pending_operations) == ([], [], [])
    assert cloud.env["AWS_SECRET_ACCESS_KEY"] not in up.text


# What an up says where a store, or its export, comes to nothing


class Story(NamedTuple):
    """Two runs in a row: one in which three stores fail in three ways, and the next one."""

    first: Outcome
    stores: Mapping[str, StoreView]
    second: Outcome
    later: Mapping[str, StoreView]
    cloud: Sandbox


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(SandboxEngine, id="sandbox"),
        pytest.param(PulumiCli, id="pulumi", marks=pytest.mark.real),
    ],
)
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    kind: type[Engine] = request.param
    if kind is PulumiCli and not PulumiCli.found():
        pytest.skip("the pulumi CLI is not on PATH")
    with serve(speed=2000) as cloud:
        engine = kind(tmp_path_factory.mktemp("story"), THREE_STORES)
        engine.environment |= cloud.env
        cloud.stick_next_create(name="late")
        cloud.fail_next_create(name="refused", message="the key is disabled")
        cloud.end_next_export("FAILED", message="no access to the bucket")
        first = engine.up()
        stores = {store.name: store for store in cloud.stores()}
        cloud.force_status(stores["late"].id, "ACTIVE")
        yield Story(first, stores, engine.up(), {store.name: store for store in cloud.stores()}, cloud)
        engine.close()


@pytest.mark.e2e
def test_a_store_that_aws_could_not_make_is_told_with_its_cause_and_replaced_by_the_next_up(
    story: Story,
) -> None:
    line = the_line(story.first, "refused")
    assert "DatastoreStatus is CREATE_FAILED: the key is disabled" in line
    assert "step pollDatastore" in line
    assert "the next `pulumi up` replaces it" in line
    assert story.first.resource("refused")["id"] == story.stores["refused"].id
    assert story.second.resource("refused")["id"] == story.later["refused"].id != story.stores["refused"].id


@pytest.mark.e2e
def test_a_deadline_that_passes_keeps_the_store_and_the_next_up_goes_on(story: Story) -> None:
    line = the_line(story.first, "late")
    assert "the deadline passed after" in line
    assert "the last status was CREATING" in line
    assert "custom_timeouts" in line
    assert story.first.resource("late")["id"] == story.stores["late"].id
    assert story.second.resource("late")["id"] == story.stores["late"].id
    assert story.second.resource("late")["outputs"]["datastore_status"] == "ACTIVE"
    assert len(story.cloud.journal("CreateDatastore")) == 1


@pytest.mark.e2e
def test_an_export_that_failed_keeps_the_store_and_is_run_again_with_a_fresh_token(story: Story) -> None:
    line = the_line(story.first, "exported")
    assert "JobStatus is FAILED: no access to the bucket" in line
    assert story.first.resource("exported")["id"] == story.stores["exported"].id
    assert story.second.resource("exported")["id"] == story.stores["exported"].id
    assert story.second.resource("exported")["outputs"]["job_status"] == "COMPLETED"
    started = [entry for entry in story.cloud.journal("StartFHIRExportJob") if entry.status == 200]
    assert len({entry.parameters["ClientToken"] for entry in started}) == len(started) == 2


@pytest.mark.e2e
def test_three_failures_make_no_store_twice_and_leave_nothing_to_do(story: Story) -> None:
    assert story.second.exit_code == 0, story.second
    assert sorted(story.later) == ["exported", "late", "refused"]
    assert {store.status for store in story.later.values()} == {"ACTIVE"}
    made = story.cloud.stores(service=LAKE, deleted=True)
    assert len(made) == 3  # exported, refused, and the one in its place
    assert all(not resource.get("initErrors") for resource in story.second.resources)


def the_line(outcome: Outcome, name: str) -> str:
    """The one error of a resource, without what the CLI puts around it; fails where there is a traceback."""
    assert outcome.exit_code != 0, outcome
    assert "Traceback" not in outcome.text, outcome
    (text,) = [
        message.text
        for message in outcome.messages
        if message.severity == "error" and message.urn.endswith(f"::{name}")
    ]
    line = text.strip().removeprefix("1 error occurred:").strip().removeprefix("* ")
    assert "\n" not in line, outcome
    return line
