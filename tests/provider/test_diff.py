"""What changes in place, what replaces, and what is not a change at all."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.arazzo import load
from provider.documents import DOCUMENTS
from provider.kinds.equivalence import covers, normal
from provider.kinds.hidden import DEFAULTS, RESUME
from provider.kinds.properties import Change, Property, difference
from provider.kinds.row import Row
from provider.kinds.table import (
    HEALTH_IMAGING_DATASTORE,
    HEALTHLAKE_DATASTORE,
    HEALTHLAKE_EXPORT,
    KINDS,
)
from provider.kinds.workflow import workflow_kind
from provider.models.services import operation, service_model
from provider.models.shapes import UNKNOWN, member_at, snake
from provider.program.arguments import (
    AnalyticsConfigurationArgs,
    BackupConfigurationArgs,
    ExportArgs,
    ExportArgsDict,
    IdentityProviderConfigurationArgs,
    NlpConfigurationArgs,
    ProfileConfigurationArgs,
    SseConfigurationArgs,
)
from provider.verbs.diff import diff, unfinished
from provider.verbs.update import tag_changes

EXPECTED: list[tuple[Row, str, Change]] = [
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
def test_each_property_changes_in_its_way_and_alone(kind: Row, name: str, change: Change) -> None:
    olds = {row.name: {"a": "old"} for row in kind.properties} | {"job": {"x": "y"}, "created_at": "then"}
    news = {row.name: {"a": "old"} for row in kind.properties if row.name != "adopt"} | {name: {"a": "new"}}
    olds.pop("adopt", None)
    found = diff(kind, "id", olds, news)
    assert (found.replaces, dict(found.updates)) == (
        ((name,), {}) if change is Change.REPLACE else ((), {name: change})
    )


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_member_of_the_create_operation_is_a_property(kind: Row) -> None:
    covered = {
        row.member.partition(".")[0]
        for row in kind.properties
        if not row.operation or row.operation == kind.operation
    }
    assert covered - {""} == set(operation(kind.service, kind.operation).input_shape.members)


def leaves(shape: Any, path: str = "") -> set[str]:
    """The paths of all members of a shape, down to what has no members of its own."""
    if shape.type_name == "list" and shape.member.type_name == "structure":
        return leaves(shape.member, f"{path}[]")
    if shape.type_name != "structure":
        return {path}
    inner = (leaves(member, f"{path}.{name}".lstrip(".")) for name, member in shape.members.items())
    return set().union(*inner)


def carried(document: Path, operation_id: str, shape: Any) -> set[str]:
    """The paths of the members that a document's steps carry; a whole member with all in it."""
    steps = [step for workflow in load(document).workflows for step in workflow.steps]
    found: set[str] = set()
    for step in steps:
        if step.target and step.target.operation_id == operation_id and step.request_body:
            assert step.request_body.payload is not None
            found |= set(payload_leaves(step.request_body.payload.source, shape))
    return found


def payload_leaves(payload: Any, shape: Any, path: str = "") -> set[str]:
    if not isinstance(payload, dict):
        return leaves(shape, path)
    inner = (
        payload_leaves(value, shape.members[name], f"{path}.{name}".lstrip("."))
        for name, value in payload.items()
    )
    return set().union(*inner)


MAKES_OR_CHANGES = [
    ("healthlake", "healthlake-provision-datastore-and-export", "CreateFHIRDatastore"),
    ("healthlake", "healthlake-provision-datastore-and-export", "StartFHIRExportJob"),
    ("healthlake", "healthlake-export-data", "StartFHIRExportJob"),
    ("healthlake", "healthlake-manage-datastore", "UpdateFHIRDatastore"),
    ("medical-imaging", "healthimaging-provision-datastore", "CreateDatastore"),
]


@pytest.mark.parametrize(("service", "document", "name"), MAKES_OR_CHANGES)
def test_every_member_at_any_depth_is_carried_by_the_documents(
    service: str, document: str, name: str
) -> None:
    shape = operation(service, name).input_shape
    assert carried(DOCUMENTS / f"{document}.arazzo.yaml", name, shape) == leaves(shape)


ARGUMENTS = {
    "sse_configuration": SseConfigurationArgs,
    "identity_provider_configuration": IdentityProviderConfigurationArgs,
    "analytics_configuration": AnalyticsConfigurationArgs,
    "nlp_configuration": NlpConfigurationArgs,
    "profile_configuration": ProfileConfigurationArgs,
    "backup_configuration": BackupConfigurationArgs,
}


@pytest.mark.parametrize(("name", "typed"), ARGUMENTS.items())
def test_every_nested_member_is_a_key_of_the_typed_arguments(name: str, typed: Any) -> None:
    rows = {row.name: row for row in HEALTHLAKE_DATASTORE.properties}
    shape = member_at(HEALTHLAKE_DATASTORE._input_shapes[""], rows[name].member)
    assert set(typed.__annotations__) == {snake(member) for member in shape.members}


def test_every_member_of_an_export_is_a_property_of_it() -> None:
    shape = operation("healthlake", "StartFHIRExportJob").input_shape
    parts = next(row for row in HEALTHLAKE_DATASTORE.properties if row.name == "export").parts
    assert {part.member for part in parts} | {"DatastoreId", "ClientToken"} == leaves(shape)
    assert {field.name for field in fields(ExportArgs)} == {part.name for part in parts}
    assert set(ExportArgsDict.__annotations__) == {part.name for part in parts}


