"""Warn: what AWS takes and is dangerous all the same. No call is made for it: a preview needs no account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .diff import wanted
from .tag_limit import limit_warnings

if TYPE_CHECKING:
    from ..kinds.kind import Kind


def risks(
    kind: Kind, olds: Mapping[str, Any], inputs: Mapping[str, Any], account: str | None
) -> Iterator[str]:
    """Yield what AWS may refuse of a resource's inputs, and did not have to say of those before.

    Args:
        kind: The table's row.
        olds: The inputs in the state; empty for a new resource.
        inputs: The checked inputs.
        account: The account that the resource is meant for; None where it is not known.
    """
    known = set(kind.risks(olds, account)) if olds else set()
    for risk in kind.risks(inputs, account):
        if risk not in known:
            yield f"{risk.path} {risk.reason}"


def repeated(kind: Kind, resource_id: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Iterator[str]:
    """Yield what feeds an idempotency token, and is to be the same in the resource that replaces another."""
    for name in kind.repeated_tokens(olds, news):
        yield (
            f"{name} feeds an idempotency token and does not change: AWS may give back {kind.noun} "
            f"{resource_id} instead of a new one, and the replacement fails then; change it, too"
        )


def warnings(kind: Kind, inputs: Mapping[str, Any], *, stack: str, count: int) -> Iterator[str]:
    """Yield what to say of a resource that is to be made.

    Args:
        kind: The table's row.
        inputs: Its checked inputs.
        stack: The stack's name.
        count: How many resources of the kind the program declares so far, in the same region, this one
            included. What else is in the account is not known without a call.
    """
    yield from kind.cautions(inputs, stack)
    if not wanted(inputs):
        yield from limit_warnings(kind, inputs)
    if kind.quota and count > kind.quota and not wanted(inputs):
        yield (
            f"this is {kind.noun} number {count} of this program, and AWS allows {kind.quota} active ones "
            "by default; ask for a higher quota (Service Quotas), if you have not"
        )
