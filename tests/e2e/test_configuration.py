"""What the stack's configuration says of AWS reaches AWS; secrets stay secrets; both engines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine
    from tests.e2e.outcome import Outcome

pytestmark = pytest.mark.e2e

SECRET = "s3://the-secret-bucket/out"
ROLE = "arn:aws:iam::123456789012:role/export"

RECORDS = """
import pulumi
from provider import ExportArgs, HealthLakeDatastore
uri = pulumi.Output.secret("s3://the-secret-bucket/out")
records = HealthLakeDatastore(
    "records",
    tags={"team": pulumi.Output.secret("the-secret-team")},
    export=ExportArgs(uri, "alias/exports", "arn:aws:iam::123456789012:role/export"),
)
pulumi.export("uri", records.job.apply(lambda job: job["output_data_config"]["s3_configuration"]["s3_uri"]))
pulumi.export("status", records.datastore_status)
"""

IMAGES = """
from provider import HealthImagingDatastore
HealthImagingDatastore("images", {arguments})
"""


def is_secret(value: Any) -> bool:
    return isinstance(value, Mapping) and "plaintext" in value


def in_clear(value: Any) -> list[str]:
    """All texts in a value that are in no secret."""
    if is_secret(value):
        return []
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in in_clear(item)]
    if isinstance(value, list):
        return [text for item in value for text in in_clear(item)]
    return [str(value)]


def shows(outcome: Outcome, secret: str) -> bool:
    """Whether a secret is in what was printed or in clear in the state."""
    shown = [outcome.text, *(message.text for message in outcome.messages), *in_clear(outcome.deployment)]
    return any(secret in text for text in shown)


def test_outputs_that_derive_from_secret_inputs_are_secret(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = make_engine(RECORDS)
    engine.environment |= cloud.env
    for outcome in (engine.preview(), engine.up(), engine.refresh(), engine.up()):
        assert outcome.exit_code == 0, outcome
        assert not shows(outcome, "the-secret"), outcome
    outputs = outcome.resource("records")["outputs"]
    assert is_secret(outputs["job"])
    assert (
        "the-secret-bucket"
        in json.loads(outputs["job"]["plaintext"])["output_data_config"]["s3_configuration"]["s3_uri"]
    )
    assert (outputs["datastore_status"], outputs["job_status"]) == ("ACTIVE", "COMPLETED")
    assert set(outcome.changes) == {"same"}
    assert is_secret(outcome.deployment["resources"][0]["outputs"]["uri"])
    assert cloud.stores()[0].tags == {"team": "the-secret-team"}
