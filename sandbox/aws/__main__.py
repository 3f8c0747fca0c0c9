"""``python -m sandbox.aws``: the emulated account by hand."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ..errors import PolicyError, SandboxError
from . import Role, serve

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--port", default=0, show_default="a free one", help="The port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--speed", default=1.0, show_default=True, type=click.FloatRange(min=0, min_open=True))
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path), help="A file that keeps the account."
)
@click.option("--policy", type=_FILE, help="What callers may do: a file with an IAM policy document.")
@click.option(
    "--role",
    "roles",
    type=(str, _FILE, _FILE),
    multiple=True,
    metavar="ARN TRUST PERMISSIONS",
    help="A role with the files of its two policies.",
)
@click.option(
    "--key", "keys", type=(str, _FILE), multiple=True, metavar="ARN POLICY", help="A KMS key with its policy."
)
@click.option(
    "--lag",
    default=0.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="How many sandbox seconds reads lag behind writes.",
)
def main(
    *,
    port: int,
    host: str,
    speed: float,
    state: Path | None,
    policy: Path | None,
    roles: Sequence[tuple[str, Path, Path]],
    keys: Sequence[tuple[str, Path]],
    lag: float,
) -> None:
    """Emulate AWS HealthImaging and AWS HealthLake until SIGINT or SIGTERM.

    Prints the endpoint URL when ready.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        access: dict[str, Any] = {
            "policy": _document(policy) if policy else None,
            "roles": {arn: Role(_document(trust), _document(own)) for arn, trust, own in roles},
            "keys": {arn: _document(path) for arn, path in keys},
        }
        with serve(host=host, port=port, speed=speed, state_file=state, lag=lag, **access) as sandbox:
            click.echo(sandbox.url)
            stop.wait()
    except SandboxError as error:
        raise click.ClickException(str(error)) from error


def _document(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise PolicyError(f"{path} is not JSON: {error}") from error
    return content


if __name__ == "__main__":
    main()
