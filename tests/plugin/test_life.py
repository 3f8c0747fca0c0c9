"""The life of every resource over the provider protocol, as an engine drives it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pulumi.runtime.proto import engine_pb2, provider_pb2

from provider.models.shapes import UNKNOWN
from tests.plugin.harness import (
    NONE,
    SECRET,
    SOME,
    FailedError,
    Life,
    Plugin,
    bag,
    plain,
    secret,
    shown,
)

if TYPE_CHECKING:
    from sandbox.aws import Sandbox

EXPORT = {
    "outputS3Uri": "s3://exports/health",
    "outputKmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "dataAccessRoleArn": "arn:aws:iam::123456789012:role/healthlake-export",
}
DOCUMENT = Path(__file__).parents[2] / "provider/documents/healthimaging-provision-datastore.arazzo.yaml"


def paths(found: Any) -> dict[str, str]:
    """The detailed diff: what happens at each path."""
    return {path: each.Kind.Name(each.kind) for path, each in found.detailedDiff.items()}


def test_an_imaging_store_lives_from_its_creation_to_its_deletion(plugin: Plugin, cloud: Sandbox) -> None:
    life = Life(plugin, "HealthImagingDatastore", "images")
    known = life.create({"tags": {"team": "radiology", "a.b": "1"}})
    assert known["datastoreId"] == UNKNOWN
    assert known["datastoreName"].startswith("images-")
    assert life.outputs["datastoreStatus"] == "ACTIVE"
    assert life.outputs["region"] == "us-east-1"
    assert life.id == life.outputs["datastoreId"]

    assert life.update({"tags": {"team": "radiology", "a.b": "1"}}).changes == NONE
    found = life.update({"tags": {"team": "cardiology", "a.c": "2"}})
    assert paths(found) == {"tags.team": "UPDATE", 'tags["a.b"]': "DELETE", 'tags["a.c"]': "ADD"}
    life.refresh()
    assert life.outputs["tags"] == {"team": "cardiology", "a.c": "2"}
    assert life.update({"tags": {"team": "cardiology", "a.c": "2"}}).changes == NONE

    replaced = life.diff(life.checked({"losslessStorageFormat": "JPEG_2000_LOSSLESS"}))
    assert replaced.replaces == ["losslessStorageFormat"]
    assert paths(replaced)["losslessStorageFormat"].endswith("_REPLACE")
    assert any("data in it destroyed" in text for text in plugin.engine.texts(engine_pb2.WARNING))
    life.delete()
    assert not life.read().id
    assert [store.status for store in cloud.stores()] in ([], ["DELETED"])


def test_a_lake_exports_changes_in_place_and_keeps_its_id_known_in_previews(plugin: Plugin) -> None:
    life = Life(plugin, "HealthLakeDatastore", "records")
    known = life.create({"tags": {"team": "clinic"}})
    assert "jobId" not in known
    assert known["datastoreTypeVersion"] == "R4"
    program: dict[str, Any] = {"tags": {"team": "clinic"}, "datastoreName": "records"}
    found = life.update({**program, "identityProviderConfiguration": {"authorizationStrategy": "AWS_AUTH"}})
    assert paths(found) == {"datastoreName": "UPDATE", "identityProviderConfiguration": "ADD"}
    finer = {"authorizationStrategy": "AWS_AUTH", "fineGrainedAuthorizationEnabled": True}
    found = life.update({**program, "identityProviderConfiguration": finer})
    assert paths(found) == {"identityProviderConfiguration.fineGrainedAuthorizationEnabled": "ADD"}
    inputs = life.checked({**program, "identityProviderConfiguration": finer, "export": EXPORT})
    previewed = shown(life._update(inputs, preview=True).properties)
    assert previewed["datastoreId"] == life.id
    assert previewed["datastoreEndpoint"] == life.outputs["datastoreEndpoint"]
    assert previewed["jobStatus"] == UNKNOWN
    life.update({**program, "identityProviderConfiguration": finer, "export": EXPORT})
    assert life.outputs["jobStatus"] == "COMPLETED"
    assert life.outputs["job"]["outputDataConfig"]["s3Configuration"]["s3Uri"].startswith("s3://exports/")
    life.delete()


def test_an_export_runs_again_when_a_trigger_changes(plugin: Plugin) -> None:
    lake = Life(plugin, "HealthLakeDatastore", "records")
    lake.create({})
    life = Life(plugin, "HealthLakeExport", "nightly")
    life.create({"datastoreId": lake.id, **EXPORT, "triggers": {"someKey": "1"}})
    assert life.outputs["triggers"] == {"someKey": "1"}
    found = life.diff(life.checked({"datastoreId": lake.id, **EXPORT, "triggers": {"someKey": "2"}}))
    assert paths(found) == {"triggers.someKey": "UPDATE_REPLACE"}


def test_any_document_makes_a_resource(plugin: Plugin) -> None:
    life = Life(plugin, "ArazzoWorkflow", "store")
    program = {
        "document": str(DOCUMENT),
        "create": "provision-datastore",
        "inputs": {"datastoreName": "images", "clientToken": "once"},
        "idOutput": "datastoreId",
    }
    life.create(program)
    assert life.outputs["outputs"]["datastoreStatus"] == "ACTIVE"
    assert life.id == life.outputs["outputs"]["datastoreId"]
    assert life.update(program).changes == NONE
    found = life.diff(life.checked({**program, "inputs": {"datastoreName": "other", "clientToken": "twice"}}))
    assert paths(found) == {"inputs.datastoreName": "UPDATE_REPLACE", "inputs.clientToken": "UPDATE_REPLACE"}


def test_what_aws_refuses_is_refused_with_every_property_named(plugin: Plugin) -> None:
    life = Life(plugin, "HealthImagingDatastore")
    _, failures = life.check(
        {"kmsKeyArn": "not-an-arn", "datastorename": "x", "losslessStorageFormat": "GIF"}
    )
    assert failures["datastorename"].endswith("did you mean datastoreName?")
    assert "must match" in failures["kmsKeyArn"]
    assert "must be one of" in failures["losslessStorageFormat"]


@pytest.mark.parametrize(
    ("program", "place"),
    [
        (
            {"identityProviderConfiguration": {"authorizationStrategy": "SMART", "idpLambdaArn": "x"}},
            "identityProviderConfiguration.idpLambdaArn",
        ),
        ({"profileConfiguration": {"defaultProfiles": [1]}}, "profileConfiguration.defaultProfiles[0]"),
        ({"tags": {"aws:the_team.x": "1"}}, "tags.aws:the_team.x"),
        ({"export": {}}, "export.outputS3Uri"),
        ({"Tags": {}}, "Tags"),
    ],
)
def test_a_fault_without_a_value_of_its_own_is_told_with_its_path(
    plugin: Plugin, program: dict[str, Any], place: str
) -> None:
    request = provider_pb2.CheckRequest(
        **Life(plugin, "HealthLakeDatastore").who, news=bag({"datastoreTypeVersion": "R4", **program})
    )
    told = [each.reason for each in plugin.call("Check", request).failures if not each.property]
    assert [reason for reason in told if reason.startswith(f"{place}: ")], told


@pytest.mark.parametrize("value", ["UNKNOWN", UNKNOWN])
def test_what_a_preview_does_not_know_passes(plugin: Plugin, value: str) -> None:
    life = Life(plugin, "HealthImagingDatastore")
    _, failures = life.check({"kmsKeyArn": value})
    assert ("kmsKeyArn" in failures) is (value == "UNKNOWN")


def test_an_existing_store_is_imported_with_all_that_a_diff_compares(start: Callable[..., Plugin]) -> None:
    made = Life(start(), "HealthLakeDatastore", "records")
    made.create({"tags": {"team": "clinic"}})
    plugin = start()  # another stack's: within one, a store has one manager
    life = Life(plugin, "HealthLakeDatastore", "imported", id=made.id)
    life.refresh()
    assert life.inputs["region"] == "us-east-1"
    program = {key: value for key, value in life.inputs.items() if not key.startswith("__")}
    assert life.update(program).changes == NONE
    with pytest.raises(FailedError, match="'00000000000000000000000000000000' does not exist"):
        Life(plugin, "HealthLakeDatastore", "none", id="0" * 32).read()


def test_secrets_stay_marked_wherever_they_are_repeated(plugin: Plugin) -> None:
    life = Life(plugin, "HealthImagingDatastore")
    life.create({"tags": secret({"team": "hush"})})
    assert {key: life.inputs["tags"][key] for key in SECRET} == SECRET
    assert life.outputs["tags"]["value"] == {"team": "hush"}
    assert not any("hush" in message.message for message in plugin.engine.messages)


def test_a_store_that_fails_is_kept_with_its_id_and_gone_on_with(plugin: Plugin, cloud: Sandbox) -> None:
    cloud.fault("GetDatastore", "error", calls=(2,), status=403, code="AccessDeniedException")
    life = Life(plugin, "HealthImagingDatastore", "images")
    with pytest.raises(Exception, match="AccessDenied"):
        life.create({})
    assert life.id
    assert SECRET.items() <= life.outputs["__resume"].items()
    found = life.update({})
    assert found.changes == SOME
    assert life.outputs["datastoreStatus"] == "ACTIVE"
    assert [store.id for store in cloud.stores()] == [life.id]


def test_regions_are_the_providers_own(start: Callable[..., Plugin], cloud: Sandbox) -> None:
    stores = {}
    for region in ("us-east-1", "us-west-2"):
        life = Life(start(region=region), "HealthImagingDatastore", "images")
        life.create({})
        stores[region] = plain(life.read().properties)["datastoreArn"].split(":")[3]
    assert stores == {"us-east-1": "us-east-1", "us-west-2": "us-west-2"}
    assert len(cloud.stores()) == len(stores)
