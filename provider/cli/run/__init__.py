"""``python -m provider run``: runs a document's workflow against AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ...arazzo import DocumentError, Result, run
from ...arazzo.faults import errors_of
from ...arazzo.loading import check
from ...arazzo.machine import Machine
from ...aws.caller import AwsCaller
from ...aws.settings import Settings
from ...documents.naming import with_services
from ...documents.validation import check_document
from ...errors import InputError, ProviderError
from ...models import services as models
from ...models import states as statuses
from ...timing.clock import SYSTEM_CLOCK
from .reports import JsonReport, LineReport
from .values import gather

if TYPE_CHECKING:
    from ...arazzo import Document

SUCCEEDED: Final = 0
FAILED: Final = 1
BAD_INPUT: Final = 2
INTERRUPTED: Final = 130
TWO_HOURS: Final = 7200.0


@click.command("run")
@click.argument("document", type=click.Path(path_type=Path))
@click.option("--workflow", metavar="ID", help="The workflow; may be left out where there is only one.")
@click.option(
    "--inputs", "file", metavar="FILE", type=click.File(), help="Its inputs, a JSON object; - reads them."
)
@click.option("--input", "pairs", metavar="NAME=VALUE", multiple=True, help="One input; may be repeated.")
@click.option(
    "--service",
    "services",
    metavar="SOURCE=SERVICE",
    multiple=True,
    help="The AWS service that a source means, by boto3's name (name=s3); may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Tell the progress as JSON, one object a line.")
@click.option("--region", help="The AWS region.")
@click.option("--profile", help="A profile of AWS's configuration files.")
@click.option("--endpoint-url", metavar="URL", help="Where AWS's services are, instead of AWS.")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    default=TWO_HOURS,
    show_default=True,
    help="After how long to give up.",
)
def command(
    *,
    document: Path,
    workflow: str | None,
    file: Any,
    pairs: tuple[str, ...],
    services: tuple[str, ...],
    as_json: bool,
    region: str | None,
    profile: str | None,
    endpoint_url: str | None,
    timeout: float,
) -> int:
    """Run a workflow of an Arazzo document against AWS.

    Every step and poll is told on standard error; the workflow's outputs go to standard output as JSON.

    Exits with 0 if the workflow succeeded, 1 if it failed, 2 if the document or the inputs are bad, in which
    case nothing was called, and 130 after Ctrl-C.
    """
    report = JsonReport() if as_json else LineReport()
    try:
        loaded = _sound(document, services)
        inputs = gather(loaded, workflow, file, pairs)
        Machine(loaded).start(workflow, inputs)
    except (DocumentError, InputError) as error:
        report.refused(error)
        return BAD_INPUT
    settings = Settings(region=region, profile=profile, endpoint_url=endpoint_url)
    try:
        result = run(
            loaded,
            workflow,
            inputs,
            caller=AwsCaller(settings),
            on_event=report,
            deadline=SYSTEM_CLOCK.now() + timeout,
            judge=statuses.judge,
            pending=statuses.pending,
            strict_polls=True,
        )
    except ProviderError as error:
        report.refused(error)
        return FAILED
    except KeyboardInterrupt:
        report.interrupted()
        return INTERRUPTED
    return _ended(result, as_json=as_json)


def _sound(path: Path, services: tuple[str, ...]) -> Document:
    """Return a document in which neither the language nor AWS's models find an error."""
    document, faults = check(path)
    if document is None:
        raise DocumentError(faults)
    document = with_services(document, services)
    found = check_document(document, models)
    if errors_of(found):
        raise DocumentError(found)
    return document


def _ended(result: Result, *, as_json: bool) -> int:
    click.echo(json.dumps(result.outputs, indent=None if as_json else 2))
    return SUCCEEDED if result.succeeded else FAILED
