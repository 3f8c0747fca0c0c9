"""What is known of a workflow's requests before it runs: the values that its inputs alone decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..arazzo import templates
from ..arazzo.expressions import Context
from ..arazzo.protocol import MISSING

if TYPE_CHECKING:
    from ..arazzo.model import Document, RequestBody, Step
    from ..arazzo.protocol import JSON
    from ..arazzo.templates import Template


def with_inputs(document: Document, workflow_id: str, inputs: Mapping[str, Any]) -> Document:
    """Return a document whose workflow has its inputs' values in the place of the expressions for them.

    Expressions for anything else, and for inputs that are not given, stay; so does a string with a ``$`` in
    it, which would read as an expression.

    Args:
        document: The document.
        workflow_id: The workflow that the inputs are for.
        inputs: The inputs that are known. A key that is left out is not known.
    """
    context = Context(inputs=inputs)
    workflows = tuple(
        replace(workflow, steps=tuple(_known_step(step, context) for step in workflow.steps))
        if workflow.workflow_id == workflow_id
        else workflow
        for workflow in document.workflows
    )
    return replace(document, workflows=workflows)


def _known_step(step: Step, context: Context) -> Step:
    parameters = tuple(replace(each, value=_known(each.value, context)) for each in step.parameters)
    body = step.request_body
    return replace(step, parameters=parameters, request_body=body and _known_body(body, context))


def _known_body(body: RequestBody, context: Context) -> RequestBody:
    payload = body.payload
    if payload is None or isinstance(payload.source, str):
        return body
    source = known(payload.source, context)
    return replace(body, payload=templates.parse_payload(source, body.content_type))


def _known(template: Template, context: Context) -> Template:
    return templates.parse_template(known(template.source, context))


def known(value: JSON, context: Context) -> JSON:
    """Return a value with the expressions replaced that only ask for inputs that are known."""
    if isinstance(value, Mapping):
        if "selector" in value:
            return value
        return {key: known(each, context) for key, each in value.items()}
    if isinstance(value, list):
        return [known(each, context) for each in value]
    return _text(value, context) if isinstance(value, str) and "$" in value else value


def _text(value: str, context: Context) -> JSON:
    template = templates.parse_template(value)
    found = [expression for _, expression in template.expressions()]
    if not found or any(expression.root != "inputs" for expression in found):
        return value
    rendered = templates.render(template, context)
    return value if rendered is MISSING or _has_dollar(rendered) else rendered


def _has_dollar(value: JSON) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_dollar, (*value, *value.values())))
    return (
        any(map(_has_dollar, value)) if isinstance(value, list) else isinstance(value, str) and "$" in value
    )
