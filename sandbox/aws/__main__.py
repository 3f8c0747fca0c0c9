"""``python -m sandbox.aws``: the emulated account by hand."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from ..errors import SandboxError
from . import serve


@click.command()
@click.option("--port", default=0, show_default="a free one", help="The port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--speed", default=1.0, show_default=True, type=click.FloatRange(min=0, min_open=True))
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path), help="A file that keeps the account."
)
def main(port: int, host: str, speed: float, state: Path | None) -> None:
    """Emulate AWS HealthImaging and AWS HealthLake until SIGINT or SIGTERM.

    Prints the endpoint URL when ready.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        with serve(host=host, port=port, speed=speed, state_file=state) as sandbox:
            click.echo(sandbox.url)
            stop.wait()
    except SandboxError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
