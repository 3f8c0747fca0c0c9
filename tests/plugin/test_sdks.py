"""``make sdks``, as far as it is quick: the whole of it takes minutes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugin.sdks import LANGUAGES, ROOT, make


def test_without_the_cli_it_says_why_there_is_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.plugin.sdks", str(tmp_path / "sdks")],
        env={"PATH": str(tmp_path)}, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "no SDK is generated: the pulumi CLI is not on PATH\n"


@pytest.mark.parametrize("name", ["python", "java"])
@pytest.mark.real
def test_a_language_is_generated_or_said_to_be_left_out(name: str, tmp_path: Path) -> None:
    if shutil.which("pulumi") is None:
        pytest.skip("the pulumi CLI is not on PATH")
    (language,) = (each for each in LANGUAGES if each.name == name)
    said = make(language, tmp_path)
    if shutil.which(language.host):
        assert said == "generated"
        assert list((tmp_path / name).iterdir())
    else:
        assert said == f"skipped, {language.host} is not on PATH"
