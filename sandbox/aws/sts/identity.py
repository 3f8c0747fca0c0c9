"""Who calls, and the roles that callers take on. Any role of any account may be taken on by anybody."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ...errors import PolicyError
from ..call import Call
from ..errors import ServiceError, validation
from ..permissions.policy import statements
from ..state import ACCOUNT, USER, RoleSession

_ROLE: Final = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):role/(?:.*/)?([\w+=,.@-]+)")
_HOUR: Final = 3600


def get_caller_identity(call: Call) -> dict[str, Any]:
    """Tell the account and the ARN of who signed the request."""
    session = call.world.role_sessions.get(call.access_key_id)
    if session is None:
        arn = f"arn:aws:iam::{ACCOUNT}:user/{USER}"
        return {"Account": ACCOUNT, "Arn": arn, "UserId": call.access_key_id}
    account, _ = _role(session.role_arn)
    return {
        "Account": account,
        "Arn": _session_arn(session),
        "UserId": f"{call.access_key_id}:{session.name}",
    }


def assume_role_with_web_identity(call: Call) -> dict[str, Any]:
    """Give out such credentials to whoever has a token, which any text is here."""
    return assume_role(call)


def assume_role(call: Call) -> dict[str, Any]:
    """Give out credentials that hold for a while of sandbox time."""
    role_arn, name = call.parameters["RoleArn"], call.parameters["RoleSessionName"]
    _role(role_arn)
    expires = call.now + call.parameters.get("DurationSeconds", _HOUR)
    access_key_id = f"ASIA{call.new_id()[:16].upper()}"
    session = RoleSession(
        role_arn,
        name,
        secret=call.new_id(),
        token=call.new_id(),
        expires=expires,
        policy=_session_policy(call.parameters.get("Policy")),
    )
    call.world.role_sessions[access_key_id] = session
    return {
        "Credentials": {
            "AccessKeyId": access_key_id,
            "SecretAccessKey": session.secret,
            "SessionToken": session.token,
            "Expiration": call.timestamp(expires),
        },
        "AssumedRoleUser": {"AssumedRoleId": f"{access_key_id}:{name}", "Arn": _session_arn(session)},
    }


def _session_policy(text: str | None) -> dict[str, Any] | None:
    """Read a session policy.

    Raises:
        ServiceError: MalformedPolicyDocument.
    """
    if text is None:
        return None
    try:
        policy: dict[str, Any] = json.loads(text)
        statements(policy)
    except (ValueError, PolicyError) as error:
        raise ServiceError("MalformedPolicyDocument", f"The policy is not valid: {error}") from error
    return policy


def _session_arn(session: RoleSession) -> str:
    account, role = _role(session.role_arn)
    return f"arn:aws:sts::{account}:assumed-role/{role}/{session.name}"


def _role(arn: str) -> tuple[str, str]:
    """Return the account and the name of a role.

    Raises:
        ServiceError: ValidationException, the ARN is not that of a role.
    """
    found = _ROLE.fullmatch(arn)
    if found is None:
        raise validation(f"{arn} is invalid")
    return found[1], found[2]
