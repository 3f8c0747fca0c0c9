"""When the claim comes off a store on the plugin face, where no program says that the store is in a state."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from provider.verbs.claims import KEY
from tests.plugin.harness import Life, Plugin
from tests.plugin.test_life import EXPORT

if TYPE_CHECKING:
    from sandbox.aws import Sandbox


def claimed(cloud: Sandbox) -> set[str]:
    """The ids of the stores that carry a claim."""
    return {store.id for store in cloud.stores() if KEY in store.tags}


def test_it_comes_off_once_another_resource_names_the_store(plugin: Plugin, cloud: Sandbox) -> None:
    lake, other = Life(plugin, "HealthLakeDatastore", "records"), Life(plugin, "HealthLakeDatastore", "other")
    lake.create({})
    other.create({})
    assert claimed(cloud) == {lake.id, other.id}
    Life(plugin, "HealthLakeExport", "nightly").create({"datastoreId": lake.id, **EXPORT})
    assert claimed(cloud) == {other.id}


def test_it_comes_off_once_the_store_in_whose_place_it_came_is_deleted(
    start: Callable[..., Plugin], cloud: Sandbox
) -> None:
    old = Life(start(), "HealthImagingDatastore", "images")
    old.create({})
    new = Life(start(), "HealthImagingDatastore", "images")
    new.plugin = old.plugin = start()
    old.diff(old.checked({"losslessStorageFormat": "JPEG_2000_LOSSLESS"}))
    new.create({"losslessStorageFormat": "JPEG_2000_LOSSLESS"})
    assert claimed(cloud) == {new.id}
    old.delete()
    assert claimed(cloud) == set()


def test_a_deletion_takes_it_off_the_stores_that_the_engine_showed(
    start: Callable[..., Plugin], cloud: Sandbox
) -> None:
    plugin = start()
    stays, goes = (Life(plugin, "HealthImagingDatastore", name) for name in ("stays", "goes"))
    stays.create({})
    goes.create({})
    stays.plugin = goes.plugin = start()
    stays.diff(stays.checked({}))
    assert claimed(cloud) == {stays.id, goes.id}
    goes.delete()
    assert claimed(cloud) == set()


@pytest.mark.parametrize("words", ["1", "true"])
def test_what_an_engine_without_checkpoints_names_is_not_in_its_state_yet(
    start: Callable[..., Plugin], cloud: Sandbox, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setenv("PULUMI_SKIP_CHECKPOINTS", words)
    plugin = start()
    lake = Life(plugin, "HealthLakeDatastore", "records")
    lake.create({})
    Life(plugin, "HealthLakeExport", "nightly").create({"datastoreId": lake.id, **EXPORT})
    assert claimed(cloud) == {lake.id}


def test_a_store_that_another_process_of_the_run_adopts_is_not_deleted(
    start: Callable[..., Plugin], cloud: Sandbox
) -> None:
    old = Life(start(), "HealthImagingDatastore", "old")
    old.create({})
    new = Life(start(beside=old.plugin), "HealthImagingDatastore", "new")
    new.create({"adopt": old.id})
    old.delete()
    assert [store.id for store in cloud.stores() if store.status == "ACTIVE"] == [old.id]
    said = f"{old.id} is not deleted: new of this stack adopts it"
    assert any(said in text for text in old.plugin.engine.texts())
