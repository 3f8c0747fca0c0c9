"""Properties on the wire: protobuf structs with secrets and unknowns, and plain values.

Source: ``sdk/go/common/resource/plugin/rpc.go`` (the marshalling of properties): a secret is an object with a
signature, an unknown is one of a few strings, by its type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import json_format, struct_pb2

from ..models.shapes import UNKNOWN
from ..verbs.secrets import SECRET, SIGNATURE

_UNKNOWNS: Final = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # an array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    }
)


def to_plain(struct: struct_pb2.Struct) -> tuple[dict[str, Any], list[str]]:
    """Return the properties in clear, and the names of those that hold a secret anywhere in them.

    What a preview does not know is ``UNKNOWN``, whatever its type.
    """
    properties: dict[str, Any] = json_format.MessageToDict(struct)
    plain = {name: _plain(value) for name, value in properties.items()}
    return plain, sorted(name for name, value in properties.items() if _is_secret(value))


def to_struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return properties for the wire; those that are None are left out, marked secrets stay marked."""
    return json_format.ParseDict(
        {name: value for name, value in properties.items() if value is not None}, struct_pb2.Struct()
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return _plain(value.get("value"))
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return UNKNOWN if isinstance(value, str) and value in _UNKNOWNS else value


def _is_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return value.get(SIGNATURE) == SECRET or any(map(_is_secret, value.values()))
    return isinstance(value, list) and any(map(_is_secret, value))
