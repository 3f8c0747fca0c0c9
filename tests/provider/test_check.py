"""What AWS would refuse is refused by check, each fault on its property, all at once."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.output import UNKNOWN as THEIRS

from provider.aws.configuration import IgnoredTags
from provider.dynamic.bridge import Bridge
from provider.dynamic.host import HostCall
from provider.kinds.hidden import DEFAULTS, left_to_provider
from provider.kinds.kind import Kind
from provider.kinds.table import HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE, HEALTHLAKE_EXPORT, KINDS
from provider.models.shapes import UNKNOWN, Fault
from provider.verbs.check import Surroundings, check
from provider.verbs.process import Process

AROUND = Surroundings(name="records", seed=b"seed", region="us-east-1")

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::123456789012:role/export"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:authorizer"
EXPORT = {"output_s3_uri": "s3://bucket/out", "output_kms_key_id": KEY, "data_access_role_arn": ROLE}
SMART = {
    "authorization_endpoint": "https://idp/authorize",
    "token_endpoint": "https://idp/token",
    "capabilities": ["launch-ehr"],
    "grant_types_supported": ["authorization_code"],
    "code_challenge_methods_supported": ["S256"],
}


def faults(kind: Kind, **values: Any) -> dict[str, str]:
    if kind is HEALTHLAKE_DATASTORE:
        values = {"datastore_type_version": "R4", **values}
    found: dict[str, str] = {}
    for fault in check(kind, {}, values, AROUND)[1]:
        found[fault.path] = f"{found.get(fault.path, '')} {fault.reason}"
    return found


def idp(**config: Any) -> dict[str, Any]:
    return {"identity_provider_configuration": config}


GOOD: list[tuple[Kind, dict[str, Any]]] = [
    (HEALTH_IMAGING_DATASTORE, {}),
    (
        HEALTH_IMAGING_DATASTORE,
        {"kms_key_arn": KEY, "lossless_storage_format": "HTJ2K", "tags": {"team": "x y"}},
    ),
    (HEALTH_IMAGING_DATASTORE, {"lambda_authorizer_arn": FUNCTION, "client_token": "a_b.c"}),
    (HEALTHLAKE_DATASTORE, {}),
    (HEALTHLAKE_DATASTORE, {"export": EXPORT, "tags": {"cost center": "a@b"}}),
    (
        HEALTHLAKE_DATASTORE,
        {"sse_configuration": {"kms_encryption_config": {"cmk_type": "AWS_OWNED_KMS_KEY"}}},
    ),
    (HEALTHLAKE_DATASTORE, {"backup_configuration": {"status": "ENABLED", "retention_period_in_days": 7.0}}),
    (HEALTHLAKE_DATASTORE, {"preload_data_type": "SYNTHEA", "nlp_configuration": {"status": "ENABLED"}}),
    (
        HEALTHLAKE_DATASTORE,
        idp(authorization_strategy="SMART_ON_FHIR", metadata=json.dumps(SMART), idp_lambda_arn=FUNCTION),
    ),
    (HEALTHLAKE_DATASTORE, {"analytics_configuration": {"status": "PAUSED"}}),
    (HEALTHLAKE_EXPORT, {"datastore_id": "d" * 32, **EXPORT, "triggers": {"run": "1"}}),
    (HEALTHLAKE_EXPORT, {"datastore_id": "d" * 32, **EXPORT, "region": "us-west-2"}),
    (HEALTH_IMAGING_DATASTORE, {"kms_key_arn": KEY, "region": UNKNOWN}),
    (HEALTH_IMAGING_DATASTORE, {"kms_key_arn": KEY, "region": "moon-north-1"}),
]


@pytest.mark.parametrize(("kind", "values"), GOOD)
def test_what_aws_takes_is_not_refused(kind: Kind, values: dict[str, Any]) -> None:
    assert faults(kind, **values) == {}


BAD: list[tuple[Kind, dict[str, Any], str, str]] = [
    (HEALTH_IMAGING_DATASTORE, {"datastore_name": "has space"}, "datastore_name", "must match"),
    (HEALTH_IMAGING_DATASTORE, {"datastore_name": ""}, "datastore_name", "at least 1"),
    (HEALTH_IMAGING_DATASTORE, {"datastore_name": "a" * 257}, "datastore_name", "at most 256"),
    (HEALTH_IMAGING_DATASTORE, {"datastore_name": 5}, "datastore_name", "must be a string"),
    (HEALTH_IMAGING_DATASTORE, {"kms_key_arn": "1234abcd"}, "kms_key_arn", "not a bare key id"),
    (
        HEALTH_IMAGING_DATASTORE,
        {"lossless_storage_format": "HTJ2"},
        "lossless_storage_format",
        "did you mean HTJ2K",
    ),
    (HEALTH_IMAGING_DATASTORE, {"tags": {"a b": "x"}}, "tags.a b", "the key must match"),
    (
        HEALTH_IMAGING_DATASTORE,
        {"tags": {"aws:x": "x"}},
        "tags.aws:x",
        "only AWS sets tags that begin with aws:",
    ),
    (
        HEALTH_IMAGING_DATASTORE,
        {"tags": {f"key-{n}": "x" for n in range(51)}},
        "tags",
        "has 51 tags, the stack's default tags included; AWS allows 50",
    ),
    (HEALTH_IMAGING_DATASTORE, {"tags": {"k": 1}}, "tags.k", "must be a string"),
    (HEALTH_IMAGING_DATASTORE, {"tags": ["k"]}, "tags", "must be a map"),
    (HEALTH_IMAGING_DATASTORE, {"client_token": "a b"}, "client_token", "must match"),
    (HEALTHLAKE_DATASTORE, {"client_token": "a_b"}, "client_token", "must match"),
    (HEALTHLAKE_DATASTORE, {"datastore_type_version": "R5"}, "datastore_type_version", "must be one of R4"),
    (HEALTHLAKE_DATASTORE, {"datastore_type_version": None}, "datastore_type_version", "is required"),
    (HEALTHLAKE_DATASTORE, {"tags": {"k": "a*b"}}, "tags.k", "must match"),
    (HEALTHLAKE_DATASTORE, {"tags": {"a*": "b"}}, "tags.a*", "the key must match"),
    (HEALTHLAKE_DATASTORE, {"tags": {f"k{i}": "v" for i in range(201)}}, "tags", "AWS allows 50"),
    (
        HEALTHLAKE_DATASTORE,
        {"sse_configuration": {}},
        "sse_configuration.kms_encryption_config",
        "is required",
    ),
    (HEALTHLAKE_DATASTORE, {"sse_configuration": "x"}, "sse_configuration", "must be an object"),
    (
        HEALTHLAKE_DATASTORE,
        {"sse_configuration": {"kms_encryption_config": {"cmk_typ": "AWS_OWNED_KMS_KEY"}}},
        "sse_configuration.kms_encryption_config.cmk_typ",
        "did you mean cmk_type",
    ),
    (
        HEALTHLAKE_DATASTORE,
        {"nlp_configuration": {"status": "ENABLING"}},
        "nlp_configuration.status",
        "must be ENABLED or DISABLED; only the service reports ENABLING",
    ),
    (
        HEALTHLAKE_DATASTORE,
        {"analytics_configuration": {"status": "PAUSING"}},
        "analytics_configuration.status",
        "must be ENABLED or PAUSED; only the service reports PAUSING",
    ),
    (
        HEALTHLAKE_DATASTORE,
        {"backup_configuration": {"retention_period_in_days": 31}},
        "backup_configuration.retention_period_in_days",
        "from 1 to 30",
    ),
    (
        HEALTHLAKE_DATASTORE,
        {"backup_configuration": {"retention_period_in_days": 1.5}},
        "backup_configuration.retention_period_in_days",
        "whole number",
    ),
    (
        HEALTHLAKE_DATASTORE,
        {"profile_configuration": {"default_profiles": ["a", 1]}},
        "profile_configuration.default_profiles[1]",
        "must be a string",
    ),
    (
        HEALTHLAKE_DATASTORE,
        idp(authorization_strategy="SMART_ON_FHIR", metadata="{not json", idp_lambda_arn=FUNCTION),
        "identity_provider_configuration.metadata",
        "must be JSON text",
    ),
    (
        HEALTHLAKE_DATASTORE,
        idp(
            authorization_strategy="SMART_ON_FHIR",
            metadata=json.dumps({**SMART, "code_challenge_methods_supported": ["plain"]}),
            idp_lambda_arn=FUNCTION,
        ),
        "identity_provider_configuration.metadata",
        "S256",
    ),
    (
        HEALTHLAKE_DATASTORE,
        idp(
            authorization_strategy="SMART_ON_FHIR",
            metadata=json.dumps({**SMART, "grant_types_supported": []}),
            idp_lambda_arn=FUNCTION,
        ),
        "identity_provider_configuration.metadata",
        "grant_types_supported",
    ),
    (
        HEALTHLAKE_DATASTORE,
        {"export": {**EXPORT, "output_s3_uri": "https://bucket"}},
        "export.output_s3_uri",
        "s3://bucket/prefix",
    ),
    (
        HEALTHLAKE_DATASTORE,
        {"export": {"output_s3_uri": "s3://bucket"}},
        "export.data_access_role_arn",
        "is required",
    ),
    (HEALTHLAKE_DATASTORE, {"export": {**EXPORT, "s3": "x"}}, "export.s3", "is not a property"),
    (
        HEALTH_IMAGING_DATASTORE,
        {"kms_key_arn": KEY.replace("arn:aws:", "arn:aws-cn:")},
        "kms_key_arn",
        "is in the partition aws-cn, and us-east-1 is in aws",
    ),
    (
        HEALTH_IMAGING_DATASTORE,
        {"kms_key_arn": KEY, "region": "eu-west-1"},
        "kms_key_arn",
        "is a key of us-east-1; a store of eu-west-1 needs one of its own region",
    ),
    (
        HEALTHLAKE_DATASTORE,
        {
            "region": "us-west-2",
            "sse_configuration": {
                "kms_encryption_config": {"cmk_type": "CUSTOMER_MANAGED_KMS_KEY", "kms_key_id": KEY}
            },
        },
        "sse_configuration.kms_encryption_config.kms_key_id",
        "is a key of us-east-1",
    ),
    (
        HEALTHLAKE_DATASTORE,
        idp(authorization_strategy="SMART_ON_FHIR", metadata=json.dumps(SMART), idp_lambda_arn=FUNCTION)
        | {"region": "us-gov-west-1"},
        "identity_provider_configuration.idp_lambda_arn",
        "and us-gov-west-1 is in aws-us-gov",
    ),
    (
        HEALTHLAKE_DATASTORE,
        {"region": "us-gov-west-1", "export": EXPORT},
        "export.data_access_role_arn",
        "is in the partition aws",
    ),
    (
        HEALTHLAKE_DATASTORE,
        {"export": {**EXPORT, "output_kms_key_id": ROLE}},
        "export.output_kms_key_id",
        "must",
    ),
    (HEALTH_IMAGING_DATASTORE, {"kms_key_arn": FUNCTION}, "kms_key_arn", "must match"),
    (HEALTH_IMAGING_DATASTORE, {"lambda_authorizer_arn": KEY}, "lambda_authorizer_arn", "must match"),
    (HEALTHLAKE_EXPORT, {**EXPORT}, "datastore_id", "is required"),
    (HEALTHLAKE_EXPORT, {"datastore_id": "d", **EXPORT, "job_name": "a" * 65}, "job_name", "at most 64"),
]


@pytest.mark.parametrize(("kind", "values", "path", "reason"), BAD)
def test_what_aws_refuses_is_a_fault_on_its_property(
    kind: Kind, values: dict[str, Any], path: str, reason: str
) -> None:
    found = faults(kind, **values)
    assert path in found, found
    assert reason in found[path]


def sse(**config: Any) -> dict[str, Any]:
    return {"sse_configuration": {"kms_encryption_config": config}}


KEY_ID = "sse_configuration.kms_encryption_config.kms_key_id"
METADATA = "identity_provider_configuration.metadata"

DOUBTFUL: list[tuple[Kind, dict[str, Any], str, str]] = [
    (HEALTHLAKE_DATASTORE, sse(cmk_type="CUSTOMER_MANAGED_KMS_KEY"), KEY_ID, "is not given"),
    (HEALTHLAKE_DATASTORE, sse(cmk_type="AWS_OWNED_KMS_KEY", kms_key_id=KEY), KEY_ID, "is given with"),
    (
        HEALTHLAKE_DATASTORE,
        {"analytics_configuration": {"status": "DISABLED"}},
        "analytics_configuration.status",
        "AWS documents ENABLED and PAUSED for callers, and may refuse it",
    ),
    (
        HEALTHLAKE_DATASTORE,
        {"backup_configuration": {"status": "DISABLED", "retention_period_in_days": 7}},
        "backup_configuration.retention_period_in_days",
        "is given with status DISABLED",
    ),
    (
        HEALTHLAKE_DATASTORE,
        idp(authorization_strategy="SMART_ON_FHIR", idp_lambda_arn=FUNCTION),
        METADATA,
        "may refuse SMART_ON_FHIR without it",
    ),
    (
        HEALTHLAKE_DATASTORE,
        idp(authorization_strategy="SMART_ON_FHIR_V1", metadata=json.dumps(SMART)),
        "identity_provider_configuration.idp_lambda_arn",
        "may refuse SMART_ON_FHIR_V1 without it",
    ),
    (
        HEALTHLAKE_DATASTORE,
        idp(authorization_strategy="AWS_AUTH", metadata=json.dumps(SMART)),
        METADATA,
        "is given with AWS_AUTH",
    ),
    (
        HEALTHLAKE_DATASTORE,
        idp(
            authorization_strategy="SMART_ON_FHIR",
            metadata=json.dumps(
                {**SMART, "grant_types_supported": ["client_credential", "foo"]}
            ),  # AWS's own
            idp_lambda_arn=FUNCTION,
        ),
        METADATA,
        "has the grant types client_credential, foo: AWS documents authorization_code and client_credentials",
    ),
    (
        HEALTHLAKE_DATASTORE,
        {"export": {**EXPORT, "data_access_role_arn": ROLE.replace("123456789012", "210987654321")}},
        "export.data_access_role_arn",
        "is a role of the account 210987654321, and the store is in 123456789012",
    ),
    (
        HEALTHLAKE_EXPORT,
        {"datastore_id": "d" * 32, **EXPORT, "output_kms_key_id": KEY.replace("us-east-1", "eu-west-1")},
        "output_kms_key_id",
        "is a key of eu-west-1, and the bucket has to be in the store's region, us-east-1",
    ),
    (
        HEALTH_IMAGING_DATASTORE,
        {"region": "us-east-2"},
        "region",
        "is us-east-2, where a HealthImaging data store is not known to exist; use one of ap-southeast-2",
    ),
    (
        HEALTHLAKE_DATASTORE,
        {"region": "eu-central-1"},
        "region",
        "use one of ap-south-1, ap-southeast-2, ca-central-1, eu-west-1, eu-west-2, us-east-1, us-east-2, us",
    ),
]


def told(kind: Kind, olds: dict[str, Any], values: dict[str, Any], **stack: str) -> list[str]:
    """What a preview warns of; nothing is refused."""
    said: list[str] = []

    class Call(HostCall):
        def warn(self, message: str) -> None:
            said.append(message)

    configuration = {"aws:region": "us-east-1", "aws:allowedAccountIds": '["123456789012"]', **stack}
    bridge = Bridge(kind, Process(get=configuration.get), Call)
    if kind is HEALTHLAKE_DATASTORE:
        olds, values = ({"datastore_type_version": "R4", **each} if each else {} for each in (olds, values))
    assert bridge.check(olds, values or {"datastore_type_version": "R4"}).failures == []
    return said


@pytest.mark.parametrize(("kind", "values", "path", "reason"), DOUBTFUL)
def test_what_aws_may_refuse_is_warned_of_and_not_refused(
    kind: Kind, values: dict[str, Any], path: str, reason: str
) -> None:
    (warning,) = told(kind, {}, values)
    assert warning.startswith(f"{path} ")
    assert reason in warning


@pytest.mark.parametrize(("kind", "values"), [good for good in GOOD if "region" not in good[1]])
def test_what_aws_takes_is_not_warned_of(kind: Kind, values: dict[str, Any]) -> None:
    assert told(kind, {}, {**values, "region": "us-east-1"}) == []


def test_what_was_there_before_is_not_warned_of_again() -> None:
    before = {"analytics_configuration": {"status": "DISABLED"}, "region": "us-east-1"}
    assert told(HEALTHLAKE_DATASTORE, before, {**before, "datastore_name": "renamed"}) == []
    assert len(told(HEALTHLAKE_DATASTORE, {"region": "us-east-1"}, before)) == 1


@pytest.mark.parametrize(
    ("values", "stack", "count"),
    [
        ({}, {"aws:allowedAccountIds": '["210987654321"]'}, 1),
        ({}, {"aws:allowedAccountIds": '["210987654321", "123456789012"]'}, 0),
        ({}, {"aws:assumeRole": '{"roleArn": "arn:aws:iam::210987654321:role/deploy"}'}, 1),
        ({"connection": {"role_arn": "arn:aws:iam::210987654321:role/deploy"}}, {}, 1),
        ({"connection": {"role_arn": UNKNOWN}}, {"aws:allowedAccountIds": '["210987654321"]'}, 0),
    ],
)
def test_the_account_of_a_store_is_what_the_program_and_the_stack_say_of_it(
    values: dict[str, Any], stack: dict[str, str], count: int
) -> None:
    found = told(HEALTHLAKE_DATASTORE, {}, {"export": EXPORT, **values}, **stack)
    assert len([warning for warning in found if "data_access_role_arn" in warning]) == count


def test_every_fault_is_reported_at_once() -> None:
    found = faults(
        HEALTH_IMAGING_DATASTORE, datastore_name="a b", kms_key_arn="x", tags={"a b": "x", "aws:y": "z"}
    )
    assert set(found) == {"datastore_name", "kms_key_arn", "tags.a b", "tags.aws:y"}


@pytest.mark.parametrize("kind", [HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE, HEALTHLAKE_EXPORT])
def test_values_that_a_preview_does_not_know_pass(kind: Kind) -> None:
    assert faults(kind, **{row.name: UNKNOWN for row in kind.properties}) == {}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_what_pulumi_hands_over_for_an_unknown_value_passes(kind: Kind) -> None:
    bridge = Bridge(kind, Process(get={"aws:region": "us-east-1"}.get), HostCall)
    whole = {row.name: THEIRS for row in kind.properties if row.name != "adopt"}
    result = bridge.check({}, whole)
    assert result.failures == []
    assert {name: result.inputs[name] for name in whole} == dict.fromkeys(whole, UNKNOWN)
    nested = {"tags": {"team": THEIRS}, "export": {**EXPORT, "output_s3_uri": THEIRS}}
    deep = {name: nested.get(name, value) for name, value in whole.items()}
    assert bridge.check({}, deep).failures == []
    assert "region" in (bridge.diff("id", {}, deep).replaces or ())


@pytest.mark.parametrize("name", ["region", "connection"])
def test_an_adoption_is_checked_only_once_it_is_known_where(name: str) -> None:
    def caller(_: Any) -> Any:
        raise AssertionError("nothing is known of the account")

    bridge = Bridge(HEALTH_IMAGING_DATASTORE, Process(caller=caller), HostCall)
    values = {"adopt": "0" * 32, "region": "us-east-1", name: THEIRS}
    assert bridge.check({}, values).failures == []


@pytest.mark.parametrize(("region", "said"), [(THEIRS, "if it changes, "), ("eu-west-1", "in place: ")])
def test_a_replacement_that_is_not_sure_is_warned_of_as_such(region: Any, said: str) -> None:
    told: list[str] = []

    class Call(HostCall):
        def warn(self, message: str) -> None:
            told.append(message)

    bridge = Bridge(HEALTH_IMAGING_DATASTORE, Process(), Call)
    bridge.diff("0123", {"region": "us-east-1"}, {"region": region})
    (warning,) = told
    store = "HealthImaging data store 0123 will be replaced, and the data in it destroyed"
    assert warning.startswith("region cannot be changed in place")
    assert warning.endswith(f"{said}{store}")


def test_unknown_values_pass_at_any_depth() -> None:
    config = {"kms_encryption_config": {"cmk_type": "CUSTOMER_MANAGED_KMS_KEY", "kms_key_id": UNKNOWN}}
    assert faults(HEALTHLAKE_DATASTORE, sse_configuration=config, tags={"a": UNKNOWN}) == {}


# Python's tables of characters may be older than those of the library that matches the patterns.
assigned = st.text(st.characters(exclude_categories=["Cn", "Cs"]), max_size=300)


@given(assigned)
def test_no_name_makes_the_check_itself_fail(name: str) -> None:
    accepted = not faults(HEALTHLAKE_DATASTORE, datastore_name=name)
    assert accepted == (0 < len(name) <= 256 and all(_allowed(char) for char in name))


def _allowed(char: str) -> bool:
    return unicodedata.category(char)[0] in "LZN" or char in "_.:/=+-%@"


def test_a_tag_that_the_stack_sets_and_ignores_is_refused() -> None:
    ignored = IgnoredTags(frozenset({"owner"}), ("org:",))
    around = replace(AROUND, default_tags={"org:unit": "a"}, ignored_tags=ignored)
    _, faults = check(HEALTH_IMAGING_DATASTORE, {}, {"tags": {"team": "a", "owner": "b"}}, around)
    reason = "sets org:unit, owner, which aws:ignoreTags leaves to others: only one can be"
    assert faults == [Fault("tags", reason)]
    _, faults = check(
        HEALTH_IMAGING_DATASTORE, {}, {"tags": {"team": "a"}}, replace(AROUND, ignored_tags=ignored)
    )
    assert faults == []


def test_a_store_without_a_name_is_named_as_pulumi_does() -> None:
    inputs, _ = check(HEALTH_IMAGING_DATASTORE, {}, {}, AROUND)
    base, _, suffix = inputs["datastore_name"].rpartition("-")
    assert (base, len(suffix)) == ("records", 7)
    assert inputs[DEFAULTS] == {"datastore_name": inputs["datastore_name"]}
    named, _ = check(HEALTHLAKE_DATASTORE, inputs, {"datastore_name": "mine"}, AROUND)
    assert named[DEFAULTS] == inputs[DEFAULTS]  # what changes there would show in the diff
    assert left_to_provider(named) == set()


def test_the_name_stays_while_the_store_does() -> None:
    first, _ = check(HEALTH_IMAGING_DATASTORE, {}, {}, AROUND)
    again, _ = check(
        HEALTH_IMAGING_DATASTORE, first, {}, Surroundings(name="records", seed=b"x", region="us-east-1")
    )
    assert again == first


def test_another_creation_gets_another_name_and_token() -> None:
    first, _ = check(HEALTH_IMAGING_DATASTORE, {}, {}, AROUND)
    other, _ = check(
        HEALTH_IMAGING_DATASTORE, {}, {}, Surroundings(name="records", seed=b"x", region="us-east-1")
    )
    assert other["datastore_name"] != first["datastore_name"]
    assert other["__token"] != first["__token"]


def test_the_stacks_autonaming_is_followed() -> None:
    around = Surroundings(name="records", seed=b"s", region="us-east-1", proposed_name="acme-records")
    assert check(HEALTH_IMAGING_DATASTORE, {}, {}, around)[0]["datastore_name"] == "acme-records"
    off = Surroundings(name="records", seed=b"s", region="us-east-1", naming="disable")
    assert [fault.path for fault in check(HEALTH_IMAGING_DATASTORE, {}, {}, off)[1]] == ["datastore_name"]


def test_a_name_with_characters_that_aws_refuses_is_made_fit() -> None:
    around = Surroundings(name="a b*c", seed=b"s", region="us-east-1")
    inputs, found = check(HEALTH_IMAGING_DATASTORE, {}, {}, around)
    assert inputs["datastore_name"].startswith("a-b-c-")
    assert found == []


def test_no_region_anywhere_is_a_fault_that_says_where_to_set_it() -> None:
    (fault,) = check(HEALTH_IMAGING_DATASTORE, {}, {}, Surroundings(name="x"))[1]
    assert fault.path == "region"
    assert "aws:region" in fault.reason


def test_a_configured_region_moves_what_it_once_placed() -> None:
    there = Surroundings(name="x", region="us-east-2", configured_region="us-east-2")
    inputs, _ = check(HEALTH_IMAGING_DATASTORE, {}, {}, there)
    elsewhere = Surroundings(name="x", region="us-west-2", configured_region="us-west-2")
    assert check(HEALTH_IMAGING_DATASTORE, inputs, {}, elsewhere)[0]["region"] == "us-west-2"
    assert check(HEALTH_IMAGING_DATASTORE, inputs, {}, AROUND)[0]["region"] == "us-east-2"


def test_the_environments_region_never_moves_a_store_that_exists() -> None:
    olds = {"region": "eu-west-1"}
    assert check(HEALTH_IMAGING_DATASTORE, olds, {}, AROUND)[0]["region"] == "eu-west-1"
    configured = Surroundings(name="x", region="us-east-2", configured_region="us-east-2")
    assert check(HEALTH_IMAGING_DATASTORE, olds, {}, configured)[0]["region"] == "eu-west-1"
    assert check(HEALTH_IMAGING_DATASTORE, olds, {"region": "us-west-2"}, AROUND)[0]["region"] == "us-west-2"
