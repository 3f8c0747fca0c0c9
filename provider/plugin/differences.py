"""Where two versions of a property differ, as the engine shows it: property paths with what happened there.

Source: ``pulumirpc.PropertyDiff`` and ``sdk/go/common/resource/property_path.go`` (the form of paths).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pulumi.runtime.proto import provider_pb2

from ..kinds.equivalence import normal

_PLAIN_KEY: Final = re.compile(r"[A-Za-z_$][\w$]*")
_KINDS: Final = {
    (False, True): "ADD",
    (True, False): "DELETE",
    (True, True): "UPDATE",
}


def detailed(name: str, before: Any, after: Any, *, replaces: bool) -> dict[str, provider_pb2.PropertyDiff]:
    """Return what differs between two values of a property, by path; the property itself where nothing does.

    Args:
        name: The property's name in programs.
        before: The value in the state, or None.
        after: The program's value, or None.
        replaces: Whether the change replaces the resource.
    """
    paths = dict(_differences(name, normal(before), normal(after))) or {name: "UPDATE"}
    suffix = "_REPLACE" if replaces else ""
    return {
        path: provider_pb2.PropertyDiff(kind=provider_pb2.PropertyDiff.Kind.Value(kind + suffix))
        for path, kind in paths.items()
    }


def _differences(path: str, before: Any, after: Any) -> Iterator[tuple[str, str]]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in {**before, **after}:
            yield from _differences(f"{path}{_key(key)}", before.get(key), after.get(key))
    else:
        yield path, _KINDS[before is not None, after is not None]


def _key(key: str) -> str:
    if _PLAIN_KEY.fullmatch(key):
        return f".{key}"
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'
