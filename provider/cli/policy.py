"""``python -m provider policy``: the IAM policies with which documents can be run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import click

from ..arazzo.loading import load
from ..documents import DOCUMENTS
from ..documents.naming import with_services
from ..documents.policy import policy
from ..kinds import export_role
from ..kinds.table import ACCESS
from ..models import services as models

if TYPE_CHECKING:
    from ..arazzo.protocol import JSON

PARTS: Final = ("caller", "trust", "role", "key")

_HINT: Final = (
    "Exports need more: --of trust and --of role print their role's policies, --of key their key's."
)


@click.command("policy")
@click.argument("documents", metavar="[DOCUMENT]...", nargs=-1)
@click.option(
    "--service",
    "services",
    metavar="SOURCE=SERVICE",
    multiple=True,
    help="The AWS service that a source means, by boto3's name (name=s3); may be repeated.",
)
@click.option(
    "--of",
    "part",
    type=click.Choice(PARTS),
    default="caller",
    show_default=True,
    help="Whose: the caller's; for exports the trust policy of their role, the role's own, their key's.",
)
@click.option("--region", default="*", show_default=True, help="The stores' region.")
@click.option("--account", default="123456789012", show_default=True, help="The stores' account.")
@click.option("--bucket", default="BUCKET", show_default=True, help="The bucket of the exports.")
@click.option(
    "--key", default="arn:aws:kms:*:*:key/*", show_default=True, help="The ARN of the exports' key."
)
@click.option("--role-name", default="healthlake-export", show_default=True, help="The exports' role.")
def command(
    documents: tuple[str, ...],
    *,
    services: tuple[str, ...],
    part: str,
    region: str,
    account: str,
    bucket: str,
    key: str,
    role_name: str,
) -> None:
    """Print the least IAM policy that running the documents needs, as JSON to paste.

    Without a document it is the policy for all resources of this package. What the services do in the
    caller's name (with RAM, Glue, KMS and Lambda) is in it. Documents that export need more than the
    caller's policy; --of prints it.
    """
    named = documents or sorted(map(str, DOCUMENTS.glob("*.arazzo.yaml")))
    needed = policy([with_services(load(name), services) for name in named], models, ACCESS)
    exports = export_role.EXPORT in json.dumps(needed)
    if part != "caller" and not exports:
        raise click.UsageError(f"--of {part}: none of the documents exports anything")
    printed: dict[str, JSON] = {
        "caller": needed,
        "trust": export_role.trust(region, account),
        "role": export_role.permissions(bucket, key),
        "key": export_role.key_policy(f"arn:aws:iam::{account}:role/{role_name}"),
    }
    click.echo(json.dumps(printed[part], indent=2))
    if exports and part == "caller":
        click.echo(_HINT, err=True)
