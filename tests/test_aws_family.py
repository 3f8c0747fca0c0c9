"""Published documents for AWS's services: their verdicts, and runs of those that moto's server can answer.

The documents are read from the folder of the material (tests/arazzo/material.py); tests/cases/strangers has
what each comes to, and the inputs of those that are run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from click.testing import CliRunner

from provider.cli.main import main
from provider.cli.validate import command as validate
from tests.arazzo.material import material

FAMILY: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "cases" / "strangers" / "aws-family.yaml").read_text()
)
DATABASE = {
    "DBInstanceClass": "db.t3.micro",
    "Engine": "postgres",
    "MasterUsername": "admin1",
    "MasterUserPassword": "password1",
    "AllocatedStorage": 20,
}


def test_each_document_has_its_verdict_and_each_refusal_a_reason() -> None:
    folder = material("aws-family")
    refused: dict[str, Any] = {}
    valid = 0
    for path in sorted(folder.glob("*/arazzo/*-workflow.yml")):
        result = CliRunner().invoke(validate, [str(path)])
        name = str(path.relative_to(folder))
        if result.exit_code == 0:
            valid += 1
        else:
            found = [code for line in result.output.splitlines() if (code := code_of(line))]
            why = FAMILY["refused"].get(name, {}).get("why")
            refused[name] = {"codes": sorted(set(found)), "why": why}
    assert refused == {name: each for name, each in FAMILY["refused"].items() if (folder / name).exists()}
    assert valid, f"{folder} has no documents"


def code_of(line: str) -> str | None:
    """Return the code of an error that ``validate`` tells, None for another line."""
    rest = line.partition(": error: ")[2]
    known = [each.partition("]")[0] for each in rest.split("[") if "]" in each]
    return next((each for each in known if each.replace("-", "").isalpha() and "-" in each), None)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - takes seconds, and most runs skip this

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


def account(endpoint: str) -> dict[str, str]:
    """Make what the documents find in an account; return the ids by the names that the table has for them."""

    def client(service: str) -> Any:
        return boto3.client(service, endpoint_url=endpoint)

    s3, ec2, rds = client("s3"), client("ec2"), client("rds")
    for bucket in ("bucket-one", "bucket-two", "bucket-empty"):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket="bucket-one", Key="first", Body=b"x")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    ids = {"image": image}
    for name in ("vm", "secured", "leased", "imaged", "cycled"):
        started = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t2.micro")
        ids[name] = started["Instances"][0]["InstanceId"]
    for name in ("address", "address-two", "address-three"):
        ids[name] = ec2.allocate_address(Domain="vpc")["AllocationId"]
    for name in ("group", "group-two"):
        ids[name] = ec2.create_security_group(GroupName=name, Description="d")["GroupId"]
    ec2.create_key_pair(KeyName="old")
    ids["old-image"] = ec2.create_image(InstanceId=ids["vm"], Name="old-image")["ImageId"]
    for name in ("db", "db-two"):
        rds.create_db_instance(DBInstanceIdentifier=name, **DATABASE)
    return ids


def given(value: Any, ids: dict[str, str]) -> Any:
    """Return inputs with the account's ids in the place of their names in angle brackets."""
    text = json.dumps(value)
    for name, each in ids.items():
        text = text.replace(f"<{name}>", each)
    return json.loads(text)


def test_documents_run_against_motos_server(
    endpoint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = material("aws-family")
    ids = account(endpoint)
    failed: dict[str, str] = {}
    runs = {name: inputs for name, inputs in FAMILY["runs"].items() if (folder / name).exists()}
    for name, inputs in runs.items():
        (file := tmp_path / "inputs.json").write_text(json.dumps(given(inputs, ids)))
        options = ("--inputs", str(file), "--endpoint-url", endpoint, "--timeout", "20")
        if main(["run", str(folder / name), *options]) != 0:
            failed[name] = capsys.readouterr().err
    assert failed == {}
    assert len(runs) >= 10, f"{folder} has too few of the documents"
