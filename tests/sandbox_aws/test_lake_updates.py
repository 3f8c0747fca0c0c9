from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws import Sandbox


def describe(lake: Any, datastore_id: str) -> dict[str, Any]:
    return dict(lake.describe_fhir_datastore(DatastoreId=datastore_id)["DatastoreProperties"])


def test_name_and_profiles_change_at_once(lake: Any, lake_store: str) -> None:
    profiles = {"DefaultProfiles": ["http://hl7.org/fhir/us/core"]}
    shown = lake.update_fhir_datastore(
        DatastoreId=lake_store, DatastoreName="renamed", ProfileConfiguration=profiles
    )["DatastoreProperties"]
    assert (shown["DatastoreStatus"], shown["DatastoreName"]) == ("ACTIVE", "renamed")
    assert describe(lake, lake_store)["ProfileConfiguration"] == profiles


def test_the_identity_provider_is_replaced_whole(lake: Any, lake_store: str) -> None:
    lake.update_fhir_datastore(
        DatastoreId=lake_store, IdentityProviderConfiguration={"AuthorizationStrategy": "AWS_AUTH"}
    )
    shown = describe(lake, lake_store)["IdentityProviderConfiguration"]
    assert shown == {"AuthorizationStrategy": "AWS_AUTH"}


@pytest.mark.parametrize(
    "case",
    [("AnalyticsConfiguration", "PAUSED", "PAUSING"), ("NlpConfiguration", "ENABLED", "ENABLING")],
)
def test_a_switch_takes_a_while(
    cloud: Sandbox, lake: Any, lake_store: str, case: tuple[str, str, str]
) -> None:
    member, wanted, on_the_way = case
    lake.update_fhir_datastore(DatastoreId=lake_store, **{member: {"Status": wanted}})
    meanwhile = describe(lake, lake_store)
    assert (meanwhile["DatastoreStatus"], meanwhile[member]["Status"]) == ("UPDATING", on_the_way)
    cloud.advance(301)
    after = describe(lake, lake_store)
    assert (after["DatastoreStatus"], after[member]["Status"]) == ("ACTIVE", wanted)


def test_analytics_are_enabled_where_a_caller_says_nothing(lake: Any, lake_store: str) -> None:
    assert describe(lake, lake_store)["AnalyticsConfiguration"] == {"Status": "ENABLED"}


@pytest.mark.parametrize("status", ["DISABLED", "PAUSING", "ENABLING"])
def test_analytics_take_no_other_status_from_a_caller(
    lake: Any, lake_store: str, refused: Callable[..., Any], status: str
) -> None:
    asked = {"DatastoreId": lake_store, "AnalyticsConfiguration": {"Status": status}}
    assert refused(lake.update_fhir_datastore, **asked) == (400, "ValidationException")


def test_a_backup_change_takes_a_while_and_keeps_what_was_left_out(
    cloud: Sandbox, lake: Any, lake_store: str
) -> None:
    for change in ({"Status": "ENABLED", "BackupType": "CONTINUOUS"}, {"RetentionPeriodInDays": 9}):
        lake.update_fhir_datastore(DatastoreId=lake_store, BackupConfiguration=change)
        assert describe(lake, lake_store)["DatastoreStatus"] == "UPDATING"
        cloud.advance(301)
    shown = describe(lake, lake_store)["BackupStatusInfo"]
    assert shown["Configuration"] == {
        "Status": "ENABLED",
        "BackupType": "CONTINUOUS",
        "RetentionPeriodInDays": 9,
    }
    assert "BackupEnabledAt" in shown


def test_a_switch_that_is_already_so_changes_nothing(lake: Any, lake_store: str) -> None:
    lake.update_fhir_datastore(DatastoreId=lake_store, NlpConfiguration={"Status": "DISABLED"})
    assert describe(lake, lake_store)["DatastoreStatus"] == "ACTIVE"


def test_a_failed_update_tells_its_cause_and_leaves_things_as_they_were(
    cloud: Sandbox, lake: Any, lake_store: str
) -> None:
    cloud.fail_next_update(message="no analytics today")
    lake.update_fhir_datastore(DatastoreId=lake_store, AnalyticsConfiguration={"Status": "PAUSED"})
    cloud.advance(301)
    shown = describe(lake, lake_store)
    assert shown["DatastoreStatus"] == "UPDATE_FAILED"
    assert shown["ErrorCause"]["ErrorMessage"] == "no analytics today"
    assert shown["AnalyticsConfiguration"] == {"Status": "ENABLED"}
    lake.update_fhir_datastore(DatastoreId=lake_store, AnalyticsConfiguration={"Status": "PAUSED"})
    cloud.advance(301)
    assert describe(lake, lake_store)["DatastoreStatus"] == "ACTIVE"
    assert "ErrorCause" not in describe(lake, lake_store)


def test_an_update_can_be_stuck(cloud: Sandbox, lake: Any, lake_store: str) -> None:
    cloud.stick_next_update()
    lake.update_fhir_datastore(DatastoreId=lake_store, AnalyticsConfiguration={"Status": "PAUSED"})
    cloud.advance(100_000)
    assert describe(lake, lake_store)["DatastoreStatus"] == "UPDATING"


@pytest.mark.parametrize(
    "case",
    [
        ("CREATING", "ConflictException"),
        ("CREATE_FAILED", "ConflictException"),
        ("UPDATING", "ConflictException"),
        ("DELETING", "ConflictException"),
        ("DELETED", "ResourceNotFoundException"),
    ],
)
def test_a_store_in_that_state_cannot_be_updated(
    cloud: Sandbox, lake: Any, lake_store: str, refused: Callable[..., Any], case: tuple[str, str]
) -> None:
    state, code = case
    cloud.force_status(lake_store, state)
    assert refused(lake.update_fhir_datastore, DatastoreId=lake_store, DatastoreName="x") == (400, code)
    assert cloud.store(lake_store).name == "records"


def test_an_update_of_nothing_is_refused(lake: Any, lake_store: str, refused: Callable[..., Any]) -> None:
    assert refused(lake.update_fhir_datastore, DatastoreId=lake_store) == (400, "ValidationException")


def test_an_unknown_store_is_not_found(lake: Any, refused: Callable[..., Any]) -> None:
    refusal = refused(lake.update_fhir_datastore, DatastoreId="0" * 32, DatastoreName="x")
    assert refusal == (400, "ResourceNotFoundException")
