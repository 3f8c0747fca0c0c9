"""What changes in place, what replaces, and what is no change at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.kind import Kind
from provider.kinds import HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE, HEALTHLAKE_EXPORT, KINDS
from provider.models import operation
from provider.properties import DEFAULTS, Change, difference, normal
from provider.shapes import UNKNOWN, member_at
from provider.verbs.diff import RESUME, diff, unfinished
from provider.verbs.update import tag_changes

EXPECTED: list[tuple[Kind, str, Change]] = [
    (HEALTH_IMAGING_DATASTORE, "datastore_name", Change.REPLACE),
    (HEALTH_IMAGING_DATASTORE, "kms_key_arn", Change.REPLACE),
    (HEALTH_IMAGING_DATASTORE, "lambda_authorizer_arn", Change.REPLACE),
    (HEALTH_IMAGING_DATASTORE, "lossless_storage_format", Change.REPLACE),
    (HEALTH_IMAGING_DATASTORE, "tags", Change.TAGS),
    (HEALTH_IMAGING_DATASTORE, "region", Change.REPLACE),
    (HEALTHLAKE_DATASTORE, "datastore_name", Change.UPDATE),
    (HEALTHLAKE_DATASTORE, "datastore_type_version", Change.REPLACE),
    (HEALTHLAKE_DATASTORE, "sse_configuration", Change.REPLACE),
    (HEALTHLAKE_DATASTORE, "preload_data_type", Change.REPLACE),
    (HEALTHLAKE_DATASTORE, "identity_provider_configuration", Change.UPDATE),
    (HEALTHLAKE_DATASTORE, "analytics_configuration", Change.UPDATE),
    (HEALTHLAKE_DATASTORE, "nlp_configuration", Change.UPDATE),
    (HEALTHLAKE_DATASTORE, "profile_configuration", Change.UPDATE),
    (HEALTHLAKE_DATASTORE, "backup_configuration", Change.UPDATE),
    (HEALTHLAKE_DATASTORE, "tags", Change.TAGS),
    (HEALTHLAKE_DATASTORE, "export", Change.RUN),
    (HEALTHLAKE_EXPORT, "triggers", Change.REPLACE),
    (HEALTHLAKE_EXPORT, "output_s3_uri", Change.REPLACE),
]


@pytest.mark.parametrize(("kind", "name", "change"), EXPECTED)
def test_each_property_changes_in_its_way_and_alone(kind: Kind, name: str, change: Change) -> None:
    olds = {row.name: {"a": "old"} for row in kind.properties} | {"job": {"x": "y"}, "created_at": "then"}
    news = {row.name: {"a": "old"} for row in kind.properties if row.name != "adopt"} | {name: {"a": "new"}}
    olds.pop("adopt", None)
    found = diff(kind, "id", olds, news)
    assert (found.replaces, dict(found.updates)) == (
        ((name,), {}) if change is Change.REPLACE else ((), {name: change})
    )


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_member_of_the_create_operation_is_a_property(kind: Kind) -> None:
    covered = {
        row.member.partition(".")[0]
        for row in kind.properties
        if not row.operation or row.operation == kind.operation
    }
    assert covered - {""} == set(operation(kind.service, kind.operation).input_shape.members)


def test_every_member_that_healthlake_can_update_is_updated_in_place() -> None:
    taken = set(operation("healthlake", "UpdateFHIRDatastore").input_shape.members) - {"DatastoreId"}
    assert {row.member for row in HEALTHLAKE_DATASTORE.properties if row.change is Change.UPDATE} == taken


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_path_of_the_table_is_in_the_service_model(kind: Kind) -> None:
    shapes = kind._input_shapes
    parts = [part for row in kind.properties for part in row.parts]
    for row in [*kind.properties, *parts]:
        if row.member:
            member_at(shapes[row.operation], row.member)
        if row.live_path and row.change is not Change.TAGS and row.name != "client_token":
            member_at(kind._shape_of(kind.descriptions[0]), row.live_path)
    for description in kind.descriptions:
        for member in filter(None, description.outputs.values()):
            member_at(kind._shape_of(description), member)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)
props = st.fixed_dictionaries({}, optional={row.name: values for row in HEALTHLAKE_DATASTORE.properties})


@given(props)
def test_nothing_changed_is_no_difference(state: dict[str, Any]) -> None:
    assert not difference(HEALTHLAKE_DATASTORE.properties, state, state)


@given(props, props)
def test_the_difference_names_exactly_the_properties_that_differ(
    olds: dict[str, Any], news: dict[str, Any]
) -> None:
    found = difference(HEALTHLAKE_DATASTORE.properties, olds, news)
    named = {*found.replaces, *found.updates}
    names = {row.name for row in HEALTHLAKE_DATASTORE.properties}
    assert named == {name for name in names if normal(olds.get(name)) != normal(news.get(name))}


@given(values)
def test_the_normal_form_is_its_own_normal_form(value: Any) -> None:
    assert normal(normal(value)) == normal(value)


def test_numbers_compare_by_value_and_empty_is_unset() -> None:
    olds = {"backup_configuration": {"retention_period_in_days": 7}, "tags": {}}
    news = {"backup_configuration": {"retention_period_in_days": 7.0}}
    assert not difference(HEALTHLAKE_DATASTORE.properties, olds, news)


def test_a_name_that_check_made_up_is_never_a_change() -> None:
    olds, news = {"datastore_name": "a-1"}, {"datastore_name": "a-2", DEFAULTS: ["datastore_name"]}
    assert not difference(HEALTH_IMAGING_DATASTORE.properties, olds, news)


def test_an_unknown_value_counts_as_changed() -> None:
    found = difference(HEALTH_IMAGING_DATASTORE.properties, {"kms_key_arn": "a"}, {"kms_key_arn": UNKNOWN})
    assert found.replaces == ("kms_key_arn",)


def test_a_store_that_failed_to_be_made_is_replaced() -> None:
    assert diff(HEALTHLAKE_DATASTORE, "id", {"datastore_status": "CREATE_FAILED"}, {}).replaces == (
        "datastore_status",
    )
    assert not diff(HEALTHLAKE_DATASTORE, "id", {"datastore_status": "UPDATE_FAILED"}, {})


def test_what_was_interrupted_is_unfinished() -> None:
    assert unfinished({RESUME: {"step": None}})
    assert not unfinished({})


tags = st.none() | st.dictionaries(st.sampled_from("abcde"), st.sampled_from("xyz"))


@given(tags, tags)
def test_tag_changes_lead_from_the_old_tags_to_the_new_ones(
    olds: dict[str, str] | None, news: dict[str, str] | None
) -> None:
    put, gone = tag_changes(olds, news)
    assert {key: value for key, value in {**(olds or {}), **put}.items() if key not in gone} == (news or {})
    assert not put.keys() & set(gone)
    assert all((olds or {}).get(key) != value for key, value in put.items())
