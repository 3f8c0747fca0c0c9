"""What others have made to test readers of Arazzo: read from a folder, never part of this repository.

Set ``ARAZZO_MATERIAL`` to a folder with clones of these repositories:

- ``arazzo-1.0`` and ``arazzo-1.1``: OAI/Arazzo-Specification, branches v1.0-dev and v1.1-dev;
- ``jsonpath-compliance-test-suite``: jsonpath-standard/jsonpath-compliance-test-suite;
- ``redocly-cli``, ``arazzo-engine``, ``spectral``, ``openapi``: Redocly/redocly-cli, jentic/arazzo-engine,
  stoplightio/spectral and speakeasy-api/openapi;
- ``aws-family/amazon-ec2`` and the like: the repositories of that name of the organization api-evangelist,
  which have documents for AWS's services.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VARIABLE = "ARAZZO_MATERIAL"


def material(*parts: str) -> Path:
    """Return a path in the folder of the material; skips the test where it is not there."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        pytest.skip(
            f"{VARIABLE} names no folder with {parts[0]}; tests/arazzo/material.py says what belongs there"
        )
    path = Path(folder, *parts)
    if not path.exists():
        pytest.skip(f"the folder that {VARIABLE} names has no {'/'.join(parts)}")
    return path
