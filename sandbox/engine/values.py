"""Property values as they travel on Pulumi's wire: JSON in which marked objects stand for what JSON lacks.

A value is kept in this form from the program to the provider and into the state file, so nothing is lost on
the way; these functions look into it. The signatures are those of Pulumi's SDKs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from google.protobuf import json_format, struct_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value: TypeAlias = Any
Properties: TypeAlias = dict[str, Value]

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  the marker's published name, not a password
REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def from_struct(struct: struct_pb2.Struct) -> Properties:
    """Read properties from the wire; output values become plain, secret or unknown, whole numbers ints."""
    properties: Properties = json_format.MessageToDict(struct)
    return {key: _normal(value) for key, value in properties.items()}


def to_struct(properties: Mapping[str, Value]) -> struct_pb2.Struct:
    """Put properties on the wire."""
    struct = struct_pb2.Struct()
    struct.update(dict(properties))
    return struct


def secret(value: Value) -> Value:
    """Mark a value as secret."""
    return value if is_secret(value) else {SIGNATURE: SECRET, "value": value}


def is_secret(value: Value) -> bool:
    """Whether the value itself is marked as secret."""
    return bool(_signature(value) == SECRET)


def contains(value: Value, test: Callable[[Value], bool]) -> bool:
    """Whether the test holds for the value or for any part of it."""
    if test(value):
        return True
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(contains(part, test) for part in parts)


def is_unknown(value: Value) -> bool:
    """Whether the value is not known before the update."""
    return isinstance(value, str) and value == UNKNOWN


def plain(value: Value) -> Value:
    """The value as providers without secret support see it: no secret marks, references as ids."""
    match _signature(value):
        case str(signature) if signature == SECRET:
            return plain(value["value"])
        case str(signature) if signature == REFERENCE:
            return value.get("id") or value["urn"]
    return rebuild(value, plain)


def known(properties: Properties) -> Properties:
    """Leave out every unknown property, at any depth."""
    kept = {key: value for key, value in properties.items() if not is_unknown(value)}
    return {key: known(value) if isinstance(value, dict) else value for key, value in kept.items()}


def masked(value: Value) -> Value:
    """The value as it may be shown."""
    if is_secret(value):
        return "[secret]"
    return "[unknown]" if is_unknown(value) else rebuild(value, masked)


def keep_secrets(outputs: Properties, inputs: Properties) -> Properties:
    """Mark outputs as secret where the input of the same name holds one: the provider drops the marks."""
    return {
        key: _keep_secret(value, inputs[key]) if key in inputs else value for key, value in outputs.items()
    }


def rebuild(value: Value, change: Callable[[Value], Value]) -> Value:
    """Apply a change to the direct parts of an object or an array."""
    if isinstance(value, dict):
        return {key: change(part) for key, part in value.items()}
    return [change(part) for part in value] if isinstance(value, list) else value


def _keep_secret(output: Value, given: Value) -> Value:
    plain_objects = isinstance(output, dict) and isinstance(given, dict)
    if plain_objects and _signature(output) is None and _signature(given) is None:
        return keep_secrets(output, given)
    return secret(output) if contains(given, is_secret) else output


def _normal(value: Value) -> Value:
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if _signature(value) != OUTPUT:
        return rebuild(value, _normal)
    inner = _normal(value["value"]) if "value" in value else UNKNOWN
    return secret(inner) if value.get("secret") else inner


def _signature(value: Value) -> Value:
    return value.get(SIGNATURE) if isinstance(value, dict) else None
