"""``python -m sandbox conformance``: whether what is believed of AWS holds."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from ..errors import ConformanceError
from .account import Export, default_region, reach, run_name
from .record import Record, differences, read
from .run import announcement, chosen, run
from .table import page
from .target import Images, Target, aws, sandbox

_PARTS: Final = 3
_FILE: Final = click.Path(path_type=Path, dir_okay=False)
Where = TypeVar("Where", Export, Images)


@click.group(invoke_without_command=True)
@click.option("--against", type=click.Choice(["sandbox", "aws"]), help="What to ask.")
@click.option("--region", help="The region.  [default: AWS's own chain; us-east-1 in the sandbox]")
@click.option(
    "--only", multiple=True, metavar="PATTERN", help="Only these beliefs or probes, such as lake-*."
)
@click.option("--record", type=_FILE, help="Where to write what was answered, as JSON.")
@click.option("--account", metavar="ACCOUNT_ID", help="The AWS account's number, instead of asking for it.")
@click.option("--export", metavar="S3_URI,KEY,ROLE_ARN", help="Where exports may go, in AWS.")
@click.option(
    "--images", metavar="INPUT_S3_URI,OUTPUT_S3_URI,ROLE_ARN", help="DICOM files to import, in AWS."
)
@click.option(
    "--role", metavar="ROLE_ARN", help="A role that may do all that a run does, to take on with less, in AWS."
)
@click.option("--sweep", is_flag=True, help="Run nothing; delete the stores that killed runs left in AWS.")
@click.pass_context
def conformance(context: click.Context, /, **given: Any) -> None:
    """Ask the sandbox, or a real AWS account, whether what is believed of AWS holds.

    Exits with 0 if every belief that was looked at holds, else with 1.
    """
    if context.invoked_subcommand is not None:
        return
    if given["against"] is None:
        raise click.UsageError("--against sandbox or --against aws is required")
    if given["against"] == "sandbox":
        with sandbox(given["region"] or "us-east-1") as target:
            _finish(_run(target, given))
    elif given["sweep"]:
        _sweep(given)
    else:
        _finish(_run(_announced(given), given))


@conformance.command()
@click.argument("one", type=_FILE)
@click.argument("other", type=_FILE)
def compare(one: Path, other: Path) -> None:
    """Print where two records differ, belief by belief; exit with 1 if they do."""
    left, right = read(one), read(other)
    found = list(differences(left, right))
    for name, this, that in found:
        click.echo(f"{name}\n  {left.against}: {this}\n  {right.against}: {that}")
    click.echo(f"{len(found)} of {len({**left.beliefs, **right.beliefs})} beliefs differ")
    sys.exit(1 if found else 0)


@conformance.command("page")
def show_page() -> None:
    """Print the page of the documentation that shows the table of beliefs."""
    click.echo(page(), nl=False)


def _announced(given: dict[str, Any]) -> Target:
    """Say what is going to happen, ask for the account's number, and return the account."""
    wanted = chosen(given["only"], everything=False)
    export = _parts(Export, "--export", given["export"])
    images = _parts(Images, "--images", given["images"])
    region, name = given["region"] or default_region(), run_name()
    if region is None:
        raise ConformanceError("no region is set: give --region, or set AWS_REGION")
    places = {"export": export, "images": images, "role": given["role"]}
    for line in announcement(wanted, places, region=region, run=name):
        click.echo(line, err=True)
    number = given["account"] or click.prompt("The number of the AWS account to run in", err=True)
    return aws(number, region, name, export=export, images=images, role=given["role"])


def _sweep(given: dict[str, Any]) -> None:
    number = given["account"] or click.prompt("The number of the AWS account to sweep", err=True)
    for store in replace(reach(number, region=given["region"]), run=None).sweep():
        click.echo(f"deleted: {store.service} {store.id} {store.name}")


def _run(target: Target, given: dict[str, Any]) -> Record:
    wanted = chosen(given["only"], everything=target.name == "sandbox")
    path: Path | None = given["record"]

    def keep(record: Record) -> None:
        if path is not None:
            record.write(path)

    with _interruptible():
        return run(target, wanted, lambda line: click.echo(line, err=True), keep)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM end a run as Ctrl-C does, so that what was made is deleted."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _finish(record: Record) -> None:
    for name, entry in record.beliefs.items():
        if entry.verdict != "holds":
            click.echo(f"{entry.verdict}: {name}: {entry.reason or entry.seen}")
    verdicts = [entry.verdict for entry in record.beliefs.values()]
    counts = ", ".join(
        f"{verdicts.count(verdict)} {verdict}" for verdict in ("holds", "differs", "not observed")
    )
    click.echo(f"{record.against}, {record.region}: {counts}")
    sys.exit(1 if "differs" in verdicts else 0)


def _parts(kind: type[Where], option: str, text: str | None) -> Where | None:
    if text is None:
        return None
    parts = text.split(",")
    if len(parts) != _PARTS:
        raise click.UsageError(f"{option} takes three values, separated by commas")
    return kind(*parts)
