"""The plugin's version."""

from __future__ import annotations

from importlib import metadata
from typing import Final

DISTRIBUTION: Final = "pulumi-aws-health-datastores"


def version() -> str:
    """Return the version of the installed distribution; 0.0.0 where it runs from a folder."""
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "0.0.0"
