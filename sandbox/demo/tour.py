"""The tour: preview, up, outputs, refresh, destroy, each one checked against the emulated account."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from ..aws import Sandbox, serve
from ..errors import SandboxError
from .tools import STACK, Tool, call, find

SPEED: Final = 120.0
"""A HealthLake store takes 10 s instead of 20 minutes, and AWS's rates are as many times higher."""

EXPECTED: Final = {"imagesStatus": "ACTIVE", "recordsStatus": "ACTIVE", "exportJobStatus": "COMPLETED"}


class UnexpectedError(SandboxError):
    """A step of the tour did not do what it should."""


@dataclass(frozen=True, slots=True)
class Tour:
    """One go through the stack's life.

    Attributes:
        tool: The engine.
        cloud: The emulated account.
        project: The project's folder.
    """

    tool: Tool
    cloud: Sandbox
    project: Path

    def run(self) -> None:
        """Go through it.

        Raises:
            UnexpectedError: At the first thing that is not as expected.
        """
        self._do("preview", lambda: self._stores(0))
        self._do("up", lambda: self._stores(2))
        self._outputs()
        self._do("up", self._nothing_new)
        self._do("refresh", lambda: self._stores(2))
        self._do("destroy", lambda: self._stores(0))

    def _do(self, verb: str, check: Callable[[], None]) -> None:
        click.secho(f"\n--- {self.tool.name} {verb}", bold=True)
        began = time.monotonic()
        code, _ = call(self.tool.line(verb), self._environment, self.project)
        if code != 0:
            raise UnexpectedError(f"{verb} ended with exit code {code}")
        check()
        click.secho(f"--- {verb}: as expected, {time.monotonic() - began:.1f} s", fg="green")

    def _outputs(self) -> None:
        click.secho(f"\n--- {self.tool.name} outputs", bold=True)
        line = self.tool.words(self.tool.outputs)
        _, text = call(line, self._environment, self.project, show=False)
        click.echo(text.rstrip())
        found: dict[str, Any] = json.loads(text)
        wrong = {name: found.get(name) for name, value in EXPECTED.items() if found.get(name) != value}
        if wrong:
            raise UnexpectedError(f"outputs: expected {EXPECTED}, found {wrong}")

    def _stores(self, count: int) -> None:
        found = [store for store in self.cloud.stores() if store.status != "DELETED"]
        if len(found) != count:
            raise UnexpectedError(f"expected {count} stores in the account, found {found}")

    def _nothing_new(self) -> None:
        self._stores(2)
        made = sum(count for name, count in self.cloud.counts().items() if name.startswith("Create"))
        if made != 2:  # noqa: PLR2004 - one for each store of the program
            raise UnexpectedError(f"expected no creation by the second up, counted {made} in all")

    @property
    def _environment(self) -> dict[str, str]:
        return {**self.cloud.env, **self.tool.environment}


def demo(project: Path) -> None:
    """Run the tour on the project, saying what it runs on.

    Raises:
        UnexpectedError: Something is not as expected.
    """
    folder = project / ".sandbox" / "demo"
    shutil.rmtree(folder / "state", ignore_errors=True)
    tool, why = find(folder)
    click.secho(f"Engine: {why}.", bold=True)
    with serve(speed=SPEED) as cloud, _own_stack(project):
        click.secho(f"AWS: the sandbox at {cloud.url}, {SPEED:g} times faster than the real one.", bold=True)
        if tool.setup:
            call(tool.words(tool.setup), {**cloud.env, **tool.environment}, project, show=False)
        Tour(tool, cloud, project).run()
    click.secho("\nThe demo did all that was expected.", fg="green", bold=True)


@contextmanager
def _own_stack(project: Path) -> Iterator[None]:
    """Give the demo the settings of the dev stack in a file of its own: engines write into it."""
    settings = project / f"Pulumi.{STACK}.yaml"
    shutil.copyfile(project / "Pulumi.dev.yaml", settings)
    try:
        yield
    finally:
        settings.unlink()
