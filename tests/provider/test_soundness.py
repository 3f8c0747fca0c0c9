from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore
import pytest

ROOT = Path(__file__).parents[2]
LAKE = Path(botocore.__file__).parent / "data/healthlake"
PREVIEW = """
from provider.kinds.table import KINDS
from provider.verbs.check import Surroundings, check

store = {"datastore_type_version": "R4", "nlp_configuration": {"status": "ENABLED"}}
_, faults = check(KINDS["HealthLakeDatastore"], {}, store, Surroundings(name="records", region="us-east-1"))
print(*(f"{fault.path}|{fault.reason}" for fault in faults), sep="\\n")
"""


@pytest.fixture
def model() -> dict[str, Any]:
    """What botocore has of HealthLake."""
    (packed,) = LAKE.glob("*/service-2.json.gz")
    found: dict[str, Any] = json.loads(gzip.decompress(packed.read_bytes()))
    return found


def preview(folder: Path, model: dict[str, Any]) -> list[str]:
    """The faults that a preview finds where botocore has a given model of HealthLake."""
    (version,) = (path.name for path in LAKE.iterdir())
    (folder / "healthlake" / version).mkdir(parents=True)
    (folder / "healthlake" / version / "service-2.json").write_text(json.dumps(model))
    environment = {**os.environ, "AWS_DATA_PATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", PREVIEW],
        check=True, capture_output=True, text=True, cwd=ROOT, env=environment,
    )  # fmt: skip
    return done.stdout.splitlines()


def test_a_botocore_that_is_too_old_is_one_fault_that_says_what_to_upgrade(
    tmp_path: Path, model: dict[str, Any]
) -> None:
    del model["operations"]["UpdateFHIRDatastore"]
    del model["shapes"]["CreateFHIRDatastoreRequest"]["members"]["NlpConfiguration"]
    faults = preview(tmp_path, model)
    installed = f"the installed botocore {botocore.__version__} lacks what this provider uses"
    assert [fault.partition(": ")[0] for fault in faults] == [f"|{installed}"] * 2, "one a document"
    assert "has no 'NlpConfiguration'" in faults[0]
    assert "no operation UpdateFHIRDatastore" in faults[1]
    assert all(fault.endswith("upgrade boto3 (pip install --upgrade boto3)") for fault in faults)


def test_the_installed_botocore_knows_all_that_is_used(tmp_path: Path, model: dict[str, Any]) -> None:
    assert preview(tmp_path, model) == [""]
