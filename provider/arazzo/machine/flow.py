"""The rules of a step's end: did it succeed, what are its outputs, which action comes next. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from .. import criteria
from ..protocol import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..expressions import Context
    from ..model import Action, Output
    from ..protocol import JSON, Response
    from .program import StepPlan
    from .reads import Path


SUCCESSES: Final = range(200, 300)


class Unmet(NamedTuple):
    """Why a step failed: in a sentence, and the criterion that does not hold, if it was one."""

    why: str
    criterion: str | None = None


def unmet(plan: StepPlan, context: Context) -> Unmet | None:
    """Return why a step whose answer has come did not succeed, or None where it did.

    All success criteria must hold. The specification leaves open what success means where a step has none:
    here it is any 2xx status, so that an error is never taken for success by silence, for a workflow step
    that its workflow has succeeded, and for a step on a channel that its message was sent or came.
    """
    response, step = context.response, plan.step
    criterion = criteria.first_unmet(step.success_criteria, context)
    if criterion is not None:
        why = criteria.decide_criterion(criterion, context).why
        return Unmet(f"a success criterion does not hold: {why}{_said(response)}", criterion.text)
    if step.success_criteria or plan.workflow is not None or response is None or step.action is not None:
        return None
    if response.status not in SUCCESSES:
        return Unmet(f"the answer's status is {response.status}{_said(response)}")
    return None


def evaluated_outputs(named: Mapping[str, Output], context: Context) -> dict[str, JSON]:
    """Return the outputs that have a value; raises SelectorError."""
    values: dict[str, JSON] = {}
    for name, expression in named.items():
        value = expression.find(context)
        if value is not MISSING:
            values[name] = value
    return values


def applies(action: Action, context: Context) -> bool:
    """Whether an action's criteria all hold; one without criteria always applies."""
    return criteria.first_unmet(action.criteria, context) is None


def retries_left(action: Action, used: Mapping[str, int]) -> bool:
    """Whether a retry may be made once more: ``retryLimit`` times, once where it is unset."""
    return used.get(action.name, 0) < (1 if action.retry_limit is None else action.retry_limit)


def status_of(plan: StepPlan, response: Response | None, given: Mapping[str, JSON]) -> str:
    """Return the word that an answer was judged by (``CREATING``), or an empty string.

    It stands where the step's actions look for it, or in an output whose name ends in status or state.
    """
    found = _word(response.body, plan.watched) if response is not None else ""
    return found or named_status(given)


def named_status(given: Mapping[str, JSON]) -> str:
    """Return the first text among outputs whose names end in status or state, or an empty one."""
    named = (value for name, value in given.items() if name.lower().endswith(("status", "state")))
    return next((value for value in named if isinstance(value, str)), "")


def _said(response: Response | None) -> str:
    error = response.error if response is not None else None
    if response is None or error is None:
        return ""
    said = ": ".join(filter(None, (error.code, error.message)))
    return f" ({'; '.join(filter(None, (said, response.doubt)))})"


def _word(body: JSON, paths: Iterable[Path]) -> str:
    for path in paths:
        found = _at(body, path)
        if isinstance(found, str):
            return found
    return ""


def _at(value: JSON, path: Path) -> JSON:
    for part in path:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and str(part).isdecimal() and int(part) < len(value):
            value = value[int(part)]  # a JSON Pointer's token for an element is text
        else:
            return None
    return value
