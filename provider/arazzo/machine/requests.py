"""What a step sends: its parameters and payload with every expression resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import templates
from ..protocol import MISSING, Request

if TYPE_CHECKING:
    from ..expressions import Context
    from ..model import In, RequestBody, Step
    from ..protocol import JSON, Missing


def request(step: Step, context: Context, key: str) -> Request:
    """Return a step's request; parameters and payload members without a value are left out.

    Raises:
        TemplateError: The payload's replacements cannot be made.
    """
    placed: dict[In | None, dict[str, JSON]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    for parameter in step.parameters:
        value = templates.render(parameter.value, context)
        if value is not MISSING:
            placed[parameter.in_ or "query"][parameter.name] = value
    body = step.request_body
    return Request(
        path=placed["path"],
        query=placed["query"],
        header=placed["header"],
        cookie=placed["cookie"],
        content_type=body.content_type if body else None,
        body=_payload(body, context) if body else MISSING,
        key=key,
    )


def arguments(step: Step, context: Context) -> dict[str, JSON]:
    """Return the inputs that a workflow step hands to its workflow."""
    rendered = {each.name: templates.render(each.value, context) for each in step.parameters}
    return {name: value for name, value in rendered.items() if value is not MISSING}


def _payload(body: RequestBody, context: Context) -> JSON | Missing:
    payload = MISSING if body.payload is None else templates.render(body.payload, context)
    if not body.replacements or payload is MISSING:
        return payload
    values = [(each.target, templates.render(each.value, context)) for each in body.replacements]
    return templates.replace(payload, values, body.content_type)
