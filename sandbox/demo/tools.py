"""Which engine runs the demo: the pulumi CLI from PATH, a private copy of it, or the sandbox's own engine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

REACH_SECONDS: Final = 5.0
"""How long the CLI's download site may take to answer; the download itself may take as long as it takes."""


STACK: Final = "demo"
PACKAGE: Final = __name__.partition(".")[0]
"""The name of the sandbox's package: installed, it is another than its folder's."""


@dataclass(frozen=True, slots=True)
class Tool:
    """An engine as a command line.

    Attributes:
        name: What to call it.
        command: The first words of every command line.
        where: Words that name the stack, and where its state is.
        environment: What it needs beyond the caller's environment.
        quiet: Words that keep an update from asking questions.
        setup: The words that make the stack, if it has to be made.
        outputs: The words that print the stack's outputs as JSON.
    """

    name: str
    command: tuple[str, ...]
    where: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    quiet: tuple[str, ...] = ()
    setup: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()

    def line(self, verb: str) -> list[str]:
        """Return the command line of a verb."""
        return [*self.command, verb, *(() if verb == "preview" else self.quiet), *self.where]

    def words(self, words: tuple[str, ...]) -> list[str]:
        """Return the command line of other words."""
        return [*self.command, *words]


def find(folder: Path) -> tuple[Tool, str]:
    """Return the engine to use and why it is the one.

    Args:
        folder: Where a private CLI, its home and its state may be kept.
    """
    on_path = shutil.which("pulumi")
    if on_path:
        return cli(Path(on_path), folder), "the pulumi CLI on PATH"
    if os.environ.get("PULUMI_INSTALL", "1") == "0":
        return engine(folder), "the sandbox's own engine, because PULUMI_INSTALL=0"
    installed, why = install(folder / "pulumi")
    if installed:
        return cli(installed, folder), "the pulumi CLI, installed privately"
    reason = f"no pulumi CLI is on PATH and none could be installed ({why})"
    return engine(folder), f"the sandbox's own engine, because {reason}"


def cli(binary: Path, folder: Path) -> Tool:
    """Return the pulumi CLI with its state in a folder."""
    state = folder / "state"
    state.mkdir(parents=True, exist_ok=True)
    environment = {
        "PATH": os.pathsep.join([str(binary.parent), os.environ.get("PATH", "")]),
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_HOME": str(folder / "pulumi-home"),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
    return Tool(
        "pulumi",
        (str(binary),),
        ("--stack", STACK),
        environment,
        quiet=("--yes", "--skip-preview"),
        setup=("stack", "init", STACK, "--non-interactive"),
        outputs=("stack", "output", "--json", "--stack", STACK),
    )


def engine(folder: Path) -> Tool:
    """Return the sandbox's engine with its state in a folder."""
    where = ("--stack", STACK, "--state", str(folder / "state"))
    return Tool(
        f"python -m {PACKAGE}",
        (sys.executable, "-m", PACKAGE),
        where,
        {"PULUMI_CONFIG_PASSPHRASE": ""},
        outputs=("outputs", "--json", *where),
    )


def install(root: Path) -> tuple[Path | None, str]:
    """Install the CLI by the SDK's own means; return its binary, or None and why not."""
    from pulumi.automation import PulumiCommand  # noqa: PLC0415 - slow to import, and only needed here

    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(REACH_SECONDS)
    try:
        PulumiCommand.install(root=str(root))
    except (OSError, subprocess.SubprocessError, RuntimeError) as error:
        return None, f"{type(error).__name__}: {error}"
    finally:
        socket.setdefaulttimeout(before)
    return root / "bin" / "pulumi", ""


def call(
    line: Sequence[str], environment: Mapping[str, str], folder: Path, *, show: bool = True
) -> tuple[int, str]:
    """Run a command line; return its exit code and, where it is not shown, what it printed."""
    ended = subprocess.run(  # noqa: S603 - the line is made here
        line,
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=None if show else subprocess.PIPE,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout or ""
