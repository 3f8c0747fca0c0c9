"""The policies that ``python -m provider policy`` prints, for accounts that allow no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner

from provider.cli.policy import command
from sandbox.aws import Role

_DOCUMENTS: Final = sorted((Path(__file__).parents[1] / "provider" / "documents").glob("*.arazzo.yaml"))


def printed(*options: str, of: tuple[Path, ...] = ()) -> dict[str, Any]:
    """What ``python -m provider policy`` prints for the resources, and for documents beside theirs."""
    documents = [*_DOCUMENTS, *of] if of else []
    result = CliRunner().invoke(command, [*map(str, documents), *options])
    assert result.exit_code == 0, result.output
    policy: dict[str, Any] = json.loads(result.stdout)
    return policy


def export_role(bucket: str = "exports") -> Role:
    """The role of exports as it is printed."""
    return Role(printed("--of", "trust"), printed("--of", "role", "--bucket", bucket))
