"""The whole life of the stores: changed in place, refreshed, adopted, read, emptied and destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine
    from tests.e2e.harness import Engine

pytestmark = pytest.mark.e2e

IMAGES = """
import pulumi
from provider import HealthImagingDatastore
images = HealthImagingDatastore("images", {arguments})
pulumi.export("id", images.datastore_id)
pulumi.export("name", images.datastore_name)
pulumi.export("tags", images.tags)
"""

RECORDS = """
import pulumi
from provider import ExportArgs, HealthLakeDatastore
records = HealthLakeDatastore("records", {arguments})
pulumi.export("id", records.datastore_id)
pulumi.export("name", records.datastore_name)
pulumi.export("job", records.job_id)
"""

EXPORT = (
    'export=ExportArgs("s3://exports/{prefix}", "alias/exports", "arn:aws:iam::123456789012:role/export"), '
)


class Stack:
    """A stack of one resource whose arguments a test changes."""

    def __init__(self, engine: Engine, template: str, cloud: Sandbox) -> None:
        self.engine = engine
        self.cloud = cloud
        self._template = template
        engine.environment |= cloud.env

    def up(self, arguments: str = "", *options: str) -> dict[str, object]:
        """Bring the stack up with those arguments; return the number of resources by what was done."""
        self.engine.write(self._template.format(arguments=arguments))
        outcome = self.engine.up(*options)
        assert outcome.exit_code == 0, str(outcome)
        return dict(outcome.changes)

    def output(self, name: str) -> object:
        """An output of the stack."""
        return self.engine.deployment() and _outputs(self.engine)[name]

    def calls(self, operation: str) -> int:
        """How often an operation was called."""
        return self.cloud.counts().get(operation, 0)


def _outputs(engine: Engine) -> dict[str, object]:
    (stack,) = [each for each in engine.deployment()["resources"] if each["type"] == "pulumi:pulumi:Stack"]
    return dict(stack["outputs"])


@pytest.fixture
def images(make_engine: MakeEngine, cloud: Sandbox) -> Stack:
    return Stack(make_engine(IMAGES.format(arguments="")), IMAGES, cloud)


@pytest.fixture
def records(make_engine: MakeEngine, cloud: Sandbox) -> Stack:
    return Stack(make_engine(RECORDS.format(arguments="")), RECORDS, cloud)


def test_what_healthlake_can_change_is_changed_in_place(records: Stack) -> None:
    records.up('datastore_name="one", tags={"a": "1", "b": "2"}')
    made = records.output("id")
    changed = records.up(
        'datastore_name="two", tags={"a": "1", "c": "3"}, nlp_configuration={"status": "ENABLED"}'
    )
    assert changed["update"] == 1
    store = records.cloud.store(str(made))
    assert (records.output("id"), store.name, store.tags) == (made, "two", {"a": "1", "c": "3"})
    assert set(
        records.up('datastore_name="two", tags={"a": "1", "c": "3"}, nlp_configuration={"status": "ENABLED"}')
    ) == {"same"}
    assert records.engine.destroy().exit_code == 0


def test_what_only_a_new_store_can_have_replaces_and_the_preview_says_what_is_lost(images: Stack) -> None:
    images.up('datastore_name="one"')
    made = images.output("id")
    images.engine.write(IMAGES.format(arguments='datastore_name="two"'))
    preview = images.engine.preview()
    assert "datastore_name cannot be changed in place" in preview.text
    assert "the data in it destroyed" in preview.text
    assert images.up('datastore_name="two"')["replace"] == 1
    (store,) = images.cloud.stores()
    assert (store.id, store.name) == (images.output("id"), "two")
    assert store.id != made


def test_what_was_changed_outside_is_shown_by_a_refresh_and_put_back_by_the_next_up(records: Stack) -> None:
    arguments = 'datastore_name="one", tags={"a": "1"}, analytics_configuration={"status": "ENABLED"}'
    records.up(arguments)
    made = str(records.output("id"))
    records.cloud.rename(made, "elsewhere")
    records.cloud.set_tags(made, {"a": "2", "b": "3"})
    assert records.engine.refresh().resource("records")["outputs"]["datastore_name"] == "elsewhere"
    assert records.up(arguments)["update"] == 1
    store = records.cloud.store(made)
    assert (store.name, store.tags) == ("one", {"a": "1"})


def test_a_store_that_was_deleted_outside_is_made_again(images: Stack) -> None:
    images.up()
    images.cloud.remove_store(str(images.output("id")))
    assert images.engine.refresh().names() == []
    assert images.up()["create"] == 1
    assert len(images.cloud.stores()) == 1


def test_a_changed_export_runs_alone_and_a_removed_one_touches_nothing(records: Stack) -> None:
    records.up(EXPORT.format(prefix="one"))
    first, made = records.output("job"), records.output("id")
    assert records.up(EXPORT.format(prefix="two"))["update"] == 1
    assert records.output("job") != first
    assert records.up() == {"same": 1, "update": 1}
    assert (
        records.output("id"),
        records.calls("StartFHIRExportJob"),
        records.calls("CreateFHIRDatastore"),
    ) == (made, 2, 1)


def test_an_existing_store_is_adopted_without_being_touched(records: Stack) -> None:
    existing = records.cloud.add_store(
        "healthlake", {"DatastoreName": "legacy", "DatastoreTypeVersion": "R4"}
    )
    arguments = f'adopt="{existing}", datastore_name="renamed", tags={{"team": "a"}}'
    records.engine.write(RECORDS.format(arguments=arguments))
    preview = records.engine.preview()
    assert "the next update would change datastore_name, tags" in preview.text, str(preview)
    assert records.up(arguments)["create"] == 2
    assert (records.output("id"), records.cloud.store(existing).name) == (existing, "legacy")
    assert records.up(arguments)["update"] == 1
    assert (records.cloud.store(existing).name, records.cloud.store(existing).tags) == (
        "renamed",
        {"team": "a"},
    )
    assert records.calls("CreateFHIRDatastore") == 0


def test_a_store_that_differs_in_what_cannot_change_is_not_adopted(images: Stack) -> None:
    existing = images.cloud.add_store("medical-imaging", {"datastoreName": "legacy"})
    images.engine.write(IMAGES.format(arguments=f'adopt="{existing}", datastore_name="other"'))
    preview = images.engine.preview()
    assert preview.exit_code != 0
    assert "cannot be changed" in preview.text
    assert "legacy" in preview.text


def test_a_store_can_be_read_without_being_managed(make_engine: MakeEngine, cloud: Sandbox) -> None:
    existing = cloud.add_store("healthlake", {"DatastoreName": "legacy", "DatastoreTypeVersion": "R4"})
    program = RECORDS.replace(
        'HealthLakeDatastore("records", {arguments})', f'HealthLakeDatastore.get("records", "{existing}")'
    )
    engine = make_engine(program)
    engine.environment |= cloud.env
    outcome = engine.up()
    assert outcome.exit_code == 0, str(outcome)
    assert (outcome.outputs["id"], outcome.outputs["name"]) == (existing, "legacy")
    assert engine.destroy().exit_code == 0
    assert [store.id for store in cloud.stores()] == [existing]


def test_a_store_that_is_not_empty_is_deleted_only_by_force(images: Stack) -> None:
    images.up()
    made = str(images.output("id"))
    images.cloud.add_image_sets(made, 3)
    refused = images.engine.destroy()
    assert refused.exit_code != 0
    assert "still holds 3 image sets" in refused.text
    assert "force_destroy" in refused.text
    images.up("force_destroy=True")
    destroyed = images.engine.destroy()
    assert destroyed.exit_code == 0, str(destroyed)
    assert images.cloud.stores() == []
