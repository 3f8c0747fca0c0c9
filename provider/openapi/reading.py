"""From a file's bytes to plain values: YAML as YAML 1.2 has it, or JSON. Nothing in it is evaluated."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from ..errors import InputError, Place

if TYPE_CHECKING:
    from pathlib import Path

    from ..arazzo.protocol import JSON

MAX_BYTES: Final = 32 * 1024 * 1024
"""The largest description that is read; the largest public ones have some 10 MB."""

_BOOLEAN: Final = "tag:yaml.org,2002:bool"
_TIMESTAMP: Final = "tag:yaml.org,2002:timestamp"

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]  # written in C where that was built
    """Reads ``2016-11-15``, ``yes`` and ``no`` as the strings that they are in YAML 1.2."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as PyYAML has it
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in (_BOOLEAN, _TIMESTAMP)]
        for first, resolvers in _SafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.add_implicit_resolver(_BOOLEAN, re.compile("(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


def read_description(path: Path) -> JSON:
    """Return what a file holds.

    Raises:
        InputError: It cannot be read, is too large, or is neither YAML nor JSON.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(str(path), error.strerror or str(error)) from error
    return parse_description(data, str(path))


def parse_description(data: bytes, name: str) -> JSON:
    """Return what a string in YAML or JSON holds; see ``read_description``."""
    if len(data) > MAX_BYTES:
        raise _unreadable(name, f"it has more than {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8-sig")
        return json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, _Loader)  # noqa: S506 - safe
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise _unreadable(name, " ".join(str(error).split())) from error


def _unreadable(name: str, reason: str) -> InputError:
    return InputError("the OpenAPI description cannot be read", place=Place(document=name), reason=reason)
