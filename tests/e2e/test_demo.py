"""The demo runs the main job on this repository's own program, and tells what it runs on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.e2e


def test_the_demo_does_the_main_job_on_the_embedded_engine(tmp_path: Path) -> None:
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml", "__main__.py"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    without_cli = os.pathsep.join(
        folder for folder in os.environ["PATH"].split(os.pathsep) if not (Path(folder) / "pulumi").exists()
    )
    environment = {**os.environ, "PATH": without_cli, "PYTHONPATH": str(ROOT), "PULUMI_INSTALL": "0"}
    command = [sys.executable, "-m", "sandbox", "demo", "--cwd", str(tmp_path)]
    ended = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "sandbox's own engine, because PULUMI_INSTALL=0" in ended.stdout
    assert "did all that was expected" in ended.stdout
    assert not (tmp_path / "Pulumi.demo.yaml").exists()
