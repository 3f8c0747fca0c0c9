"""A stack moves from the dynamic resources to the plugin's, and back: its stores stay, under the real CLI."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from sandbox.aws import IMAGING
from tests.e2e.harness import PulumiCli
from tests.plugin.test_examples import plugin_folder

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.harness import Outcome

__all__ = ["plugin_folder"]

pytestmark = [pytest.mark.e2e, pytest.mark.real, pytest.mark.timeout(600)]

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::123456789012:role/export"
DOCUMENT = Path(__file__).parents[2] / "provider/documents/healthimaging-provision-datastore.arazzo.yaml"

PYTHON = f"""
from provider import ArazzoWorkflow, HealthImagingDatastore, HealthLakeDatastore, HealthLakeExport

EXPORT = dict(output_s3_uri="s3://exports/out", output_kms_key_id="{KEY}", data_access_role_arn="{ROLE}")

HealthImagingDatastore(
    "images",
    lossless_storage_format="HTJ2K",
    kms_key_arn="{KEY}",
    force_destroy=True,
    tags={{"someTag": "1", "other_tag": "2"}},
    timeouts={{"create": "40m"}},
)
records = HealthLakeDatastore(
    "records",
    datastore_name="records",
    sse_configuration={{
        "kms_encryption_config": {{"cmk_type": "CUSTOMER_MANAGED_KMS_KEY", "kms_key_id": "{KEY}"}}
    }},
    preload_data_type="SYNTHEA",
    identity_provider_configuration={{
        "authorization_strategy": "AWS_AUTH", "fine_grained_authorization_enabled": True
    }},
    analytics_configuration={{"status": "ENABLED"}},
    nlp_configuration={{"status": "ENABLED"}},
    profile_configuration={{"default_profiles": ["http://hl7.org/fhir/us/core"]}},
    backup_configuration={{
        "status": "ENABLED", "backup_type": "CONTINUOUS", "retention_period_in_days": 7,
        "backup_tags_enabled": True,
    }},
    tags={{"someTag": "1"}},
    export=EXPORT,
)
HealthLakeExport(
    "nightly", datastore_id=records.datastore_id, triggers={{"theRun": "1", "of_day": "2"}}, **EXPORT,
)
ArazzoWorkflow(
    "workflow",
    document="store.arazzo.yaml",
    create="provision-datastore",
    inputs={{"datastoreName": "by-workflow", "clientToken": "once"}},
    id_output="datastoreId",
    triggers={{"some_key": "1"}},
)
"""

EXPORT = {"outputS3Uri": "s3://exports/out", "outputKmsKeyId": KEY, "dataAccessRoleArn": ROLE}
RESOURCES: dict[str, tuple[str, dict[str, Any]]] = {
    "images": (
        "HealthImagingDatastore",
        {
            "losslessStorageFormat": "HTJ2K",
            "kmsKeyArn": KEY,
            "forceDestroy": True,
            "tags": {"someTag": "1", "other_tag": "2"},
            "timeouts": {"create": "40m"},
        },
    ),
    "records": (
        "HealthLakeDatastore",
        {
            "datastoreName": "records",
            "sseConfiguration": {
                "kmsEncryptionConfig": {"cmkType": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": KEY}
            },
            "preloadDataType": "SYNTHEA",
            "identityProviderConfiguration": {
                "authorizationStrategy": "AWS_AUTH",
                "fineGrainedAuthorizationEnabled": True,
            },
            "analyticsConfiguration": {"status": "ENABLED"},
            "nlpConfiguration": {"status": "ENABLED"},
            "profileConfiguration": {"defaultProfiles": ["http://hl7.org/fhir/us/core"]},
            "backupConfiguration": {
                "status": "ENABLED",
                "backupType": "CONTINUOUS",
                "retentionPeriodInDays": 7,
                "backupTagsEnabled": True,
            },
            "tags": {"someTag": "1"},
            "export": EXPORT,
        },
    ),
    "nightly": (
        "HealthLakeExport",
        {"datastoreId": "${records.datastoreId}", "triggers": {"theRun": "1", "of_day": "2"}, **EXPORT},
    ),
    "workflow": (
        "ArazzoWorkflow",
        {
            "document": "store.arazzo.yaml",
            "create": "provision-datastore",
            "inputs": {"datastoreName": "by-workflow", "clientToken": "once"},
            "idOutput": "datastoreId",
            "triggers": {"some_key": "1"},
        },
    ),
}
PYTHON_PROJECT = {"name": "moves", "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}}}


@pytest.fixture
def stack(tmp_path: Path, cloud: Sandbox) -> Iterator[PulumiCli]:
    if not PulumiCli.found():
        pytest.skip("the pulumi CLI is not on PATH")
    engine = PulumiCli(tmp_path / "engine", dynamic(), project="moves")
    engine.write({"store.arazzo.yaml": DOCUMENT.read_text()})
    engine.environment |= {**cloud.env, "PULUMI_HEALTH_TIME_SCALE": "200"}
    engine.set_config("aws:region", "us-east-1")
    engine.set_config("aws-health-datastores:region", "us-east-1")
    yield engine
    engine.close()


def dynamic() -> dict[str, str]:
    return {"Pulumi.yaml": yaml.safe_dump(PYTHON_PROJECT), "__main__.py": PYTHON}


def by_plugin(folder: Path) -> dict[str, str]:
    project = {
        "name": "moves",
        "runtime": "yaml",
        "plugins": {"providers": [{"name": "aws-health-datastores", "path": str(folder)}]},
        "resources": {
            name: {"type": f"aws-health-datastores:{kind}", "properties": properties}
            for name, (kind, properties) in RESOURCES.items()
        },
    }
    return {"Pulumi.yaml": yaml.safe_dump(project)}


def ids(outcome: Outcome) -> dict[str, str]:
    assert outcome.exit_code == 0, outcome
    return {name: outcome.resource(name)["id"] for name in RESOURCES}


def only_updates(outcome: Outcome) -> bool:
    return all(outcome.steps(name) in (["update"], ["same"]) for name in RESOURCES)


def test_a_stack_of_every_kind_moves_to_the_plugin_and_back(
    stack: PulumiCli, cloud: Sandbox, plugin_folder: Path
) -> None:
    made = ids(stack.up())
    jobs = {job.id for job in cloud.jobs()}

    stack.write(by_plugin(plugin_folder))
    moved = stack.up()
    assert ids(moved) == made
    assert only_updates(moved), moved
    unchanged = stack.preview("--expect-no-changes")
    assert unchanged.exit_code == 0, unchanged
    assert stack.refresh().exit_code == 0
    assert stack.preview("--expect-no-changes").exit_code == 0

    stack.write(dynamic())
    back = stack.up()
    assert ids(back) == made
    assert only_updates(back), back
    unchanged = stack.preview("--expect-no-changes")
    assert unchanged.exit_code == 0, unchanged

    assert {job.id for job in cloud.jobs()} == jobs
    assert {store.id for store in cloud.stores()} == {made["images"], made["records"], made["workflow"]}
    assert {store.status for store in cloud.stores()} == {"ACTIVE"}
    assert stack.destroy().exit_code == 0


def test_a_store_of_another_tool_is_imported_as_it_is_and_stays_when_the_state_forgets_it(
    stack: PulumiCli, cloud: Sandbox, plugin_folder: Path
) -> None:
    store = cloud.add_store(IMAGING, {"datastoreName": "others"})
    cloud.set_tags(store, {"aws:cloudformation:stack-name": "old", "team": "a"})
    project = by_plugin(plugin_folder)["Pulumi.yaml"]
    stack.write({"Pulumi.yaml": yaml.safe_dump({**yaml.safe_load(project), "resources": {}})})
    kind = "aws-health-datastores:index:HealthImagingDatastore"
    stack.command("import", kind, "images", store, "--yes", "--out", "printed.yaml", "--skip-preview")
    printed = yaml.safe_load((stack.folder / "printed.yaml").read_text())
    stack.write({"Pulumi.yaml": yaml.safe_dump({**yaml.safe_load(project), **printed})})
    unchanged = stack.preview("--expect-no-changes")
    assert unchanged.exit_code == 0, unchanged
    urn = f"urn:pulumi:dev::moves::{kind}::images"
    stack.command("state", "delete", urn, "--yes", "--force")
    stack.write({"Pulumi.yaml": yaml.safe_dump({**yaml.safe_load(project), "resources": {}})})
    assert stack.up().exit_code == 0
    assert [(left.id, left.status) for left in cloud.stores()] == [(store, "ACTIVE")]
