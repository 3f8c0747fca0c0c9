"""The package's schema: generated from the table, the models and the docstrings, and checked in."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provider.cli.schema import CHECKED_IN, generated
from provider.cli.schema.pages import page
from provider.engine.schema import camel, schema, snake, to_programs, to_verbs
from provider.kinds.table import KINDS

RESOURCES = schema()["resources"]


def names(spec: Any) -> Iterator[str]:
    """All names of properties in the schema."""
    if isinstance(spec, dict):
        for key in ("properties", "inputProperties"):
            yield from spec.get(key) or ()
        for value in spec.values():
            yield from names(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from names(value)


def test_the_checked_in_schema_is_what_is_generated() -> None:
    assert CHECKED_IN.read_text("utf-8") == generated(), "run: python -m provider schema --write"


def test_the_reference_of_the_resources_is_what_is_generated() -> None:
    reference = Path(__file__).parents[2] / "docs" / "resources.md"
    assert reference.read_text("utf-8") == page(schema()), "run: make schema"


def test_every_name_has_one_other_spelling() -> None:
    found = set(names({"resources": RESOURCES, "types": schema()["types"]}))
    assert {name: camel(snake(name)) for name in found} == {name: name for name in found}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_property_of_the_table_is_described(kind: Any) -> None:
    inputs = RESOURCES[f"aws-health-datastores:index:{kind.name}"]["inputProperties"]
    assert {snake(name) for name in inputs} == kind.names
    assert [name for name, spec in inputs.items() if not spec.get("description")] == []


def test_what_programs_may_leave_out_of_a_structure_is_not_required() -> None:
    export = schema()["types"]["aws-health-datastores:index:Export"]
    assert export["required"] == ["dataAccessRoleArn", "outputKmsKeyId", "outputS3Uri"]


def test_names_inside_of_structures_are_turned_and_the_users_own_keys_are_not() -> None:
    specs = RESOURCES["aws-health-datastores:index:HealthLakeDatastore"]["inputProperties"]
    program = {
        "sseConfiguration": {"kmsEncryptionConfig": {"cmkType": "AWS_OWNED_KMS_KEY"}},
        "tags": {"someKey": "a", "other_key": "b"},
        "__token": "t",
    }
    verbs = {
        "sse_configuration": {"kms_encryption_config": {"cmk_type": "AWS_OWNED_KMS_KEY"}},
        "tags": {"someKey": "a", "other_key": "b"},
        "__token": "t",
    }
    assert to_verbs(program, specs) == verbs
    assert to_verbs(verbs, specs) == verbs
    assert to_programs(verbs, specs) == program


@pytest.mark.real
def test_the_cli_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        pytest.skip("the pulumi CLI is not on PATH")
    done = subprocess.run(
        [pulumi, "schema", "check", str(CHECKED_IN)],
        capture_output=True, text=True, cwd=tmp_path, check=False,
        env={"HOME": str(tmp_path), "PULUMI_HOME": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip(), done.stderr.strip()) == (0, "", "")
