"""What a runtime expression refers to while a workflow runs.

``compile_expression`` makes a function of an expression's parts once, so that a step which is asked a
thousand times looks nothing up in the expression again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from .. import pointers
from ..protocol import JSON, MISSING, Missing, Request, Response
from ..values import walk

if TYPE_CHECKING:
    from .tree import Expression, Reading, Root

Named = Mapping[str, JSON]
_NONE: Final[Mapping[str, JSON]] = MappingProxyType({})


class Context(NamedTuple):
    """What expressions can refer to.

    Attributes:
        inputs: The workflow's inputs; unset optional ones are absent.
        outputs: The workflow's outputs so far.
        steps: The outputs of each step that has run, by stepId.
        workflows: ``{"inputs": {...}, "outputs": {...}}`` of each workflow that has run, by workflowId.
        sources: The fields of each source description (``{"url": ...}``), by name.
        components: The Components Object: kind (``parameters``) to name to value.
        request: The current step's request, if there is one.
        response: Its answer, if one came; for a step on a channel its message, with the payload as body.
        self_uri: The document's ``$self``, if it has one.
    """

    inputs: Named = _NONE
    outputs: Named = _NONE
    steps: Mapping[str, Named] = _NONE
    workflows: Mapping[str, Mapping[str, Named]] = _NONE
    sources: Mapping[str, Named] = _NONE
    components: Mapping[str, Named] = _NONE
    request: Request | None = None
    response: Response | None = None
    self_uri: str | None = None


Finder = Callable[[Context], JSON | Missing]
"""Returns a value with its type, or MISSING where a reference leads to nothing."""


def evaluate(expression: Expression, context: Context) -> JSON | Missing:
    """Return the value with its type, or MISSING where the reference leads to nothing."""
    return expression.find(context)


def compile_expression(root: Root, readings: tuple[Reading, ...], pointer: tuple[str, ...] | None) -> Finder:
    """Return the function that finds what an expression of these parts refers to."""
    finders = [_reading(root, each) for each in readings]
    find = finders[0] if len(finders) == 1 else _first(finders)
    return _pointed(find, pointer) if pointer else find


def _reading(root: Root, reading: Reading) -> Finder:
    find, members = _FINDERS[root](reading), reading.members
    return (lambda context: walk(find(context), members)) if members else find


def _first(finders: list[Finder]) -> Finder:
    """Find by the first reading that leads to something."""

    def find(context: Context) -> JSON | Missing:
        values = (each(context) for each in finders)
        return next((value for value in values if value is not MISSING), MISSING)

    return find


def _pointed(find: Finder, pointer: tuple[str, ...]) -> Finder:
    return lambda context: pointers.get(find(context), pointer)


def _sent_headers(request: Request) -> Named:
    """Return a request's headers; the media type of its body is one of them."""
    return (
        {"Content-Type": request.content_type, **request.header} if request.content_type else request.header
    )


def _header(headers: Named, name: str) -> JSON | Missing:
    """Look a header up without regard to case (RFC 9110, section 5.1)."""
    if name in headers:
        return headers[name]
    folded = name.lower()
    return next((value for each, value in headers.items() if each.lower() == folded), MISSING)


def _of_request(find: Callable[[Request, str], JSON | Missing]) -> Callable[[Reading], Finder]:
    def compiled(reading: Reading) -> Finder:
        name = reading.name
        return lambda context: MISSING if context.request is None else find(context.request, name)

    return compiled


def _of_response(find: Callable[[Response, str], JSON | Missing]) -> Callable[[Reading], Finder]:
    def compiled(reading: Reading) -> Finder:
        name = reading.name
        return lambda context: MISSING if context.response is None else find(context.response, name)

    return compiled


def _body(_reading: Reading) -> Finder:
    """Find the answer's body, which most conditions and outputs begin with."""

    def find(context: Context) -> JSON | Missing:
        response = context.response
        return MISSING if response is None else response.body

    return find


def _of_inputs(reading: Reading) -> Finder:
    name = reading.name
    return lambda context: context.inputs.get(name, MISSING)


def _of_outputs(reading: Reading) -> Finder:
    name = reading.name
    return lambda context: context.outputs.get(name, MISSING)


def _owned(part: Callable[[Context], Mapping[str, Named]]) -> Callable[[Reading], Finder]:
    def compiled(reading: Reading) -> Finder:
        owner, name = reading.owner, reading.name
        return lambda context: part(context).get(owner, _NONE).get(name, MISSING)

    return compiled


def _of_workflow(field: str) -> Callable[[Reading], Finder]:
    def compiled(reading: Reading) -> Finder:
        owner, name = reading.owner, reading.name
        return lambda context: context.workflows.get(owner, _NONE).get(field, _NONE).get(name, MISSING)

    return compiled


def _nothing(_reading: Reading) -> Finder:
    """Answer for a response's query and path, which the grammar has and HTTP has not."""
    return lambda _context: MISSING


_FINDERS: Final[dict[Root, Callable[[Reading], Finder]]] = {
    "url": _of_response(lambda response, _: response.url or MISSING),
    "method": _of_response(lambda response, _: response.method or MISSING),
    "statusCode": _of_response(lambda response, _: response.status),
    "self": lambda _reading: lambda context: MISSING if context.self_uri is None else context.self_uri,
    "request.header": _of_request(lambda request, name: _header(_sent_headers(request), name)),
    "request.query": _of_request(lambda request, name: request.query.get(name, MISSING)),
    "request.path": _of_request(lambda request, name: request.path.get(name, MISSING)),
    "request.body": _of_request(lambda request, _: request.body),
    "response.header": _of_response(lambda response, name: _header(response.headers, name)),
    "response.query": _nothing,
    "response.path": _nothing,
    "response.body": _body,
    "message.header": _of_response(lambda response, name: _header(response.headers, name)),
    "message.payload": _body,
    "inputs": _of_inputs,
    "outputs": _of_outputs,
    "steps": _owned(lambda context: context.steps),
    "workflows.inputs": _of_workflow("inputs"),
    "workflows.outputs": _of_workflow("outputs"),
    "sourceDescriptions": _owned(lambda context: context.sources),
    "components": _owned(lambda context: context.components),
}
