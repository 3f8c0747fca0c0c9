"""What the ARNs in a request are held to: their partition, their account, their region.

Sources: AWS General Reference, "ARNs"; IAM User Guide, "Grant a user permissions to pass a role" (a role can
only be passed within its account); KMS Developer Guide, "Keys are regional". How each service refuses them is
inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .call import Call
from .errors import ServiceError, validation

_SERVICES: Final = frozenset({"healthlake", "medical-imaging"})
_PARTITION: Final = "aws"
_REGION: Final = 3
_ACCOUNT: Final = 4
_ROLES: Final = ("DataAccessRoleArn", "dataAccessRoleArn")


def check(call: Call) -> None:
    """Check the ARNs of a request.

    Raises:
        ServiceError: ValidationException for another partition, AccessDeniedException for a role of another
            account.
    """
    for name, arn in _named(call.parameters) if call.service in _SERVICES else ():
        if _part(arn, 1) != _PARTITION:
            raise validation(f"{arn} is not in the partition {_PARTITION}")
        if name in _ROLES and _part(arn, _ACCOUNT) != call.account:
            raise ServiceError("AccessDeniedException", "Cross-account pass role is not allowed.")


def key_problem(key: str, region: str) -> str | None:
    """Return KMS's words for a key that is not in a region; None for one that is, or that names no region."""
    place = _part(key, _REGION) if key.startswith("arn:") else region
    return None if place == region else f"Invalid arn {place}"


def _named(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the ARNs that members hold, at any depth, with the members' names."""
    for name, member in value.items() if isinstance(value, Mapping) else ():
        if isinstance(member, str) and member.startswith("arn:"):
            yield name, member
        yield from _named(member)


def _part(arn: str, index: int) -> str:
    return [*arn.split(":"), *[""] * (index + 1)][index]
