"""``python -m provider validate``: everything that is wrong with documents, before anything is called."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from ..arazzo.faults import DocumentFault, errors_of, in_order, summary
from ..arazzo.loading import try_load
from ..documents.naming import with_services
from ..documents.validation import check_document
from ..models import services as models

if TYPE_CHECKING:
    from ..arazzo.protocol import JSON


@click.command("validate")
@click.argument("documents", metavar="DOCUMENT...", nargs=-1, required=True)
@click.option(
    "--service",
    "services",
    metavar="SOURCE=SERVICE",
    multiple=True,
    help="The AWS service that a source means, by boto3's name (name=s3); may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the faults as JSON on standard output.")
def command(documents: tuple[str, ...], *, services: tuple[str, ...], as_json: bool) -> None:
    """Check Arazzo documents by themselves and against the AWS models of the services that they call.

    Exits with 0 if no document has errors (warnings and notes are told and do not count), else with 1.
    """
    found = {name: faults_of(name, services) for name in documents}
    if as_json:
        click.echo(json.dumps([_document(name, faults) for name, faults in found.items()], indent=2))
    else:
        for name, faults in found.items():
            _print(name, faults)
    sys.exit(1 if any(errors_of(faults) for faults in found.values()) else 0)


def faults_of(name: str, services: tuple[str, ...] = ()) -> tuple[DocumentFault, ...]:
    """Return all faults of the document at a path; those against the models only of one that is sound."""
    document, faults = try_load(name)
    if document is None:
        return faults
    return in_order((*faults, *check_document(with_services(document, services), models)))


def _print(name: str, faults: tuple[DocumentFault, ...]) -> None:
    for fault in faults:
        click.echo(str(fault))
    verdict = "invalid" if errors_of(faults) else "valid"
    click.echo(f"{name}: {verdict}, {summary(faults)}")


def _document(name: str, faults: tuple[DocumentFault, ...]) -> dict[str, JSON]:
    return {"document": name, "valid": not errors_of(faults), "faults": [_fault(fault) for fault in faults]}


def _fault(fault: DocumentFault) -> dict[str, JSON]:
    place = fault.place
    return {
        "severity": fault.severity,
        "code": fault.code,
        "message": fault.message,
        "hint": fault.hint,
        "document": place.document,
        "line": place.line,
        "column": place.column,
        "path": place.path,
        "workflow": place.workflow,
        "step": place.step,
    }
