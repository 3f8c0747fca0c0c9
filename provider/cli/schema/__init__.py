"""``python -m provider schema``: the schema of the Pulumi package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from .package import package
from .pages import page

CHECKED_IN: Final = Path(__file__).parents[2] / "engine" / "schema.json"


def generated() -> str:
    """Return the schema as JSON text."""
    return json.dumps(package(), indent=2, ensure_ascii=False) + "\n"


@click.command("schema")
@click.option("--write", is_flag=True, help="Write it to where the plugin reads it, instead of printing it.")
@click.option("--as-page", is_flag=True, help="Print the reference of the resources as Markdown instead.")
def command(*, write: bool, as_page: bool) -> None:
    """Print the schema of the Pulumi package, which all SDKs are generated from."""
    if as_page:
        click.echo(page(package()), nl=False)
    elif write:
        CHECKED_IN.write_text(generated(), "utf-8")
    else:
        click.echo(generated(), nl=False)
