"""RestoreFHIRDatastore: a new store from another one's backup."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.aws import Sandbox

POINT = "ContinuousBackupRestoreConfiguration"


@pytest.fixture
def backed_up(cloud: Sandbox) -> str:
    return cloud.add_store(
        "healthlake",
        {
            "DatastoreTypeVersion": "R4",
            "DatastoreName": "records",
            "NlpConfiguration": {"Status": "ENABLED"},
            "BackupConfiguration": {"Status": "ENABLED", "RetentionPeriodInDays": 7},
        },
    )


def test_a_restored_store_is_a_new_one_like_its_source(cloud: Sandbox, lake: Any, backed_up: str) -> None:
    asked = {
        "SourceDatastoreId": backed_up,
        "RestoreConfiguration": {POINT: {}},
        "DatastoreName": "again",
        "ClientToken": "once",
        "Tags": [{"Key": "team", "Value": "a"}],
    }
    made = lake.restore_fhir_datastore(**asked)
    assert made["DatastoreStatus"] == "CREATING"
    assert lake.restore_fhir_datastore(**asked)["DatastoreId"] == made["DatastoreId"] != backed_up
    cloud.advance(20 * 60)
    shown = lake.describe_fhir_datastore(DatastoreId=made["DatastoreId"])["DatastoreProperties"]
    assert (shown["DatastoreStatus"], shown["DatastoreName"]) == ("ACTIVE", "again")
    assert shown["NlpConfiguration"] == {"Status": "ENABLED"}
    assert cloud.store(made["DatastoreId"]).tags == {"team": "a"}


def test_a_point_outside_of_the_backup_is_refused(
    cloud: Sandbox, lake: Any, backed_up: str, refused: Callable[..., Any]
) -> None:
    now = datetime.fromtimestamp(cloud.health().clock, UTC)
    for point in (now - timedelta(days=1), now + timedelta(days=1)):
        asked = {"RestoreConfiguration": {POINT: {"RestorePointTime": point}}, "SourceDatastoreId": backed_up}
        assert refused(lake.restore_fhir_datastore, **asked) == (400, "ValidationException")


def test_only_a_store_with_a_backup_is_restored(
    lake: Any, lake_store: str, refused: Callable[..., Any]
) -> None:
    how: dict[str, Any] = {"RestoreConfiguration": {POINT: {}}}
    call = lake.restore_fhir_datastore
    assert refused(call, SourceDatastoreId=lake_store, **how) == (400, "ValidationException")
    assert refused(call, SourceDatastoreId="0" * 32, **how) == (400, "ResourceNotFoundException")