def test_healthimaging_has_no_operation_that_updates_a_store() -> None:
    names = service_model("medical-imaging").operation_names
    assert [name for name in names if "Datastore" in name and not name.startswith(KNOWN)] == []


KNOWN = ("Create", "Delete", "Get", "List")


def test_every_member_that_healthlake_can_update_is_updated_in_place() -> None:
    taken = set(operation("healthlake", "UpdateFHIRDatastore").input_shape.members) - {"DatastoreId"}
    assert {row.member for row in HEALTHLAKE_DATASTORE.properties if row.change is Change.UPDATE} == taken


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_path_of_the_table_is_in_the_service_model(kind: Row) -> None:
    shapes = kind._input_shapes
    parts = [part for row in kind.properties for part in row.parts]
    for row in [*kind.properties, *parts]:
        if row.member:
            member_at(shapes[row.operation], row.member)
        if row.live_path and row.change is not Change.TAGS and row.name != "client_token":
            member_at(kind.shape_of(kind.descriptions[0]), row.live_path)
    for description in kind.descriptions:
        for member in filter(None, description.outputs.values()):
            member_at(kind.shape_of(description), member)


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

    def differ(row: Property) -> bool:
        before, after = (row.spelling(values.get(row.name), olds) for values in (olds, news))
        stays = row.change is Change.REPLACE and (normal(news.get(row.name)) is None or covers(after, before))
        return bool(normal(before) != normal(after)) and not stays

    assert named == {row.name for row in HEALTHLAKE_DATASTORE.properties if differ(row)}


STORE = {"datastore_arn": "arn:aws:healthlake:eu-west-1:123456789012:datastore/fhir/abc"}
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
HERE = "arn:aws:kms:eu-west-1:123456789012:"


def encrypted(key: str | None) -> dict[str, Any]:
    kind = "AWS_OWNED_KMS_KEY" if key is None else "CUSTOMER_MANAGED_KMS_KEY"
    return {"sse_configuration": {"kms_encryption_config": {"cmk_type": kind, "kms_key_id": key}}}


@pytest.mark.parametrize(
    ("kind", "olds", "news"),
    [
        (HEALTHLAKE_DATASTORE, {}, encrypted(None)),
        (HEALTHLAKE_DATASTORE, encrypted(None), {}),
        (HEALTHLAKE_DATASTORE, encrypted(KEY), encrypted(f"{HERE}key/{KEY}")),
        (HEALTHLAKE_DATASTORE, encrypted(f"key/{KEY}"), encrypted(KEY)),
        (HEALTHLAKE_DATASTORE, encrypted(f"{HERE}alias/a"), encrypted("alias/a")),
        (HEALTH_IMAGING_DATASTORE, {}, {"lossless_storage_format": "HTJ2K"}),
    ],
)
def test_what_is_only_written_differently_replaces_nothing(
    kind: Row, olds: dict[str, Any], news: dict[str, Any]
) -> None:
    assert not diff(kind, "id", {**STORE, **olds}, news)
    assert not diff(kind, "id", {**STORE, **news}, olds)


@pytest.mark.parametrize(
    ("olds", "news"),
    [
        (encrypted(None), encrypted(KEY)),
        ({}, encrypted(KEY)),
        (encrypted("alias/a"), encrypted(f"{HERE}alias/b".replace("alias/b", "key/alias"))),
        (encrypted("alias/a"), encrypted("arn:aws:kms:eu-west-1:999999999999:alias/a")),
        (encrypted(KEY), encrypted(f"arn:aws:kms:us-east-1:123456789012:key/{KEY}")),
    ],
)
def test_another_key_replaces(olds: dict[str, Any], news: dict[str, Any]) -> None:
    assert diff(HEALTHLAKE_DATASTORE, "id", {**STORE, **olds}, news).replaces == ("sse_configuration",)


UNMENTIONED = [
    (HEALTH_IMAGING_DATASTORE, {"kms_key_arn": "k"}, {}, ["kms_key_arn"]),
    (
        HEALTH_IMAGING_DATASTORE,
        {"lambda_authorizer_arn": "f"},
        {"lambda_authorizer_arn": None},
        ["lambda_authorizer_arn"],
    ),
    (
        HEALTH_IMAGING_DATASTORE,
        {"lossless_storage_format": "JPEG_2000_LOSSLESS"},
        {},
        ["lossless_storage_format"],
    ),
    (HEALTHLAKE_DATASTORE, {"preload_data_type": "SYNTHEA"}, {}, ["preload_data_type"]),
    (HEALTHLAKE_DATASTORE, encrypted(KEY), {}, ["sse_configuration"]),
    (
        HEALTHLAKE_DATASTORE,
        encrypted(KEY),
        {"sse_configuration": {"kms_encryption_config": {}}},
        ["sse_configuration"],
    ),
    (HEALTHLAKE_EXPORT, {"triggers": {"run": 1}}, {}, ["triggers"]),
    (
        workflow_kind({"create": "c"}),
        {"inputs": {"a": 1, "b": {"c": 2, "d": 3}}},
        {"inputs": {"a": 1.0, "b": {"d": 3}}},
        ["inputs.b.c"],
    ),
]


@pytest.mark.parametrize(("kind", "olds", "news", "kept"), UNMENTIONED)
def test_what_is_no_longer_mentioned_replaces_nothing(
    kind: Row, olds: dict[str, Any], news: dict[str, Any], kept: list[str]
) -> None:
    found = diff(kind, "id", {**STORE, **olds}, news)
    assert (found.replaces, dict(found.updates), list(found.kept)) == ((), {}, kept)
    assert not found


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
