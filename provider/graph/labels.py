"""What a picture says of steps and conditions, short enough for a label."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from provider.arazzo.criteria import Comparison, Criterion
    from provider.arazzo.expressions import Expression
    from provider.arazzo.model import Step

_FAILURE: Final = re.compile(r"FAIL|ERROR|CANCEL|REJECT|ABORT", re.IGNORECASE)
_LONGEST: Final = 60


def operation(step: Step) -> str:
    """Return what a step runs: an operation's name, its method and path, or a workflow."""
    target = step.target
    if target.operation_path is not None:
        path, method = target.operation_path
        return f"{method.upper()} {path}"
    return target.operation_id or f"workflow {target.workflow_id}"


def conditions(criteria: Iterable[Criterion]) -> str:
    """Return what has to hold, in few words; empty where nothing has to."""
    return " and ".join(_condition(criterion) for criterion in criteria)


def _condition(criterion: Criterion) -> str:
    compared = criterion.comparisons()
    if criterion.dialect and len(compared) == 1:
        return _comparison(compared[0])
    text = " ".join(criterion.text.split())
    for found in criterion.expressions():
        text = text.replace(found.text, _last_name(found))
    if criterion.type != "simple":
        text = f"{criterion.type} {text}"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _last_name(expression: Expression) -> str:
    """Return the last name in an expression: what it is about, without the way there."""
    members = (*expression.readings[0].members, *(expression.pointer or ()))
    return str(members[-1]) if members else expression.name or expression.root.rpartition(".")[2]


def _comparison(comparison: Comparison) -> str:
    path = [str(part) for part in comparison.path]
    name = path[-1] if path else "body"
    if comparison.operator == "==":
        return f"{name} is {comparison.literal}"
    return f"{name} {comparison.operator} {comparison.literal}"


def is_failure_state(criterion: Criterion) -> bool:
    """Whether a criterion asks for a state whose name says that something went wrong."""
    return any(
        comparison.operator == "=="
        and isinstance(comparison.literal, str)
        and _FAILURE.search(comparison.literal)
        for comparison in criterion.comparisons()
    )
