"""The other runners that ``runners`` compares with, each installed into an environment of its own.

Where one cannot be had, the reason is printed, and ours stands alone.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.polls import ROOT

SANDBOX = ROOT / ".sandbox"
RUNNER = "arazzo-runner==0.9.6"
RESPECT = "@redocly/cli@2.77.0"


def arazzo_runner() -> str | None:
    """The Python that has arazzo-runner, installed if need be; None, and why, where it cannot be had."""
    home = SANDBOX / RUNNER.replace("==", "-")
    python = str(home / "bin" / "python")
    commands = (
        [sys.executable, "-m", "venv", "--clear", str(home)],
        [python, "-m", "pip", "install", RUNNER],
    )
    return python if _installed(RUNNER, home, commands) else None


def respect() -> list[str] | None:
    """The command that runs Redocly's CLI, installed if need be; None, and why, where it cannot be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        print(f"{RESPECT} is not compared: there is no node and npm on PATH")
        return None
    home = SANDBOX / "redocly-cli-2.77.0"
    install = [npm, "install", "--prefix", str(home), "--no-audit", "--no-fund", RESPECT]
    cli = str(home / "node_modules" / "@redocly" / "cli" / "bin" / "cli.js")
    return [node, cli] if _installed(RESPECT, home, (install,)) else None


def _installed(name: str, home: Path, commands: tuple[list[str], ...]) -> bool:
    """Whether all went well, now or earlier."""
    ready = home / "ready"
    if ready.exists():
        return True
    home.mkdir(parents=True, exist_ok=True)
    for command in commands:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            print(f"{name} is not compared, it cannot be installed: {reason}")
            return False
    ready.touch()
    return True


THREE = {
    "arazzo": "1.0.1",
    "info": {"title": "Three requests", "version": "1"},
    "sourceDescriptions": [{"name": "imaging", "url": "openapi.yaml", "type": "openapi"}],
    "workflows": [
        {
            "workflowId": "three",
            "inputs": {
                "type": "object",
                "properties": {"datastoreName": {"type": "string"}, "clientToken": {"type": "string"}},
            },
            "steps": [
                {
                    "stepId": "create",
                    "operationId": "CreateDatastore",
                    "requestBody": {
                        "contentType": "application/json",
                        "payload": {
                            "datastoreName": "$inputs.datastoreName",
                            "clientToken": "$inputs.clientToken",
                        },
                    },
                    "successCriteria": [{"condition": "$statusCode == 200"}],
                    "outputs": {"id": "$response.body#/datastoreId"},
                },
                *(
                    {
                        "stepId": name,
                        "operationId": "GetDatastore",
                        "parameters": [
                            {"name": "datastoreId", "in": "path", "value": "$steps.create.outputs.id"}
                        ],
                        "successCriteria": [{"condition": "$statusCode == 200"}],
                        "outputs": {"status": "$response.body#/datastoreProperties/datastoreStatus"},
                    }
                    for name in ("look", "again")
                ),
            ],
            "outputs": {"status": "$steps.again.outputs.status"},
        }
    ],
}
"""A document that every runner runs as it stands: a POST and two GETs, without a poll."""


def three_requests(folder: Path) -> Path:
    """Write the document of three requests beside the OpenAPI file of a folder."""
    path = folder / "three.arazzo.json"
    path.write_text(json.dumps(THREE, indent=1))
    return path
