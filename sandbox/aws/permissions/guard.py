"""Puts policies to an emulated account: who may call, and what the services may do in somebody's name."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from .. import arns
from ..call import Call
from ..errors import ServiceError
from ..state import ACCOUNT, USER, Access, Store
from .decision import Need, decide, decide_for
from .needs import DELETE_DATABASE, KEY_ACTIONS, found, needs
from .policy import Statement, statements

_ALL: Final = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
_ACCOUNT_ROOT: Final = f"arn:aws:iam::{ACCOUNT}:root"
_BUCKET_ACTIONS: Final = ("s3:ListBucket", "s3:GetBucketPublicAccessBlock", "s3:GetEncryptionConfiguration")
_EXPORT_KEY_ACTIONS: Final = ("kms:DescribeKey", "kms:GenerateDataKey")
_LAKE: Final = "healthlake.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks.

    Attributes:
        arn: As it stands in messages.
        names: All ARNs by which the policy of a resource may name it.
        statements: What its own policies say.
        session: What the policy of its session says, which has to allow what they allow; None without one.
    """

    arn: str
    names: frozenset[str]
    statements: tuple[Statement, ...]
    session: tuple[Statement, ...] | None = None


def read(access: Access) -> None:
    """Read all policies.

    Raises:
        PolicyError: One of them is none.
    """
    documents = [access.policy] if access.policy is not None else []
    documents += [each for role in access.roles.values() for each in (role.trust, role.permissions)]
    for document in [*documents, *access.keys.values()]:
        statements(document)


def check(call: Call) -> None:
    """Check whether the caller may call.

    Raises:
        ServiceError: AccessDeniedException.
    """
    if not _is_restricted(call):
        return
    caller = _caller(call)
    for need in needs(call):
        problem = refusal(caller, need)
        if problem:
            raise ServiceError("AccessDeniedException", problem)


def _is_restricted(call: Call) -> bool:
    """Whether anything is said of what the caller may do."""
    session = call.world.role_sessions.get(call.access_key_id)
    is_narrowed = session is not None and session.policy is not None
    return bool(call.access_key_id) and (is_narrowed or call.world.access.is_restricted)


def refusal(identity: Identity, need: Need) -> str | None:
    """Return AWS's words where an identity's own policies, or that of its session, do not allow something."""
    decision = decide(identity.statements, need)
    if decision != "allowed":
        return _words(identity.arn, need, decision, "an identity-based")
    return _session_refusal(identity, need)


def _session_refusal(identity: Identity, need: Need) -> str | None:
    decision = "allowed" if identity.session is None else decide(identity.session, need)
    return None if decision == "allowed" else _words(identity.arn, need, decision, "a session")


def _words(arn: str, need: Need, decision: str, kind: str) -> str:
    why = (
        f"with an explicit deny in {kind} policy"
        if decision == "explicitDeny"
        else f"because no {kind.split()[1]} policy allows the {need.action} action"
    )
    return f"User: {arn} is not authorized to perform: {need.action} on resource: {need.resource} {why}"


def _caller(call: Call) -> Identity:
    session = call.world.role_sessions.get(call.access_key_id)
    access = call.world.access
    if session is None:
        arn = f"arn:aws:iam::{ACCOUNT}:user/{USER}"
        return Identity(arn, frozenset({arn}), _own(access.policy))
    role = access.roles.get(session.role_arn)
    own = _own(access.policy if role is None else role.permissions)
    caller = _session(session.role_arn, session.name, own)
    return caller if session.policy is None else replace(caller, session=statements(session.policy))


def _session(role_arn: str, name: str, own: tuple[Statement, ...]) -> Identity:
    account, role = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    arn = f"arn:aws:sts::{account}:assumed-role/{role}/{name}"
    return Identity(arn, frozenset({arn, role_arn}), own)


def _own(policy: Mapping[str, Any] | None) -> tuple[Statement, ...]:
    return statements(_ALL if policy is None else policy)


