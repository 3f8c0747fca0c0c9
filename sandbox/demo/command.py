"""The demo as a command of ``python -m sandbox``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--cwd", type=click.Path(path_type=Path, exists=True), default=".", help="The project's folder."
)
def demo(cwd: Path) -> None:
    """Run the main job against the emulated AWS: preview, up, outputs, refresh, destroy, each one checked."""
    from . import tour  # noqa: PLC0415 - brings the emulator, which only this needs

    try:
        tour.demo(cwd.resolve())
    except tour.UnexpectedError as error:
        raise click.ClickException(str(error)) from error
