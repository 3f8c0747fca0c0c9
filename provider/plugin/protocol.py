"""Pulumi's protocol without the SDK for programs that comes in the same package.

An import of ``pulumi.runtime.proto`` runs ``pulumi/__init__.py`` first, which loads the whole SDK, its
automation API and OpenTelemetry: more than half of the plugin's start, and nothing of it is needed here.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def load_alone() -> None:
    """Load the protocol's modules, and the packages around them as folders alone.

    For a process that needs nothing else of the SDK. Where the SDK is loaded already, or its protocol needs
    more of it than that, it is loaded as a whole.
    """
    found = importlib.util.find_spec("pulumi")
    if found is None or found.origin is None or "pulumi" in sys.modules:
        return
    folder = Path(found.origin).parent
    for name, path in (("pulumi", folder), ("pulumi.runtime", folder / "runtime")):
        sys.modules[name] = ModuleType(name)
        sys.modules[name].__path__ = [str(path)]
    try:
        importlib.import_module("pulumi.runtime.proto.provider_pb2_grpc")
    except (ImportError, AttributeError):
        for name in [name for name in sys.modules if name.partition(".")[0] == "pulumi"]:
            del sys.modules[name]
