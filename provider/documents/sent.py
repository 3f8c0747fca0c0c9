"""Which inputs of a workflow reach AWS: those that a step sends, or the step of a workflow that it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ..arazzo.model import Document, Step

INPUT: Final = re.compile(r"\$inputs\.([A-Za-z0-9_-]+)")
"""Where a value of a document has a workflow's input."""


def sent_inputs(document: Document, workflow_id: str, above: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the inputs of a workflow that its steps send.

    Args:
        document: The document.
        workflow_id: The workflow.
        above: The workflows that lead to it.
    """
    known = {workflow.workflow_id: workflow for workflow in document.workflows}
    if workflow_id not in known or workflow_id in above:
        return frozenset()
    steps = known[workflow_id].steps
    return frozenset(name for step in steps for name in _step_inputs(document, step, above | {workflow_id}))


def _step_inputs(document: Document, step: Step, above: frozenset[str]) -> Iterator[str]:
    inner = step.target.workflow_id
    taken = sent_inputs(document, inner, above) if inner and step.target.source is None else None
    for each in step.parameters:
        if taken is None or each.name in taken:
            yield from _names(each.value.source)
    body = step.request_body
    if body is not None:
        yield from _names(None if body.payload is None else body.payload.source)
        for replacement in body.replacements:
            yield from _names(replacement.value.source)


def _names(value: Any) -> Iterator[str]:
    """Yield the inputs that a value names, at any depth."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _names(item)
    elif isinstance(value, str):
        yield from INPUT.findall(value)