def key_problem(call: Call) -> str | None:
    """Return AWS's words where the key that a new store names is elsewhere, or the caller may not use it."""
    keys = [*found(call.parameters, "KmsKeyId", "kmsKeyArn")]
    elsewhere = _first(arns.key_problem(key, call.region) for key in keys)
    if elsewhere or not _is_restricted(call):
        return elsewhere
    caller = _caller(call)
    for key in keys:
        for action in KEY_ACTIONS[call.service]:
            problem = _key_refusal(call.world.access, caller, Need(action, _key_arn(key, call.region)))
            if problem:
                return problem
    return None


def _key_refusal(access: Access, identity: Identity, need: Need) -> str | None:
    """Decide by the key's policy, and where that leaves it to the account, by the identity's own ones."""
    policy = access.keys.get(need.resource)
    if policy is not None:
        directly = decide_for(statements(policy), need, {"AWS": identity.names})
        by_account = decide_for(statements(policy), need, {"AWS": {_ACCOUNT_ROOT}})
        if directly == "allowed":
            return _session_refusal(identity, need)
        if "explicitDeny" in {directly, by_account} or by_account != "allowed":
            why = "because no resource-based policy allows"
            return (
                f"User: {identity.arn} is not authorized to perform: {need.action} "
                f"on resource: {need.resource} {why} the {need.action} action"
            )
    return refusal(identity, need)


def _key_arn(key: str, region: str) -> str:
    if key.startswith("arn:"):
        return _behind_alias(key)
    path = key if "/" in key else f"key/{key}"
    return _behind_alias(f"arn:aws:kms:{region}:{ACCOUNT}:{path}")


def _behind_alias(arn: str) -> str:
    """Return the ARN of the key that an alias stands for: permissions are on keys."""
    start, is_alias, _ = arn.partition(":alias/")
    return f"{start}:key/{uuid.uuid5(uuid.NAMESPACE_URL, arn)}" if is_alias else arn


def deletion_problem(call: Call) -> str | None:
    """Return AWS's words where the caller may not delete the Glue database of a HealthLake store."""
    if call.service != "healthlake" or not _is_restricted(call):
        return None
    return refusal(_caller(call), Need(DELETE_DATABASE, "*", {"aws:requestedregion": (call.region,)}))


def export_problem(call: Call, store: Store) -> str | None:
    """Return AWS's words where an export's key is elsewhere, or its role does not let HealthLake write.

    Of a role that is not known, nothing is decided.
    """
    target = call.parameters["OutputDataConfig"]["S3Configuration"]
    elsewhere = arns.key_problem(target["KmsKeyId"], call.region)
    if elsewhere:
        return elsewhere
    role_arn = call.parameters["DataAccessRoleArn"]
    access = call.world.access
    role = access.roles.get(role_arn)
    if role is None:
        return None
    source = {"aws:sourceaccount": (ACCOUNT,), "aws:sourcearn": (store.arn,)}
    assume = Need("sts:AssumeRole", role_arn, source)
    if decide_for(statements(role.trust), assume, {"Service": {_LAKE}}) != "allowed":
        return f"{_LAKE} is not authorized to perform: {assume.action} on resource: {role_arn}"
    identity = _session(role_arn, f"HealthLake-{store.id}", _own(role.permissions))
    problems = (refusal(identity, need) for need in _writing(target["S3Uri"]))
    key_problems = (
        _key_refusal(access, identity, Need(action, _key_arn(target["KmsKeyId"], call.region)))
        for action in _EXPORT_KEY_ACTIONS
    )
    return _first(problems) or _first(key_problems)


def _writing(uri: str) -> Iterator[Need]:
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    for action in _BUCKET_ACTIONS:
        yield Need(action, f"arn:aws:s3:::{bucket}")
    yield Need("s3:PutObject", f"arn:aws:s3:::{bucket}/{prefix.strip('/')}/manifest.json")


def _first(problems: Iterable[str | None]) -> str | None:
    return next(filter(None, problems), None)
