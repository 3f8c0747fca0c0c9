from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore
import pytest

from provider.kinds.model_check import OLDEST

ROOT = Path(__file__).parents[2]
LAKE = Path(botocore.__file__).parent / "data/healthlake"
PREVIEW = """
import sys
import botocore
from provider.kinds.table import KINDS
from provider.verbs.check import Surroundings, check

botocore.__version__ = sys.argv[1]
store = {"datastore_type_version": "R4", "nlp_configuration": {"status": "ENABLED"}}
_, faults = check(KINDS["HealthLakeDatastore"], {}, store, Surroundings(name="records", region="us-east-1"))
print(*(f"{fault.path}|{fault.reason}" for fault in faults), sep="\\n")
print(*(name for name in ("provider.arazzo", "boto3") if name in sys.modules))
"""


@pytest.fixture
def model() -> dict[str, Any]:
    """What botocore has of HealthLake."""
    (packed,) = LAKE.glob("*/service-2.json.gz")
    found: dict[str, Any] = json.loads(gzip.decompress(packed.read_bytes()))
    return found


def preview(folder: Path, model: dict[str, Any], version: str = botocore.__version__) -> list[str]:
    """The faults that a preview finds where botocore has a given model of HealthLake, and what it loads."""
    (dated,) = (path.name for path in LAKE.iterdir())
    (folder / "healthlake" / dated).mkdir(parents=True)
    (folder / "healthlake" / dated / "service-2.json").write_text(json.dumps(model))
    environment = {**os.environ, "AWS_DATA_PATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", PREVIEW, version],
        check=True, capture_output=True, text=True, cwd=ROOT, env=environment,
    )  # fmt: skip
    return done.stdout.splitlines()


def is_one_fault(found: list[str], version: str, lacks: str) -> bool:
    fault, _ = found
    begins = f"|the installed botocore {version} lacks what this provider uses: "
    upgrade = "; upgrade boto3 (pip install --upgrade boto3)"
    return fault.startswith(begins) and lacks in fault and fault.endswith(upgrade)


def test_a_botocore_that_is_too_old_is_one_fault_that_says_what_to_upgrade(
    tmp_path: Path, model: dict[str, Any]
) -> None:
    assert is_one_fault(preview(tmp_path, model, "1.43.82"), "1.43.82", "it is older than 1.43.83")


def test_an_older_model_of_the_service_is_one_fault_that_says_what_it_lacks(
    tmp_path: Path, model: dict[str, Any]
) -> None:
    del model["operations"]["UpdateFHIRDatastore"]
    del model["shapes"]["CreateFHIRDatastoreRequest"]["members"]["NlpConfiguration"]
    assert is_one_fault(preview(tmp_path, model), botocore.__version__, "has no NlpConfiguration")


def test_a_model_without_the_operation_is_one_fault(tmp_path: Path, model: dict[str, Any]) -> None:
    del model["operations"]["CreateFHIRDatastore"]
    found = preview(tmp_path, model)
    assert is_one_fault(found, botocore.__version__, "no operation CreateFHIRDatastore")


def test_a_preview_checks_properties_and_reads_no_document_of_this_package(
    tmp_path: Path, model: dict[str, Any]
) -> None:
    assert preview(tmp_path, model) == ["", ""]


def test_the_oldest_botocore_is_that_of_the_requirements() -> None:
    needed = re.search(r"^botocore>=([\d.]+),", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert needed is not None
    assert needed[1] == ".".join(map(str, OLDEST))
