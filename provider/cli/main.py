"""The command line: ``python -m provider run | validate | graph | policy | doctor | claims``."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module
from typing import Any, Final

import click

from .. import cli as commands
from ..errors import COMMAND, ProviderError

INTERRUPTED: Final = 130
"""The exit code after Ctrl-C: 128 and SIGINT's number, as shells have it."""


class Commands(click.Group):
    """The modules of ``provider.cli``, each imported only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        names = {module.name for module in pkgutil.iter_modules(commands.__path__)}
        return sorted(names - {"main"})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name, or None."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"{commands.__name__}.{cmd_name}").command
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Run, check and draw Arazzo workflows for AWS."""


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code; what goes wrong is told in one line."""
    try:
        code: Any = cli.main(arguments, prog_name=COMMAND, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except ProviderError as error:
        click.echo(f"error: {error}", err=True)
        return 1
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    sys.exit(main())
