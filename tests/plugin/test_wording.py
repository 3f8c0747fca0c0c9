"""Every message names properties as the programs of this face spell them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pulumi.runtime.proto import engine_pb2, provider_pb2

from provider.engine.schema import schema, snake
from provider.plugin.wording import worded
from tests.plugin.harness import FailedError, Life, Plugin, bag

RESOURCES = schema()["resources"]
TYPES = schema()["types"]
LAKE = RESOURCES["aws-health-datastores:index:HealthLakeDatastore"]["properties"]
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::123456789012:role/export"

OTHERS_SPELLING = {
    snake(name)
    for part in (*RESOURCES.values(), *TYPES.values())
    for name in (*part.get("properties", ()), *part.get("inputProperties", ()))
} - {name for part in (*RESOURCES.values(), *TYPES.values()) for name in part.get("properties", ())}


def members(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    found = TYPES.get(str(spec.get("$ref", "")).removeprefix("#/types/"), {})
    return dict(found.get("properties") or {})


def wrong(spec: Mapping[str, Any]) -> Iterator[Any]:
    """Values that are wrong in every way that a type can be, at every place of a structure."""
    yield from (7, "?", True, [7], {"wrong": 7}, {})
    for name, inner in members(spec).items():
        yield from ({name: value} for value in wrong(inner))
    if spec.get("type") == "array":
        yield from ([value] for value in wrong(spec["items"]))


def of_others(messages: Iterator[str]) -> list[str]:
    """The messages that name a property in another spelling, or the configuration by another namespace."""
    pattern = re.compile(r"\baws:(region|allowedAccountIds|profile|ignoreTags)\b")
    return [
        message
        for message in messages
        if OTHERS_SPELLING & set(re.findall(r"[a-z][a-z0-9_]*", message)) or pattern.search(message)
    ]


def refused(plugin: Plugin, request: Any) -> list[str]:
    try:
        answer = plugin.call("Check", request)
    except FailedError as error:
        return [str(error)]
    return [f"{failure.property} {failure.reason}" for failure in answer.failures]


@pytest.mark.parametrize("token", RESOURCES, ids=lambda token: token.rpartition(":")[2])
def test_whatever_is_refused_is_told_in_the_programs_spelling(plugin: Plugin, token: str) -> None:
    who = Life(plugin, token.rpartition(":")[2]).who
    told = []
    for name, spec in RESOURCES[token]["inputProperties"].items():
        for value in wrong(spec):
            told += refused(plugin, provider_pb2.CheckRequest(**who, news=bag({name: value})))
    assert len(told) > 4 * len(RESOURCES[token]["inputProperties"])
    assert of_others(iter(told)) == []


def test_warnings_and_notes_are_told_in_the_programs_spelling(plugin: Plugin) -> None:
    life = Life(plugin, "HealthLakeDatastore", "records")
    full = {
        "sseConfiguration": {"kmsEncryptionConfig": {"cmkType": "AWS_OWNED_KMS_KEY", "kmsKeyId": KEY}},
        "identityProviderConfiguration": {"authorizationStrategy": "AWS_AUTH", "metadata": "{}"},
        "preloadDataConfig": {"preloadDataType": "SYNTHEA"},
        "analyticsConfiguration": {"status": "DISABLED"},
        "backupConfiguration": {"status": "DISABLED", "retentionPeriodInDays": 3},
        "export": {"outputS3Uri": "s3://a/b", "outputKmsKeyId": KEY, "dataAccessRoleArn": ROLE},
        "preloadDataType": "SYNTHEA",
        "connection": {"externalId": "x"},
    }  # fmt: skip
    _, failures = life.check(full)
    life.create({"preloadDataType": "SYNTHEA"})
    life.diff(life.checked({}))
    life.diff(life.checked({"preloadDataType": "SYNTHEA", "backupConfiguration": {"status": "ENABLED"}}))
    told = plugin.engine.texts(engine_pb2.WARNING) + plugin.engine.texts(engine_pb2.INFO)
    assert any("sseConfiguration.kmsEncryptionConfig.kmsKeyId" in text for text in told), told
    assert of_others(iter([*told, *failures.values()])) == []


def test_an_error_says_how_a_program_of_this_face_writes_what_helps(plugin: Plugin) -> None:
    life = Life(plugin, "HealthImagingDatastore", "images")
    with pytest.raises(FailedError) as caught:
        life.create({"timeouts": {"create": "1s"}})
    assert of_others(iter([str(caught.value)])) == []


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("kms_key_arn: must match", "kmsKeyArn: must match"),
        ("export.output_s3_uri is required", "export.outputS3Uri is required"),
        ("tags.kms_key_arn is too long", "tags.kms_key_arn is too long"),
        ("profile_configuration.default_profiles[0] is 1", "profileConfiguration.defaultProfiles[0] is 1"),
        ('set adopt="0123"', 'set adopt: "0123"'),
        ("set force_destroy=True, run", "set forceDestroy: true, run"),
        ("set aws:region, or", "set aws-health-datastores:region, or"),
        ("only AWS sets tags that begin with aws:", "only AWS sets tags that begin with aws:"),
        ("lacks authorization_endpoint", "lacks authorization_endpoint"),
        ("give it longer with custom_timeouts", "give it longer with customTimeouts"),
        ("s3://exports/kms_key_arn", "s3://exports/kms_key_arn"),
    ],
)
def test_only_what_the_schema_knows_is_turned(message: str, said: str) -> None:
    assert worded(message, LAKE) == said
