"""The policies that HealthLake's exports need beside the caller's: of their role and of their key.

Source: HealthLake Developer Guide, "Exporting files from your data store".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..documents.access import EVERYTHING

if TYPE_CHECKING:
    from ..arazzo.protocol import JSON

EXPORT: Final = "healthlake:StartFHIRExportJob"
"""The action of a policy that means that the policies of this module are needed, too."""


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
    return _policy(_allow("kms:DescribeKey", "kms:GenerateDataKey*", on=EVERYTHING) | {"Principal": who})


def _policy(*statements: dict[str, JSON]) -> dict[str, JSON]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(*actions: str, on: str | None = None) -> dict[str, JSON]:
    statement: dict[str, JSON] = {"Effect": "Allow", "Action": list(actions)}
    return statement if on is None else statement | {"Resource": on}
