"""What a picture says of steps and conditions, short enough for a label."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ...models.states import is_failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...arazzo.criteria import Criterion
    from ...arazzo.expressions import Expression
    from ...arazzo.model import Step

_OTHER_OPERATORS: Final = re.compile(r"&&|!|<|>|\[")
_LONGEST: Final = 60
_LONGEST_LABEL: Final = 80
_MOST_VALUES: Final = 4


@dataclass(frozen=True, slots=True)
class States:
    """What a criterion asks for that is nothing but ``status == 'A' || status == 'B'``.

    Attributes:
        path: Where the status stands in the answer's body.
        values: The states that it allows.
    """

    path: tuple[str | int, ...]
    values: tuple[str, ...]

    def __str__(self) -> str:
        """Name the status and its states: ``status is A, B or C``."""
        return f"{self._name} is {_either(self.values, 'or')}"

    def refused(self) -> str:
        """Say the contrary: ``status is not A``, ``status is none of A, B and C``."""
        if len(self.values) == 1:
            return f"{self._name} is not {self.values[0]}"
        return f"{self._name} is not one of {_either(self.values, 'and')}"

    @property
    def _name(self) -> str:
        return str(self.path[-1]) if self.path else "the answer"


def states(criterion: Criterion) -> States | None:
    """Return the states that a criterion asks for, None where it asks for anything else."""
    compared = criterion.comparisons()
    plain = criterion.type == "simple" or criterion.dialect
    if not compared or not plain or _OTHER_OPERATORS.search(criterion.text):
        return None
    paths = {each.path for each in compared}
    equal = all(each.operator == "==" for each in compared)
    if not equal or len(paths) > 1 or criterion.text.count("==") != len(compared):
        return None
    return States(paths.pop(), tuple(str(each.literal) for each in compared))


def operation_label(step: Step) -> str:
    """Return what a step runs: an operation's name, its method and path, or a workflow."""
    target = step.target
    if target.operation_path is not None:
        path, method = target.operation_path
        return shortened(f"{method.upper()} {path}")
    if step.action is not None:
        named = target.operation_id or (target.channel_path or "").removeprefix("/channels/").replace(
            "~1", "/"
        )
        return shortened(f"{step.action} {named}")
    return target.operation_id or f"workflow {target.workflow_id}"


def conditions(criteria: Sequence[Criterion]) -> str:
    """Return what has to hold, in few words; empty where nothing has to."""
    return shortened(" and ".join(str(states(each) or _text(each)) for each in criteria))


def refusals(criteria: Sequence[Criterion]) -> str:
    """Return the contrary of ``conditions``."""
    found = states(criteria[0]) if len(criteria) == 1 else None
    return shortened(found.refused()) if found else f"not ({conditions(criteria)})"


def is_failure_state(criterion: Criterion) -> bool:
    """Whether a criterion asks for a state whose name says that something went wrong."""
    return any(
        comparison.operator == "==" and isinstance(comparison.literal, str) and is_failure(comparison.literal)
        for comparison in criterion.comparisons()
    )


def shortened(text: str, longest: int = _LONGEST_LABEL) -> str:
    """Return a string as it fits on one line of a label."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _either(values: tuple[str, ...], word: str) -> str:
    if len(values) > _MOST_VALUES:
        rest = len(values) - _MOST_VALUES + 1
        values = (*values[: _MOST_VALUES - 1], f"{rest} more")
    return f" {word} ".join(filter(None, [", ".join(values[:-1]), values[-1]]))


def _text(criterion: Criterion) -> str:
    text = " ".join(criterion.text.split())
    for found in criterion.expressions():
        text = text.replace(found.text, _last_name(found))
    if criterion.type != "simple" and not criterion.dialect:
        text = f"{criterion.type} {text}"
    return shortened(text, _LONGEST)


def _last_name(expression: Expression) -> str:
    """Return the last name in an expression: what it is about, without the way there."""
    if expression.path:
        return str(expression.path[-1])
    return expression.name or expression.root.rpartition(".")[2]
