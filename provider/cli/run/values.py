"""A workflow's inputs as the command line gives them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TextIO

from ...arazzo.machine.program import Program, unknown
from ...errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ...arazzo import Document
    from ...errors import Place

_TEXT: Final = "string"


def gather(
    document: Document, workflow: str | None, file: TextIO | None, pairs: Iterable[str]
) -> dict[str, Any]:
    """Return the inputs from a file and, over them, those that were given one by one.

    Args:
        document: The document.
        workflow: The workflowId, or None for the only one.
        file: A JSON object, or None.
        pairs: ``name=value``; a value is JSON where the schema wants anything but a string, else text.

    Raises:
        InputError: The workflow does not exist, or a name or a value cannot be used.
    """
    program = Program(document)
    plan = program.plan(program.choose(workflow))
    schema = plan.workflow.inputs
    properties: dict[str, Any] = schema.get("properties", {}) if isinstance(schema, dict) else {}
    given = {} if file is None else _object(file, plan.place)
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator:
            raise InputError(
                f"--input {pair} has no value", place=plan.place, hint="write --input name=value"
            )
        given[name] = _value(name, text, properties.get(name), plan.place)
    _check_names(given, properties, plan.place)
    return given


def _check_names(given: Mapping[str, Any], properties: Mapping[str, Any], place: Place) -> None:
    for name in given:
        if properties and name not in properties:
            raise unknown("input", name, properties, place)


def _object(file: TextIO, place: Place) -> dict[str, Any]:
    try:
        value = json.load(file)
    except ValueError as error:
        raise InputError(f"{file.name} is not JSON", place=place, reason=str(error)) from error
    if not isinstance(value, dict):
        raise InputError(f"{file.name} is not a JSON object", place=place, hint='write {"name": value, ...}')
    return value


def _value(name: str, text: str, schema: Any, place: Place) -> Any:
    """Return an input's value: text where its type may be a string or is not said, else JSON."""
    types = schema.get("type", _TEXT) if isinstance(schema, dict) else _TEXT
    if _TEXT in (types if isinstance(types, list) else [types]):
        return text
    try:
        return json.loads(text)
    except ValueError:
        hint = "quote it for the shell" if types in {"object", "array"} else ""
        raise InputError(f"the input {name} must be JSON of type {types}", place=place, hint=hint) from None
