"""``python -m provider run``: runs a document's workflow against AWS or any HTTP API."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ...arazzo import DocumentError, Result, run
from ...arazzo.faults import errors_of
from ...arazzo.loading import try_load
from ...arazzo.machine import Machine
from ...arazzo.runner import Patience
from ...aws.settings import Settings
from ...documents.naming import with_services
from ...errors import InputError, ProviderError
from ...timing.clock import SYSTEM_CLOCK, chance
from . import over
from .masking import Masking, secret_inputs
from .plans import planned
from .reports import LineReport, reporter
from .traces import Trace
from .values import gather

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...arazzo import Document, Event

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
@click.option("--http", "over_http", is_flag=True, help="Send to HTTP APIs, by their OpenAPI descriptions.")
@click.option(
    "--server", "servers", metavar="SOURCE=URL", multiple=True, help="With --http: where a source is."
)
@click.option("--header", "headers", metavar="NAME:VALUE", multiple=True, help="With --http: send a header.")
@click.option("--fetch", "fetches", is_flag=True, help="With --http: fetch descriptions that are remote.")
@click.option("--dry-run", "dry", is_flag=True, help="Print the requests, as far as known; send none.")
@click.option(
    "--trace",
    metavar="FILE",
    type=click.File("w"),
    help="Write requests, answers and criteria there as JSON lines, secrets masked.",
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
@click.option(
    "--resends",
    metavar="N",
    type=click.IntRange(min=0),
    help="How often a request that was throttled or not answered is sent again; else as the timeout allows.",
)
def command(
    *,
    document: Path,
    workflow: str | None,
    file: Any,
    pairs: tuple[str, ...],
    services: tuple[str, ...],
    over_http: bool,
    servers: tuple[str, ...],
    headers: tuple[str, ...],
    fetches: bool,
    dry: bool,
    trace: Any,
    as_json: bool,
    region: str | None,
    profile: str | None,
    endpoint_url: str | None,
    timeout: float,
    resends: int | None,
) -> int:
    """Run a workflow of an Arazzo document against AWS, or with --http against any HTTP API.

    Every step and poll is told on standard error; the workflow's outputs go to standard output as JSON.

    With --http, credentials come from the environment: ARAZZO_SOURCE_SCHEME holds the key, the token or
    user:password of a security scheme of a source.

    Exits with 0 if the workflow succeeded, 1 if it failed, 2 if the document or the inputs are bad, in which
    case nothing was called, and 130 after Ctrl-C.
    """
    report = reporter(as_json=as_json)
    try:
        way = (
            over.http(servers, headers, fetches=fetches)
            if over_http
            else over.aws(Settings(region=region, profile=profile, endpoint_url=endpoint_url))
        )
        loaded = _sound(document, services, way)
        inputs = gather(loaded, workflow, file, pairs)
        Machine(loaded).start(workflow, inputs)
        masking = Masking((*_secrets(loaded, workflow, inputs), *way.secrets), way.sensitive)
        report.hide(masking)
        if dry:
            click.echo(json.dumps(planned(loaded, workflow, inputs, way, masking), indent=2))
            return SUCCEEDED
    except (DocumentError, InputError) as error:
        report.refused(error)
        return BAD_INPUT
    tracing = None if trace is None else Trace(way.caller, loaded, trace, masking)
    try:
        result = run(
            loaded,
            workflow,
            inputs,
            caller=tracing or way.caller,
            clock=SYSTEM_CLOCK,
            random=chance,
            on_event=report if tracing is None else partial(_both, report, tracing),
            on_state=None if tracing is None else tracing.keep,
            deadline=SYSTEM_CLOCK.now() + timeout,
            judge=way.judge,
            pending=way.pending,
            strict_polls=way.strict_polls,
            patience=Patience(resends=resends),
        )
    except ProviderError as error:
        report.refused(error)
        return FAILED
    except KeyboardInterrupt:
        report.interrupted()
        return INTERRUPTED
    return _ended(result, as_json=as_json)


def _both(report: LineReport, trace: Trace, event: Event) -> None:
    trace.observe(event)
    report(event)


def _secrets(document: Document, workflow: str | None, inputs: dict[str, Any]) -> Iterator[str]:
    chosen = document.workflows[0] if workflow is None else document.workflow(workflow)
    return secret_inputs(chosen.inputs, inputs)


def _sound(path: Path, services: tuple[str, ...], way: over.Transport) -> Document:
    """Return a document in which neither the language nor the APIs that it calls find an error."""
    document, faults = try_load(path)
    if document is None:
        raise DocumentError(faults)
    document = with_services(document, services)
    found = way.check(document)
    if errors_of(found):
        raise DocumentError(found)
    return document


def _ended(result: Result, *, as_json: bool) -> int:
    click.echo(json.dumps(result.outputs, indent=None if as_json else 2))
    return SUCCEEDED if result.succeeded else FAILED
