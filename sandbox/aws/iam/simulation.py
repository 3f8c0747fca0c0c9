"""The policy simulator, and the roles that it is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..call import Call
from ..errors import ServiceError
from ..permissions.decision import Need, decide
from ..permissions.policy import Statement, statements


def simulate_principal_policy(call: Call) -> dict[str, Any]:
    """Decide on some actions, as if a principal had asked for them."""
    policy = _policy(call, call.parameters["PolicySourceArn"])
    context = {
        entry["ContextKeyName"].lower(): tuple(entry["ContextKeyValues"])
        for entry in call.parameters.get("ContextEntries", [])
    }
    results = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": "allowed" if policy is None else decide(policy, Need(action, resource, context)),
            "MatchedStatements": [],
            "MissingContextValues": [],
        }
        for action in call.parameters["ActionNames"]
        for resource in call.parameters.get("ResourceArns") or ["*"]
    ]
    return {"EvaluationResults": results, "IsTruncated": False}


def get_role(call: Call) -> dict[str, Any]:
    """Read a role that is known, or whose credentials were given out."""
    name = call.parameters["RoleName"]
    taken_on = (session.role_arn for session in call.world.role_sessions.values())
    for arn in (*call.world.access.roles, *taken_on):
        path, _, last = arn.partition(":role/")[2].rpartition("/")
        if last == name:
            shown = {"Path": f"/{path}/" if path else "/", "RoleName": name, "RoleId": f"AROA{'0' * 17}"}
            return {"Role": {**shown, "Arn": arn, "CreateDate": call.timestamp(call.now)}}
    raise ServiceError("NoSuchEntity", f"The role with name {name} cannot be found.", status=404)


def _policy(call: Call, principal: str) -> tuple[Statement, ...] | None:
    """Return what a principal's own policies say; None where everything is allowed."""
    role = call.world.access.roles.get(principal)
    policy: Mapping[str, Any] | None = call.world.access.policy if role is None else role.permissions
    return None if policy is None else statements(policy)
