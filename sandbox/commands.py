"""The command line of the sandbox."""

from __future__ import annotations

import json
import os
import runpy
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .engine.display import PlainDisplay
from .engine.events import Reporter
from .engine.project import load_project
from .engine.recorder import Recorder
from .engine.run import Command, run_command
from .engine.secrets import Crypter, find_passphrase
from .engine.store import Store
from .engine.urn import STACK_TYPE
from .engine.values import masked, plain
from .errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .engine.events import Listener
    from .engine.project import Project

Decorated = TypeVar("Decorated", bound="Callable[..., None]")

STEPS_PER_CORE = 4
_FOLDER = click.Path(path_type=Path, file_okay=False)


class _Group(click.Group):
    """A group whose commands' own errors are one line each."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except SandboxError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run a Pulumi program of dynamic resources on this machine alone, with no pulumi CLI and no account."""


def _on_a_stack(command: Decorated) -> Decorated:
    options = (
        click.option("--cwd", type=_FOLDER, default=Path(), help="The project's folder."),
        click.option("--stack", default="dev", show_default=True, help="The stack."),
        click.option(
            "--state", "folder", type=_FOLDER, help="Where states are kept.  [default: CWD/.sandbox]"
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _open(cwd: Path, stack: str, folder: Path | None, config: Sequence[str] = ()) -> tuple[Project, Store]:
    states = folder or cwd / ".sandbox"

    def decrypt(salt: str, ciphertext: str) -> str:
        return Crypter(lambda: find_passphrase(states), salt).decrypt(ciphertext)

    project = load_project(cwd.resolve(), stack, config, decrypt)
    return project, Store(states, project.name, stack)


def _add_run(command: Command, help_text: str) -> None:
    @main.command(command.value, help=help_text)
    @_on_a_stack
    @click.option(
        "--parallel",
        type=click.IntRange(min=1),
        default=STEPS_PER_CORE * (os.cpu_count() or 1),
        help="How many steps run at once.  [default: 4 per core]",
    )
    @click.option(
        "--config", "-c", multiple=True, metavar="KEY=VALUE", help="Set a value for this run alone."
    )
    @click.option("--refresh", "refresh_first", is_flag=True, help="Bring the state to what is there first.")
    @click.option("--json", "as_json", is_flag=True, help="Print events as JSON lines.")
    @click.option("--event-log", type=click.Path(path_type=Path), help="Write them to a file as well.")
    def run(
        cwd: Path,
        stack: str,
        folder: Path | None,
        parallel: int,
        config: Sequence[str],
        *,
        refresh_first: bool,
        as_json: bool,
        event_log: Path | None,
    ) -> None:
        project, store = _open(cwd, stack, folder, config)
        with ExitStack() as files, store.lock():
            listeners: list[Listener] = [_display(command, as_json=as_json)]
            if event_log is not None:
                event_log.touch(mode=0o600)  # it has what the state has
                file = files.enter_context(event_log.open("w", encoding="utf-8"))
                listeners.append(Recorder(file, dry_run=command is Command.PREVIEW))
            reporter = Reporter(*listeners)
            ending = run_command(
                command, project, store.load(), reporter, parallel=parallel, refresh_first=refresh_first
            )
        sys.exit(ending)


def _display(command: Command, *, as_json: bool) -> Listener:
    dry_run = command is Command.PREVIEW
    if as_json:
        return Recorder(sys.stdout, dry_run=dry_run)
    if not sys.stdout.isatty():
        return PlainDisplay(dry_run=dry_run)
    from .engine.live import LiveDisplay  # noqa: PLC0415  rich is slow to load and only good for terminals

    return LiveDisplay(dry_run=dry_run)


_add_run(Command.PREVIEW, "Show what an up would do.")
_add_run(Command.UP, "Bring the stack to what the program says.")
_add_run(Command.REFRESH, "Bring the state to what is really there.")
_add_run(Command.DESTROY, "Delete everything in the stack.")


@main.command()
@_on_a_stack
@click.option("--show-secrets", is_flag=True, help="Show secrets in clear.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def outputs(cwd: Path, stack: str, folder: Path | None, *, show_secrets: bool, as_json: bool) -> None:
    """Show the stack's outputs."""
    _, store = _open(cwd, stack, folder)
    root = next((resource for resource in store.load() if resource.type == STACK_TYPE), None)
    values = root.outputs if root is not None else {}
    visible = plain(values) if show_secrets else masked(values)
    if as_json:
        click.echo(json.dumps(visible, indent=4))
        return
    for name, value in sorted(visible.items()):
        click.echo(f"{name}: {value if isinstance(value, str) else json.dumps(value)}")


@main.command()
@_on_a_stack
@click.option("--show-secrets", is_flag=True, help="Show secrets in clear.")
def state(cwd: Path, stack: str, folder: Path | None, *, show_secrets: bool) -> None:
    """Print the state, for `pulumi stack import` to take."""
    _, store = _open(cwd, stack, folder)
    click.echo(json.dumps(store.document(in_clear=show_secrets), indent=4))


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def aws(arguments: Sequence[str]) -> None:
    """Serve the emulated AWS services (`python -m sandbox.aws`)."""
    sys.argv[1:] = arguments
    runpy.run_module(f"{__package__}.aws", run_name="__main__", alter_sys=True)
