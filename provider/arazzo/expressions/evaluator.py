"""What a runtime expression refers to while a workflow runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from provider.arazzo import pointers
from provider.arazzo.protocol import JSON, MISSING, Missing, Request, Response
from provider.arazzo.values import walk

if TYPE_CHECKING:
    from provider.arazzo.expressions.tree import Expression, Reading, Root

Named = Mapping[str, JSON]
_NONE: Final[Named] = {}


@dataclass(frozen=True, slots=True)
class Context:
    """What expressions can refer to.

    Attributes:
        inputs: The workflow's inputs; unset optional ones are absent.
        outputs: The workflow's outputs so far.
        steps: The outputs of each step that has run, by stepId.
        workflows: ``{"inputs": {...}, "outputs": {...}}`` of each workflow that has run, by workflowId.
        sources: The fields of each source description (``{"url": ...}``), by name.
        components: The Components Object: kind (``parameters``) to name to value.
        request: The current step's request, if there is one.
        response: Its answer, if one came.
    """

    inputs: Named = field(default_factory=dict)
    outputs: Named = field(default_factory=dict)
    steps: Mapping[str, Named] = field(default_factory=dict)
    workflows: Mapping[str, Mapping[str, Named]] = field(default_factory=dict)
    sources: Mapping[str, Named] = field(default_factory=dict)
    components: Mapping[str, Named] = field(default_factory=dict)
    request: Request | None = None
    response: Response | None = None


def evaluate(expression: Expression, context: Context) -> JSON | Missing:
    """Return the value with its type, or MISSING where the reference leads to nothing."""
    find = _FINDERS[expression.root]
    for reading in expression.readings:
        value = walk(find(context, reading), reading.members)
        if value is not MISSING:
            return pointers.get(value, expression.pointer) if expression.pointer else value
    return MISSING


def _header(headers: Named, name: str) -> JSON | Missing:
    """Look a header up without regard to case (RFC 9110, section 5.1)."""
    if name in headers:
        return headers[name]
    folded = name.lower()
    return next((value for each, value in headers.items() if each.lower() == folded), MISSING)


def _of_request(find: Callable[[Request, str], JSON | Missing]) -> Finder:
    def finder(context: Context, reading: Reading) -> JSON | Missing:
        return MISSING if context.request is None else find(context.request, reading.name)

    return finder


def _of_response(find: Callable[[Response, str], JSON | Missing]) -> Finder:
    def finder(context: Context, reading: Reading) -> JSON | Missing:
        return MISSING if context.response is None else find(context.response, reading.name)

    return finder


def _nothing(context: Context, reading: Reading) -> Missing:  # noqa: ARG001 - a finder
    """Answer for a response's query and path, which the grammar has and HTTP has not."""
    return MISSING


def _of_workflow(context: Context, reading: Reading, field: str) -> JSON | Missing:
    fields = context.workflows.get(reading.owner)
    return fields.get(field, _NONE).get(reading.name, MISSING) if fields else MISSING


Finder = Callable[[Context, "Reading"], JSON | Missing]

_FINDERS: Final[dict[Root, Finder]] = {
    "url": _of_response(lambda response, _: response.url or MISSING),
    "method": _of_response(lambda response, _: response.method or MISSING),
    "statusCode": _of_response(lambda response, _: response.status),
    "request.header": _of_request(lambda request, name: _header(request.header, name)),
    "request.query": _of_request(lambda request, name: request.query.get(name, MISSING)),
    "request.path": _of_request(lambda request, name: request.path.get(name, MISSING)),
    "request.body": _of_request(lambda request, _: request.body),
    "response.header": _of_response(lambda response, name: _header(response.headers, name)),
    "response.query": _nothing,
    "response.path": _nothing,
    "response.body": _of_response(lambda response, _: response.body),
    "inputs": lambda context, it: context.inputs.get(it.name, MISSING),
    "outputs": lambda context, it: context.outputs.get(it.name, MISSING),
    "steps": lambda context, it: context.steps.get(it.owner, _NONE).get(it.name, MISSING),
    "workflows.inputs": lambda context, it: _of_workflow(context, it, "inputs"),
    "workflows.outputs": lambda context, it: _of_workflow(context, it, "outputs"),
    "sourceDescriptions": lambda context, it: context.sources.get(it.owner, _NONE).get(it.name, MISSING),
    "components": lambda context, it: context.components.get(it.owner, _NONE).get(it.name, MISSING),
}
