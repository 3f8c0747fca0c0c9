"""``python -m provider graph``: a document's workflows as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from ..arazzo.loading import load
from ..documents.graph import dot, mermaid, picture, svg
from ..errors import InputError, Place
from ..nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..arazzo.model import Document, Workflow
    from ..documents.graph import Picture

_WRITERS: Final[dict[str, Callable[[Picture], str]]] = {"mermaid": mermaid, "svg": svg, "dot": dot}


@click.command("graph")
@click.argument("document")
@click.option("--format", "form", type=click.Choice(list(_WRITERS)), default="mermaid", show_default=True)
@click.option(
    "--workflow", "workflow_id", help="Draw this workflow; all of them, one after the other, if left out."
)
def command(document: str, *, form: str, workflow_id: str | None) -> None:
    """Draw a document's workflows: steps, polls as loops, conditions on the ways, failures dashed."""
    chosen = _chosen(load(document, channels=True), workflow_id)
    if form == "svg" and len(chosen) > 1:
        names = ", ".join(workflow.workflow_id for workflow in chosen)
        hint = f"choose one with --workflow: {names}"
        raise InputError("an SVG shows one workflow", place=Place(document=document), hint=hint)
    click.echo("\n".join(_WRITERS[form](picture(workflow)) for workflow in chosen), nl=False)


def _chosen(document: Document, workflow_id: str | None) -> tuple[Workflow, ...]:
    if workflow_id is None:
        return document.workflows
    try:
        return (document.workflow(workflow_id),)
    except KeyError:
        hint = did_you_mean(workflow_id, [workflow.workflow_id for workflow in document.workflows])
        place = Place(document=document.name)
        raise InputError(f"there is no workflow {workflow_id}", place=place, hint=hint) from None
