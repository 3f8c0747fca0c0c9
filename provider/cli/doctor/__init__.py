"""``python -m provider doctor``: whether an account is ready for data stores."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final

import click

from ...aws.caller import AwsCaller
from ...aws.settings import Settings, default_region
from .checks import examine
from .permissions import is_role
from .questions import Questions

READY: Final = 0
NOT_READY: Final = 1


def _role_arn(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    """Refuse what is not the ARN of a role, such as its name."""
    if given is not None and not is_role(given):
        raise click.BadParameter(f"{given} is not the ARN of a role (arn:aws:iam::ACCOUNT:role/NAME)")
    return given


@click.command("doctor")
@click.option("--region", help="The AWS region.")
@click.option("--profile", help="A profile of AWS's configuration files.")
@click.option("--endpoint-url", metavar="URL", help="Where AWS's services are, instead of AWS.")
@click.option(
    "--export-role", metavar="ARN", callback=_role_arn, help="The role that exports are to write with."
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON on standard output.")
def command(
    *,
    region: str | None,
    profile: str | None,
    endpoint_url: str | None,
    export_role: str | None,
    as_json: bool,
) -> int:
    """Say whether data stores can be made in an account, without making anything.

    Looks at who calls, whether the services exist in the region and answer, how many stores the quota leaves,
    and which of the needed actions the caller lacks. Each problem comes with what to do about it.

    Exits with 0 if no problem was found, else with 1.
    """
    settings = Settings(region=region, profile=profile, endpoint_url=endpoint_url)
    findings = []
    for finding in examine(Questions(AwsCaller(settings)), default_region(settings), export_role):
        findings.append(finding)
        if not as_json:
            click.echo(str(finding))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    return NOT_READY if any(finding.verdict == "problem" for finding in findings) else READY
