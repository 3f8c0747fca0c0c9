"""Messages as programs of this face spell what they name: ``kmsKeyArn``, ``aws-health-datastores:region``.

The verbs speak of properties in their own spelling, and of the configuration as Pulumi's AWS providers do.
Only what the schema knows is turned; the keys of tags, triggers and workflows' inputs are the user's own.
"""

from __future__ import annotations

import functools
import re
from typing import Final

from ..engine import schema
from ..engine.schema import PACKAGE, Spec

_PATH: Final = re.compile(r"(?<![\w./-])[a-z][a-z0-9_]*(?:\.\w+|\[\d+\])*(?![\w-])")
_ARGUMENT: Final = re.compile(r'(?<![\w.])([a-z][A-Za-z]*)=(?:(")|(True|False)\b)')
"""An argument as Python writes it, where its value is a string or a boolean."""

_OPTIONS: Final = frozenset({"custom_timeouts", "ignore_changes", "replace_on_changes"})
"""Pulumi's resource options that messages name."""


def worded(message: str, specs: Spec) -> str:
    """Return a message in the programs' spelling.

    Args:
        message: It names properties as the verbs do.
        specs: The properties of what it is about, by their names in programs.
    """
    message = _PATH.sub(lambda match: _path(match[0], specs), message)
    message = _ARGUMENT.sub(lambda match: f"{match[1]}: {match[2] or match[3].lower()}", message)
    return _configuration().sub(rf"{PACKAGE}:\1", message)


def _path(path: str, specs: Spec) -> str:
    name = re.split(r"[.\[]", path)[0]
    if schema.camel(name) in specs:
        return schema.path_to_programs(path, specs)
    return schema.camel(path) if path in _OPTIONS or schema.camel(path) in _members() else path


@functools.cache
def _members() -> frozenset[str]:
    """Return the names of all properties of all types and resources."""
    parts = [*schema.schema()["types"].values(), *schema.schema()["resources"].values()]
    return frozenset(name for part in parts for name in part.get("properties", ()))


@functools.cache
def _configuration() -> re.Pattern[str]:
    names = "|".join(schema.schema()["config"]["variables"])
    return re.compile(rf"\baws:({names})\b")
