"""AWS HealthImaging and AWS HealthLake data stores for Pulumi, provisioned by running Arazzo workflows.

The resources are imported when they are first asked for, so that the interpreter (``provider.arazzo``) and
the command line (``python -m provider``) work without loading Pulumi.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .program import (
        ArazzoWorkflow,
        HealthImagingDatastore,
        HealthLakeDatastore,
        HealthLakeExport,
    )
    from .program.arguments import ExportArgs

__all__ = [
    "ArazzoWorkflow",
    "ExportArgs",
    "HealthImagingDatastore",
    "HealthLakeDatastore",
    "HealthLakeExport",
]

_MODULES = {
    "ArazzoWorkflow": ".program",
    "ExportArgs": ".program.arguments",
    "HealthImagingDatastore": ".program",
    "HealthLakeDatastore": ".program",
    "HealthLakeExport": ".program",
}


def __getattr__(name: str) -> Any:
    """Import a resource when it is first used (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name], __name__), name)


def __dir__() -> list[str]:
    """List the public names for completion."""
    return sorted(__all__)
