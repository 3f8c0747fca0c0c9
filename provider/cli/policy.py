"""``python -m provider policy``: the IAM policy with which documents can be run."""

from __future__ import annotations

import json

import click

from ..arazzo.loading import load
from ..documents.policy import policy
from ..models import services as models


@click.command("policy")
@click.argument("documents", metavar="DOCUMENT...", nargs=-1, required=True)
def command(documents: tuple[str, ...]) -> None:
    """Print the least IAM policy that running the documents needs, as JSON to paste."""
    click.echo(json.dumps(policy([load(name) for name in documents], models), indent=2))
