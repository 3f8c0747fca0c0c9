from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.host.harness import ROOT

PROGRAM = """
import os, signal, sys, threading
from provider.dynamic.host import end_program_quietly
{before}
end_program_quietly()
os.kill(os.getpid(), signal.SIGINT)
threading.Event().wait(20)
"""


def run(folder: Path, runtime: str, before: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program as the language runtime of that name, and interrupt it."""
    script = folder / runtime
    script.write_text(PROGRAM.format(before=before))
    return subprocess.run(
        [sys.executable, str(script), "--monitor", "127.0.0.1:1", "."],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_an_interrupted_program_ends_at_once_and_without_a_word(tmp_path: Path) -> None:
    ended = run(tmp_path, "pulumi-language-python-exec")
    assert (ended.returncode, ended.stderr) == (1, "")


@pytest.mark.parametrize(
    ("runtime", "environment"),
    [("another-script", {}), ("pulumi-language-python-exec", {"PULUMI_HEALTH_DEBUG": "1"})],
)
def test_another_process_and_a_debugging_user_keep_the_traceback(
    tmp_path: Path, runtime: str, environment: dict[str, str]
) -> None:
    assert "KeyboardInterrupt" in run(tmp_path, runtime, **environment).stderr


def test_a_program_s_own_handler_stays(tmp_path: Path) -> None:
    before = "signal.signal(signal.SIGINT, lambda *_: sys.exit(7))"
    assert run(tmp_path, "pulumi-language-python-exec", before).returncode == 7
