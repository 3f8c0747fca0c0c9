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


def with_inputs(
    document: Document, workflow_id: str, inputs: Mapping[str, Any], *, complete: bool = False
) -> Document:
    """Return a document whose workflow has its inputs' values in the place of the expressions for them.

    Expressions for anything else, and for inputs that are not known, stay; so does a string with a ``$`` in
    it, which would read as an expression.

    Args:
        document: The document.
        workflow_id: The workflow that the inputs are for.
        inputs: The inputs that are known.
        complete: Whether an input that is left out is unset, so that what asks for it is left out, as in a
            run; otherwise it is not known.
    """
    context = Context(inputs=inputs)
    workflows = tuple(
        replace(
            workflow, steps=tuple(_known_step(step, context, complete=complete) for step in workflow.steps)
        )
        if workflow.workflow_id == workflow_id
        else workflow
        for workflow in document.workflows
    )
    return replace(document, workflows=workflows)


def _known_step(step: Step, context: Context, *, complete: bool) -> Step:
    values = [(each, known(each.value.source, context, complete=complete)) for each in step.parameters]
    parameters = tuple(
        replace(each, value=templates.parse_template(value)) for each, value in values if value is not MISSING
    )
    body = step.request_body
    return replace(
        step, parameters=parameters, request_body=body and _known_body(body, context, complete=complete)
    )


def _known_body(body: RequestBody, context: Context, *, complete: bool) -> RequestBody:
    payload = body.payload
    if payload is None or (isinstance(payload.source, str) and not complete):
        return body
    if isinstance(payload.source, str):
        source = _rendered(payload, context, complete=complete)
    else:
        source = known(payload.source, context, complete=complete)
    if source is MISSING:
        source = type(payload.source)()
    return replace(body, payload=templates.parse_payload(source, body.content_type))


def known(value: JSON, context: Context, *, complete: bool = False) -> JSON:
    """Return a value with the expressions replaced that only ask for inputs that are known.

    With ``complete``, see ``with_inputs``, what asks for an unset input is left out, at any depth, and so is
    what has nothing else in it; ``MISSING`` where that is all.
    """
    if isinstance(value, Mapping):
        if "selector" in value:
            return value
        members = {key: known(each, context, complete=complete) for key, each in value.items()}
        given = {key: each for key, each in members.items() if each is not MISSING}
        return given if given or not members else MISSING
    if isinstance(value, list):
        items = [known(each, context, complete=complete) for each in value]
        left = [each for each in items if each is not MISSING]
        return left if left or not items else MISSING
    if isinstance(value, str) and "$" in value:
        return _rendered(templates.parse_template(value), context, complete=complete)
    return value


def _rendered(template: Template, context: Context, *, complete: bool) -> JSON:
    found = [expression for _, expression in template.expressions()]
    if not found or any(expression.root != "inputs" for expression in found):
        return template.source
    rendered = templates.render(template, context)
    if rendered is MISSING:
        return MISSING if complete else template.source
    return template.source if _has_dollar(rendered) else rendered


def _has_dollar(value: JSON) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_dollar, (*value, *value.values())))
    return (
        any(map(_has_dollar, value)) if isinstance(value, list) else isinstance(value, str) and "$" in value
    )
