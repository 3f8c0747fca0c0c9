"""The command line of the sandbox."""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sandbox.engine.display import LineDisplay
from sandbox.engine.events import Reporter
from sandbox.engine.project import Project, load_project
from sandbox.engine.recorder import Recorder
from sandbox.engine.run import Command, run_command
from sandbox.engine.store import Store
from sandbox.engine.urn import STACK_TYPE
from sandbox.engine.values import masked, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PER_CORE = 4


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run a Pulumi program of dynamic resources on this machine alone, with no pulumi CLI and no account."""


def _stack_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option(
            "--state",
            type=click.Path(path_type=Path),
            help="The folder of the state  [default: CWD/.sandbox]",
        ),
        click.option("--stack", default="dev", show_default=True, help="The stack"),
        click.option(
            "--cwd", type=click.Path(path_type=Path, exists=True), default=".", help="The project's folder"
        ),
    ):
        command = option(command)
    return command


def _store(cwd: Path, stack: str, state: Path | None, config: Sequence[str] = ()) -> tuple[Project, Store]:
    folder = state or cwd / ".sandbox"
    store = Store(folder, "unnamed", stack)
    project = load_project(cwd.resolve(), stack, config, store.decrypt)
    return project, Store(folder, project.name, stack)


def _add_run(command: Command, help_text: str) -> None:
    @main.command(command.value, help=help_text)
    @_stack_options
    @click.option(
        "--parallel", type=click.IntRange(min=1), default=PER_CORE * (os.cpu_count() or 1), show_default=True
    )
    @click.option(
        "--config", "-c", multiple=True, metavar="KEY=VALUE", help="Set a configuration value for this run"
    )
    @click.option("--refresh", "refresh_first", is_flag=True, help="Refresh the state first")
    @click.option("--json", "as_json", is_flag=True, help="Print events as JSON lines")
    @click.option(
        "--event-log", type=click.Path(path_type=Path), help="Write events as JSON lines to a file as well"
    )
    def run(
        cwd: Path,
        stack: str,
        state: Path | None,
        parallel: int,
        config: Sequence[str],
        refresh_first: bool,
        as_json: bool,
        event_log: Path | None,
    ) -> None:
        project, store = _store(cwd, stack, state, config)
        dry_run = command is Command.PREVIEW
        listeners = [Recorder(sys.stdout, dry_run=dry_run) if as_json else LineDisplay(dry_run=dry_run)]
        if event_log is not None:
            listeners.append(Recorder(event_log.open("w", encoding="utf-8"), dry_run=dry_run))
        reporter = Reporter(*listeners)
        with store.lock():
            snapshot = store.load()
            ending = run_command(
                command, project, snapshot, reporter, parallel=parallel, refresh_first=refresh_first
            )
        sys.exit(ending)


_add_run(Command.PREVIEW, "Show what an up would do.")
_add_run(Command.UP, "Bring the stack to what the program says.")
_add_run(Command.REFRESH, "Bring the state to what is really there.")
_add_run(Command.DESTROY, "Delete everything in the stack.")


@main.command()
@_stack_options
@click.option("--show-secrets", is_flag=True, help="Show secrets in clear")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object")
def outputs(cwd: Path, stack: str, state: Path | None, show_secrets: bool, as_json: bool) -> None:
    """Show the stack's outputs."""
    _, store = _store(cwd, stack, state)
    root = next((resource for resource in store.load() if resource.type == STACK_TYPE), None)
    values = root.outputs if root is not None else {}
    visible = plain(values) if show_secrets else masked(values)
    if as_json:
        click.echo(json.dumps(visible, indent=4))
        return
    for name, value in sorted(visible.items()):
        click.echo(f"{name}: {value if isinstance(value, str) else json.dumps(value)}")


@main.command()
@_stack_options
def state(cwd: Path, stack: str, state: Path | None) -> None:
    """Print the state, as `pulumi stack export` does and `pulumi stack import` takes it."""
    _, store = _store(cwd, stack, state)
    click.echo(json.dumps(store.document(), indent=4))


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def aws(arguments: Sequence[str]) -> None:
    """Serve the emulated AWS services (`python -m sandbox.aws`)."""
    sys.argv = ["python -m sandbox aws", *arguments]
    runpy.run_module("sandbox.aws", run_name="__main__", alter_sys=True)


@main.command()
@click.option("--cwd", type=click.Path(path_type=Path, exists=True), default=".", help="The project's folder")
def demo(cwd: Path) -> None:
    """Run the main job: preview, up, outputs, refresh and destroy against the emulated AWS, each one checked."""
    from sandbox.demo.tour import UnexpectedError  # noqa: PLC0415 - brings the emulator, which only this needs
    from sandbox.demo.tour import demo as run_demo  # noqa: PLC0415

    try:
        run_demo(cwd.resolve())
    except UnexpectedError as error:
        raise click.ClickException(str(error)) from error
