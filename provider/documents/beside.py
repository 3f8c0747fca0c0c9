"""What running a document needs beside the called services' own actions.

Sources: HealthLake Developer Guide, "Setting up" and "Exporting files from your data store"; HealthImaging
Developer Guide, "Data encryption"; the handlers of CloudFormation's resources for both services.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ..arazzo.protocol import JSON

_EVERYTHING: Final = "*"
_KEYS: Final = "arn:aws:kms:*:*:key/*"
_FUNCTIONS: Final = "arn:aws:lambda:*:*:function:*"

_OPERATIONS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("healthlake", "CreateFHIRDatastore"): (
        "ram:GetResourceShareInvitations",
        "ram:AcceptResourceShareInvitation",
        "glue:CreateDatabase",
    ),
    ("healthlake", "DeleteFHIRDatastore"): ("glue:DeleteDatabase",),
}
"""What HealthLake does in the caller's name to share a store's data with Lake Formation."""

_KEY_USE: Final = ("kms:DescribeKey", "kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt")
_KEY_MEMBERS: Final[Mapping[tuple[str, str], tuple[str, tuple[str, ...]]]] = {
    ("healthlake", "CreateFHIRDatastore"): ("KmsKeyId", _KEY_USE),
    ("medical-imaging", "CreateDatastore"): ("kmsKeyArn", (*_KEY_USE, "kms:RetireGrant", "kms:ReEncrypt*")),
}
"""The member that names a store's own key, and what is done with it in the caller's name."""

_FUNCTION_MEMBERS: Final = frozenset({"IdpLambdaArn", "lambdaAuthorizerArn"})

EXPORT: Final = "healthlake:StartFHIRExportJob"
"""The action of a policy that means that the policies of ``export_policies`` are needed, too."""


def actions_beside(prefix: str, operation: str, members: AbstractSet[str]) -> Iterator[tuple[str, str]]:
    """Yield the actions that a call needs beside its own, each with the resource it is on.

    Args:
        prefix: IAM's prefix of the service, ``healthlake``.
        operation: The operation's name.
        members: The names of all members, at any depth, that the call may send.
    """
    for action in _OPERATIONS.get((prefix, operation), ()):
        yield action, _EVERYTHING
    member, actions = _KEY_MEMBERS.get((prefix, operation), ("", ()))
    if member in members:
        for action in actions:
            yield action, _KEYS
    if members & _FUNCTION_MEMBERS:
        yield "lambda:InvokeFunction", _FUNCTIONS


def trust(region: str, account: str) -> dict[str, JSON]:
    """Return the trust policy of an export's role.

    ArnLike, since the ARN of a store that is made together with its export is not known before.

    Args:
        region: The stores' region.
        account: The stores' account.
    """
    condition = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": f"arn:aws:healthlake:{region}:{account}:datastore/fhir/*"},
    }
    who = {"Service": "healthlake.amazonaws.com"}
    return _policy(_allow("sts:AssumeRole") | {"Principal": who, "Condition": condition})


def permissions(bucket: str, key_arn: str) -> dict[str, JSON]:
    """Return the permissions policy of an export's role.

    Args:
        bucket: The name of the bucket that exports are written to.
        key_arn: The ARN of the key that they are encrypted with.
    """
    there = f"arn:aws:s3:::{bucket}"
    return _policy(
        _allow("s3:ListBucket", "s3:GetBucketPublicAccessBlock", "s3:GetEncryptionConfiguration", on=there),
        _allow("s3:PutObject", on=f"{there}/*"),
        _allow("kms:DescribeKey", "kms:GenerateDataKey*", on=key_arn),
    )


def key_policy(role_arn: str) -> dict[str, JSON]:
    """Return the statement that the policy of an export's key needs, where it does not leave that to IAM.

    Args:
        role_arn: The ARN of the role that exports write with.
    """
    who = {"AWS": role_arn}
    return _policy(_allow("kms:DescribeKey", "kms:GenerateDataKey*", on=_EVERYTHING) | {"Principal": who})


def _policy(*statements: dict[str, JSON]) -> dict[str, JSON]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(*actions: str, on: str | None = None) -> dict[str, JSON]:
    statement: dict[str, JSON] = {"Effect": "Allow", "Action": list(actions)}
    return statement if on is None else statement | {"Resource": on}
