"""The decision on one action: an explicit Deny, or else an Allow, or else a refusal.

Source: IAM User Guide, "Policy evaluation logic".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .conditions import Context, filled, like
from .policy import Patterns, Statement

Decision = Literal["allowed", "implicitDeny", "explicitDeny"]


@dataclass(frozen=True, slots=True)
class Need:
    """One action on one resource that a call needs.

    Attributes:
        action: ``healthlake:CreateFHIRDatastore``.
        resource: An ARN, or ``*`` where the action is on none.
        context: The request's condition keys.
    """

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict)


def decide(statements: Iterable[Statement], need: Need) -> Decision:
    """Decide on a need by the policies of an identity."""
    return _combined(each for each in statements if _is_about(each, need))


def decide_for(
    statements: Iterable[Statement], need: Need, principal: Mapping[str, Iterable[str]]
) -> Decision:
    """Decide on a need by the policy of a resource.

    Args:
        statements: The resource's policy.
        need: What is asked for.
        principal: Under which names who asks is known, by the type of the principal (``AWS``, ``Service``).
    """
    return _combined(each for each in statements if _is_about(each, need) and _is_of(each, principal))


def _combined(fitting: Iterable[Statement]) -> Decision:
    effects = {each.allows for each in fitting}
    if False in effects:
        return "explicitDeny"
    return "allowed" if True in effects else "implicitDeny"


def _is_about(statement: Statement, need: Need) -> bool:
    resources = statement.resources
    return (
        _fits(statement.actions, need.action.lower(), lower=True, context=need.context)
        and (resources is None or _fits(resources, need.resource, lower=False, context=need.context))
        and all(condition.holds(need.context) for condition in statement.conditions)
    )


def _fits(patterns: Patterns, text: str, *, lower: bool, context: Context) -> bool:
    values = (value.lower() if lower else filled(value, context) for value in patterns.values)
    return any(like(value, text) for value in values) is not patterns.is_negated


def _is_of(statement: Statement, principal: Mapping[str, Iterable[str]]) -> bool:
    named = statement.principals or {}
    return any(
        "*" in named.get(kind, ()) or set(names) & set(named.get(kind, ()))
        for kind, names in principal.items()
    )
