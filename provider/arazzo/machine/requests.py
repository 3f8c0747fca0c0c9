"""What a step sends: its parameters and payload with every expression resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .. import templates
from ..protocol import MISSING, Request
from ..syntax import TemplateError
from ..values import as_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..expressions import Context
    from ..model import In, Parameter, RequestBody, Step
    from ..protocol import JSON, Missing

_HTTP: Final = 4
"""How many places parameters of Arazzo 1.0 have."""


def request(step: Step, context: Context, key: str) -> Request:
    """Return a step's request; parameters and payload members without a value are left out.

    Raises:
        TemplateError: The payload's replacements cannot be made.
    """
    placed: dict[In | None, dict[str, JSON]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    for parameter in step.parameters:
        value = templates.render(parameter.value, context)
        if value is not MISSING:
            placed.setdefault(parameter.in_ or "query", {})[parameter.name] = value
    if len(placed) > _HTTP or step.correlation_id is not None:
        return _of_newer(step, context, key, placed)
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


def _of_newer(step: Step, context: Context, key: str, placed: dict[In | None, dict[str, JSON]]) -> Request:
    """Return a request with what only Arazzo 1.1 has: a query string, or what a message needs."""
    body, query = step.request_body, next(iter(placed.get("querystring", {}).values()), None)
    if query is not None and not isinstance(query, str):
        raise TemplateError(as_text(query), 0, "a querystring must be a string")
    correlation = step.correlation_id
    return Request(
        path=placed["path"],
        query=placed["query"],
        header=placed["header"],
        cookie=placed["cookie"],
        content_type=body.content_type if body else None,
        body=_payload(body, context) if body else MISSING,
        key=key,
        querystring=query,
        channel=placed.get("channel", {}),
        correlation_id=MISSING if correlation is None else templates.render(correlation, context),
    )


def arguments(parameters: Iterable[Parameter], context: Context) -> dict[str, JSON]:
    """Return the inputs that a step or an action hands to its workflow."""
    rendered = {each.name: templates.render(each.value, context) for each in parameters}
    return {name: value for name, value in rendered.items() if value is not MISSING}


def _payload(body: RequestBody, context: Context) -> JSON | Missing:
    payload = MISSING if body.payload is None else templates.render(body.payload, context)
    if not body.replacements or payload is MISSING:
        return payload
    values = [(each.target, templates.render(each.value, context), each.type) for each in body.replacements]
    return templates.replace(payload, values, body.content_type)
