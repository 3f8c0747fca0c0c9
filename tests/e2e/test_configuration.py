"""What the stack's configuration says of AWS reaches AWS; secrets stay secrets; both engines."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

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
    """All strings in a value that are in no secret."""
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


REFUSED = [
    ('HealthImagingDatastore("it", datastore_name=secret("the-secret name"))', "datastore_name: must match"),
    (
        'HealthLakeDatastore("it", nlp_configuration={"status": secret("the-secret-status")})',
        "nlp_configuration.status",
    ),
]

FAILED = """
import pulumi
from provider import HealthImagingDatastore
HealthImagingDatastore("images", datastore_name=pulumi.Output.secret("the-secret-name"))
"""


@pytest.mark.parametrize(("resource", "reason"), REFUSED)
def test_a_refused_property_shows_no_secret(
    make_engine: MakeEngine, cloud: Sandbox, resource: str, reason: str
) -> None:
    engine = make_engine(
        f"from pulumi import Output\nfrom provider import *\nsecret = Output.secret\n{resource}"
    )
    engine.environment |= cloud.env
    outcome = engine.preview()
    assert outcome.exit_code != 0
    assert reason in outcome.text, outcome
    assert not shows(outcome, "the-secret"), outcome


def test_what_aws_says_of_a_secret_is_shown_without_it(make_engine: MakeEngine, cloud: Sandbox) -> None:
    said = {"status": 400, "code": "ValidationException", "message": "Value 'the-secret-name' is not valid"}
    cloud.fault("CreateDatastore", "error", **said)  # type: ignore[arg-type]  # of several types
    engine = make_engine(FAILED)
    engine.environment |= cloud.env | {"PULUMI_HEALTH_DEBUG": "1"}
    outcome = engine.up()
    assert outcome.exit_code != 0
    assert "Value '[secret]' is not valid" in outcome.text, outcome
    assert not shows(outcome, "the-secret"), outcome


METADATA = json.dumps(
    {
        "authorization_endpoint": "https://idp.example/authorize?key=the-secret-key",
        "token_endpoint": "https://idp.example/token",
        "capabilities": ["launch-ehr"],
        "grant_types_supported": ["authorization_code"],
        "code_challenge_methods_supported": ["S256"],
    },
    indent=1,
)
ECHOES = {
    "as JSON": json.dumps(METADATA),
    "as JSON in JSON": json.dumps(json.dumps(METADATA)),
    "in a URL": quote(METADATA, safe=""),
    "in a form": quote_plus(METADATA),
    "as base64": b64encode(METADATA.encode()).decode(),
    "as it is": METADATA,
}


def test_a_secret_that_aws_echoes_is_masked_and_forges_no_line(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    message = "; ".join(f"{how}: {text}" for how, text in ECHOES.items())
    forged = "\n\x1b[31merror:\x1b[0m forged by the answer\r\nerror: forged too"
    cloud.fault(
        "CreateFHIRDatastore", "error", status=400, code="ValidationException", message=message + forged
    )
    engine = make_engine(f"""
import pulumi
from provider import HealthLakeDatastore
HealthLakeDatastore("records", identity_provider_configuration={{
    "authorization_strategy": "SMART_ON_FHIR",
    "metadata": pulumi.Output.secret({METADATA!r}),
    "idp_lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:authorizer",
}})
""")
    engine.environment |= cloud.env
    outcome = engine.up()
    assert outcome.exit_code != 0
    assert "as base64: [secret]" in outcome.text, outcome
    for secret in ("the-secret-key", *ECHOES.values()):
        assert not shows(outcome, secret), outcome
    printed = [
        *outcome.text.splitlines(),
        *(line for each in outcome.messages for line in each.text.splitlines()),
    ]
    assert any("forged by the answer" in line for line in printed), outcome
    assert not any(line.strip().startswith(("error: forged", "forged")) for line in printed), outcome
    assert not any("\x1b[31merror:" in line for line in printed), outcome


def test_the_stacks_configuration_reaches_aws(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = make_engine(IMAGES.format(arguments='tags={"team": "own", "b": "2"}'))
    elsewhere = {name: value for name, value in cloud.env.items() if name != "AWS_ENDPOINT_URL"}
    engine.environment |= elsewhere | {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "UNKNOWN"}
    engine.set_config("aws:region", "us-west-2")
    engine.set_config("aws:accessKey", cloud.env["AWS_ACCESS_KEY_ID"])
    engine.set_config("aws:secretKey", cloud.env["AWS_SECRET_ACCESS_KEY"], secret=True)
    engine.set_config("aws:endpoints", [{"medicalimaging": cloud.url, "sts": cloud.url}])
    engine.set_config("aws:assumeRole", {"roleArn": ROLE, "externalId": "agreed", "sessionName": "stack"})
    engine.set_config("aws:defaultTags", {"tags": {"team": "default", "a": "1"}})
    engine.set_config("aws:allowedAccountIds", ["123456789012"])
    engine.set_config("aws:maxRetries", "3")
    engine.set_config("aws:ignoreTags", {"keyPrefixes": ["org:"]})
    outcome = engine.up()
    assert outcome.exit_code == 0, outcome
    warned = [message.text for message in outcome.messages if message.severity == "warning"]
    assert len([text for text in warned if "sets aws:maxRetries, which have no effect here" in text]) == 1
    (store,) = cloud.stores()
    assert (store.region, store.tags) == ("us-west-2", {"team": "own", "a": "1", "b": "2"})
    assumed = cloud.journal("AssumeRole")[0].parameters
    assert (assumed["RoleArn"], assumed["ExternalId"], assumed["RoleSessionName"]) == (
        ROLE,
        "agreed",
        "stack",
    )
    assert not shows(outcome, cloud.env["AWS_SECRET_ACCESS_KEY"])
    cloud.set_tags(store.id, {**store.tags, "org:unit": "theirs"})
    assert set(engine.refresh().changes) == {"same"}


def test_a_wrong_account_is_refused_before_anything_is_called(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    engine = make_engine(IMAGES.format(arguments="") + 'HealthImagingDatastore("more")')
    engine.environment |= cloud.env
    engine.set_config("aws:forbiddenAccountIds", ["123456789012"])
    outcome = engine.up()
    assert outcome.exit_code != 0
    assert "the AWS account 123456789012, which aws:forbiddenAccountIds forbids" in outcome.text, outcome
    assert cloud.counts() == {"GetCallerIdentity": 1}


def test_a_resources_own_connection_goes_first(make_engine: MakeEngine, cloud: Sandbox) -> None:
    own = f'connection={{"role_arn": "{ROLE}", "endpoint_url": "{cloud.url}"}}, region="eu-west-1"'
    engine = make_engine(IMAGES.format(arguments=own))
    engine.environment |= cloud.env | {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    engine.set_config("aws:assumeRole", {"roleArn": "arn:aws:iam::999999999999:role/other"})
    outcome = engine.up()
    assert outcome.exit_code == 0, outcome
    assert {entry.parameters["RoleArn"] for entry in cloud.journal("AssumeRole")} == {ROLE}
    assert cloud.stores()[0].region == "eu-west-1"
    assert engine.destroy().exit_code == 0
    assert cloud.stores() == []
