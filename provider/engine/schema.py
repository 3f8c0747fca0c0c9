"""The package's schema as it is checked in, and the two spellings of its properties.

Programs and states of the plugin face spell properties ``kmsKeyArn``, the verbs ``kms_key_arn``. Only the
names that the schema knows are turned: the keys of tags, triggers and workflows' inputs are the user's own.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any, Final

PACKAGE: Final = "aws-health-datastores"

_UPPER: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")
_UNDERSCORE: Final = re.compile(r"_([a-z0-9])")

Spec = Mapping[str, Any]
"""A part of a Pulumi package schema (https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/)."""


@functools.cache
def text() -> str:
    """Return the schema as JSON text."""
    return resources.files(__package__).joinpath("schema.json").read_text("utf-8")


@functools.cache
def schema() -> dict[str, Any]:
    """Return the schema."""
    loaded: dict[str, Any] = json.loads(text())
    return loaded


def snake(name: str) -> str:
    """Return a name as the verbs spell it; hidden names stay as they are."""
    return _UPPER.sub(lambda match: f"_{match[1].lower()}", name)


def camel(name: str) -> str:
    """Return a name as programs spell it; hidden names stay as they are."""
    return name if name.startswith("__") else _UNDERSCORE.sub(lambda match: match[1].upper(), name)


def to_verbs(properties: Mapping[str, Any], specs: Spec) -> dict[str, Any]:
    """Return properties in the verbs' spelling; what is in it already stays (a dynamic resource's state is).

    Args:
        properties: By their names in programs, or in the verbs' spelling.
        specs: The schema's properties, by their names.
    """
    return _turned(properties, specs, snake)


def to_programs(properties: Mapping[str, Any], specs: Spec) -> dict[str, Any]:
    """Return properties in the programs' spelling; see ``to_verbs``."""
    return _turned(properties, specs, camel)


def is_to_programs(properties: Mapping[str, Any]) -> bool:
    """Whether properties are in the programs' spelling, where it differs: a state of the plugin face is."""
    return any(name != snake(name) for name in properties if not name.startswith("__"))


def path_to_programs(path: str, specs: Spec) -> str:
    """Return a property path in the programs' spelling, as far as the schema knows its names."""
    head, dot, rest = path.partition(".")
    name, bracket, index = head.partition("[")
    spec = specs.get(camel(name), {})
    members = _members(spec.get("items", {}) if bracket else spec)
    return f"{camel(name)}{bracket}{index}{dot}{rest if members is None else path_to_programs(rest, members)}"


def _turned(properties: Mapping[str, Any], specs: Spec, turn: Callable[[str], str]) -> dict[str, Any]:
    return {turn(name): _value(value, specs.get(camel(name), {}), turn) for name, value in properties.items()}


def _value(value: Any, spec: Spec, turn: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        members = _members(spec)
        if members is not None:
            return _turned(value, members, turn)
        items = spec.get("additionalProperties", {})
        return {key: _value(item, items, turn) for key, item in value.items()}
    if isinstance(value, list):
        return [_value(item, spec.get("items", {}), turn) for item in value]
    return value


def _members(spec: Spec) -> Spec | None:
    """Return the properties of an object type, or None for anything else."""
    reference = str(spec.get("$ref", ""))
    found = schema()["types"].get(reference.removeprefix("#/types/"), {})
    members: Spec | None = found.get("properties")
    return members
