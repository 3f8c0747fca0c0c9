"""What a step reads from an answer, against the operation's output shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...arazzo.faults import clipped
from ...arazzo.jsonpath import paths
from ...arazzo.model import begins_with
from ...arazzo.syntax import CriterionError
from ...nearest import did_you_mean
from .dialect import criteria_of
from .walk import Lost, enum_of, walk_body

if TYPE_CHECKING:
    from botocore.model import Shape

    from ...arazzo.criteria import Comparison, Criterion
    from ...arazzo.expressions import Expression
    from ...arazzo.parse.cursor import NodeCursor
    from .calls import ServiceCall


_OF_ERRORS: Final = frozenset({"__type", "code", "message", "Message"})
"""What every refusal's body may have (the AWS JSON and REST JSON protocols)."""


def check_answers(call: ServiceCall) -> None:
    """Write down what is read although the answer cannot hold it, and states that the resource never has."""
    for name, output in call.step.outputs.items():
        _check_expression(call, begins_with(output), call.at("outputs").child(name) or call.cursor)
    # A failure's answer is an error, whose members the model does not tie to the operation's output; and the
    # workflow's actions serve steps with other answers, too.
    own = call.step.on_success if "onSuccess" in call.cursor.node.fields else ()
    for pointer, criterion in criteria_of(call.step, *own):
        _check_criterion(call, criterion, _anywhere(call, pointer))


def _anywhere(call: ServiceCall, pointer: str) -> NodeCursor:
    """Return the cursor on a criterion, which may be the workflow's or a component's."""
    if pointer.startswith(f"{call.cursor.path}/"):
        return call.cursor.at(pointer[len(call.cursor.path) :])
    return call.root.at(pointer)


def shape_of(call: ServiceCall, expression: Expression) -> Shape | Lost | None:
    """Return the shape of what an expression reads from the answer's body; as ``walk``."""
    return walk_body(call.model.output_shape, expression.path)


def _check_expression(call: ServiceCall, expression: Expression, cursor: NodeCursor) -> None:
    if expression.root != "response.body" or _is_of_an_error(call, expression.path):
        return
    found = shape_of(call, expression)
    if isinstance(found, Lost):
        _lost(call, expression.text, found, cursor)


def _lost(call: ServiceCall, text: str, lost: Lost, cursor: NodeCursor) -> None:
    message = f"{clipped(text)}: {lost.inside} of {call.model.name} has no {clipped(lost.name)}"
    cursor.fault("unknown-member", message, did_you_mean(lost.name, lost.known))


def _check_criterion(call: ServiceCall, criterion: Criterion, cursor: NodeCursor) -> None:
    for comparison in criterion.comparisons():
        found = walk_body(call.model.output_shape, comparison.path)
        if _is_of_an_error(call, comparison.path):
            continue
        if isinstance(found, Lost):
            _lost(call, criterion.text, found, cursor)
        elif found is not None:
            _check_literal(criterion, comparison, found, cursor)
    if not criterion.comparisons():
        for expression in criterion.expressions():
            _check_expression(call, expression, cursor)
        _check_plain_path(call, criterion, cursor)


def _is_of_an_error(call: ServiceCall, path: tuple[str | int, ...]) -> bool:
    """Whether a path may lead into a refusal's answer: its code, its message or a member of the error."""
    first = path[0] if path else ""
    return first in _OF_ERRORS or any(first in each.members for each in call.model.error_shapes)


def _check_plain_path(call: ServiceCall, criterion: Criterion, cursor: NodeCursor) -> None:
    """Check a JSONPath of members and indexes only that is compared with nothing."""
    context = criterion.context
    if criterion.type != "jsonpath" or context is None or context.root != "response.body":
        return
    try:
        path, _ = paths.read_path(criterion.text, 0)
    except (CriterionError, paths.PathError):
        return
    found = walk_body(call.model.output_shape, context.path + (path.steps or ()))
    if isinstance(found, Lost):
        _lost(call, criterion.text, found, cursor)


def _check_literal(criterion: Criterion, comparison: Comparison, shape: Shape, cursor: NodeCursor) -> None:
    """Check a literal against the shape's values; simple conditions compare without regard to case."""
    known, literal = enum_of(shape), comparison.literal
    if not known or not isinstance(literal, str) or comparison.operator not in ("==", "!="):
        return
    same = str.casefold if criterion.type == "simple" else str
    if same(literal) not in {same(value) for value in known}:
        message = f"{clipped(criterion.text)}: {shape.name} is never {clipped(literal)}"
        cursor.fault("unknown-state", message, did_you_mean(literal, known))
