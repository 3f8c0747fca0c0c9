"""What the state stores of a provider: a reference that stays short, the same, and loadable for ever.

``states/VERSION/`` holds, for every released version, a program and the state that its ``up`` left behind. A
release adds a folder; none is ever changed or removed.
"""

from __future__ import annotations

import base64
import json
import os
import pickletools
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from provider.dynamic import providers

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine

ROOT = Path(__file__).parents[2]
VERSIONS = sorted(path for path in (Path(__file__).parent / "states").iterdir() if path.is_dir())
KINDS = {
    "HealthImagingDatastore": providers.HealthImagingDatastore,
    "HealthLakeDatastore": providers.HealthLakeDatastore,
    "HealthLakeExport": providers.HealthLakeExport,
    "ArazzoWorkflow": providers.ArazzoWorkflow,
}
SERIALISE = """
from pulumi.dynamic.dynamic import serialize_provider
from provider.dynamic import providers
for name in ("HealthImagingDatastore", "HealthLakeDatastore", "HealthLakeExport", "ArazzoWorkflow"):
    print(serialize_provider(getattr(providers, name)()))
"""
DECLARE = """
import sys
import pulumi

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return [args.name, args.inputs]
    def call(self, args):
        return {}

pulumi.runtime.set_mocks(Mocks())
from provider import ArazzoWorkflow, ExportArgs, HealthImagingDatastore, HealthLakeDatastore, HealthLakeExport
HealthImagingDatastore("images")
records = HealthLakeDatastore("records", export=ExportArgs("s3://exports", "key", "role"))
HealthLakeExport("export", records.datastore_id, "s3://exports", "key", "role")
ArazzoWorkflow("workflow", "document.arazzo.yaml", create="it")
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def run(program: str, folder: Path, **environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(folder), **environment},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout.split()


def texts(stored: str) -> set[str]:
    """All strings in a pickled object."""
    return {
        argument
        for _, argument, _ in pickletools.genops(base64.b64decode(stored))
        if isinstance(argument, str)
    }


def recorded(version: Path) -> Iterator[dict[str, Any]]:
    """The dynamic resources in the state of a version."""
    for resource in json.loads((version / "state.json").read_text())["deployment"]["resources"]:
        if "__provider" in resource.get("inputs", {}):
            yield resource


@pytest.mark.parametrize("name", KINDS)
def test_a_stored_provider_is_a_short_reference_to_its_class_and_holds_nothing_else(name: str) -> None:
    stored = serialize_provider(KINDS[name]())
    assert len(stored) < 100
    assert texts(stored) == {"provider.dynamic.providers", name}


def test_a_stored_provider_is_the_same_in_every_run_and_after_any_edit(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "provider", tmp_path / "provider", ignore=shutil.ignore_patterns("__pycache__"))
    first = run(SERIALISE, tmp_path, PYTHONHASHSEED="1")
    for edited in ("dynamic/providers", "dynamic/bridge", "kinds/properties"):
        with (tmp_path / "provider" / f"{edited}.py").open("a") as module:
            module.write("\n\ndef another_helper() -> None:\n    pass\n")
    assert run(SERIALISE, tmp_path, PYTHONHASHSEED="2", AWS_SECRET_ACCESS_KEY="another") == first
    assert first == [serialize_provider(kind()) for kind in KINDS.values()]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_the_providers_that_a_released_version_stored_can_be_loaded(version: Path) -> None:
    import dill  # noqa: PLC0415 - what the host loads them with

    resources = list(recorded(version))
    assert resources
    for resource in resources:
        loaded = dill.loads(base64.b64decode(resource["inputs"]["__provider"]))  # noqa: S301 - ours
        assert type(loaded) is KINDS[resource["type"].rpartition(":")[2]]


@pytest.mark.e2e
@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_the_stack_of_a_released_version_needs_no_change(
    version: Path, make_engine: MakeEngine, cloud: Sandbox
) -> None:
    files = {path.name: path.read_text() for path in version.iterdir() if path.name != "state.json"}
    engine = make_engine(files, project="recorded")
    engine.environment |= cloud.env
    engine.import_deployment(json.loads((version / "state.json").read_text()))
    preview = engine.preview()
    assert preview.exit_code == 0, preview
    assert set(preview.changes) == {"same"}, preview


def test_a_program_that_declares_every_resource_imports_no_aws_library() -> None:
    packages = run(DECLARE, ROOT)
    assert "provider" in packages
    assert not {"boto3", "botocore", "jsonschema", "elementpath", "lxml"} & set(packages)
