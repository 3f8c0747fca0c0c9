"""The schemas of workflows' inputs against the metaschema of JSON Schema 2020-12."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...arazzo.parse.cursor import escape
from .calls import root_of

if TYPE_CHECKING:
    from ...arazzo.faults import Ledger
    from ...arazzo.model import Document, Workflow

_LONGEST = 120


def check(document: Document, workflow: Workflow, ledger: Ledger) -> bool:
    """Write down what the metaschema finds wrong with a workflow's inputs; return whether it is nothing."""
    if workflow.inputs is None:
        return True
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow to import, and a plain run needs it not

    validator = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    cursor = root_of(document, ledger).at(workflow.place.path or "").at("/inputs")
    sound = True
    for error in validator.iter_errors(workflow.inputs):
        sound = False
        pointer = "".join(f"/{escape(str(part))}" for part in error.absolute_path)
        text = error.message if len(error.message) <= _LONGEST else f"{error.message[:_LONGEST]}…"
        cursor.at(pointer).fault(
            "bad-schema", f"the inputs are no JSON Schema: {text}", "see JSON Schema 2020-12"
        )
    return sound
