"""What a caller has to be allowed to do, put to IAM's policy simulator, and what that answers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

PASSING: Final = "iam:PassRole"

_WHOLE: Final = {"kms:ReEncrypt*": ("kms:ReEncryptFrom", "kms:ReEncryptTo")}
"""The actions that a pattern stands for: the simulator takes no patterns (IAM API Reference)."""

_SESSION: Final = re.compile(r"(arn:[a-z-]+):sts::(\d{12}):assumed-role/([^/]+)/.+")
_ROLE: Final = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/.+")
_SOME_ID: Final = "0" * 32


@dataclass(frozen=True, slots=True)
class Question:
    """Some actions on one resource, as one call of SimulatePrincipalPolicy.

    Attributes:
        actions: Such as ``healthlake:CreateFHIRDatastore``.
        resource: An ARN, or ``*``.
        context: The values of condition keys that such a request has, by key.
    """

    actions: tuple[str, ...]
    resource: str
    context: Mapping[str, str]

    @property
    def shown(self) -> str:
        """The resource as a policy names it."""
        return self.resource.replace(_SOME_ID, "*")

    def inputs(self, principal: str) -> dict[str, Any]:
        """Return the inputs of the workflow ``simulate-permissions``."""
        entries = [
            {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
            for key, value in self.context.items()
        ]
        return {
            "principal": principal,
            "actions": list(self.actions),
            "resources": [self.resource],
            "context": entries,
        }


def questions(
    policy: Mapping[str, Any], *, region: str, account: str, role: str | None
) -> Iterator[Question]:
    """Yield what to ask so that a caller is known to have a policy.

    Args:
        policy: The policy document that the caller needs.
        region: The region of the stores.
        account: The caller's account.
        role: The role that exports write with; without it iam:PassRole is not asked for, since a policy that
            allows a certain role only would seem to deny it.
    """
    for statement in policy["Statement"]:
        actions = tuple(each for action in statement["Action"] for each in _WHOLE.get(action, (action,)))
        resource = statement["Resource"]
        if PASSING in actions:
            if role is None:
                continue
            resource = role
        context = {**statement.get("Condition", {}).get("StringEquals", {}), "aws:RequestedRegion": region}
        for each in [resource] if isinstance(resource, str) else resource:
            yield Question(actions, _some(each, region, account), context)


def denied(decisions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the actions that IAM would not allow, each with why."""
    return {
        each["EvalActionName"]: _REASONS.get(each["EvalDecision"], each["EvalDecision"])
        for each in decisions
        if each["EvalDecision"] != "allowed"
    }


_REASONS: Final = {
    "implicitDeny": "no policy allows it",
    "explicitDeny": "a policy denies it",
}


def is_role(arn: str) -> bool:
    """Whether a string is the ARN of a role."""
    return _ROLE.fullmatch(arn) is not None


def role_name(caller: str) -> str | None:
    """Return the name of the role whose session calls; None where it is not a session."""
    found = _SESSION.fullmatch(caller)
    return found[3] if found else None


def without_path(caller: str) -> str:
    """Return the ARN of the role whose session calls, as if it had no path."""
    return _SESSION.sub(r"\1:iam::\2:role/\3", caller)


def _some(resource: str, region: str, account: str) -> str:
    """Return an ARN that a pattern matches: IAM takes a ``*`` that it is asked for literally."""
    if resource == "*":
        return resource
    arn, partition, service, place, owner, *rest = resource.split(":")
    there = region if place == "*" else place
    owner = account if owner == "*" else owner
    return ":".join([arn, partition, service, there, owner, *rest]).replace("*", _SOME_ID)
