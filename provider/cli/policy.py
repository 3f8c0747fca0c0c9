"""``python -m provider policy``: the IAM policy with which documents can be run."""

from __future__ import annotations

import json

import click

from ..arazzo.loading import load
from ..documents.naming import with_services
from ..documents.policy import policy
from ..models import services as models


@click.command("policy")
@click.argument("documents", metavar="DOCUMENT...", nargs=-1, required=True)
@click.option(
    "--service",
    "services",
    metavar="SOURCE=SERVICE",
    multiple=True,
    help="The AWS service that a source means, by boto3's name (name=s3); may be repeated.",
)
def command(documents: tuple[str, ...], *, services: tuple[str, ...]) -> None:
    """Print the least IAM policy that running the documents needs, as JSON to paste."""
    click.echo(
        json.dumps(policy([with_services(load(name), services) for name in documents], models), indent=2)
    )
