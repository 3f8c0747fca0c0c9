"""The fixture that gives a test both engines; the conftest files take it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from sandbox.conformance.account import LONGEST, TAG
from tests.e2e.harness import Engine, PulumiCli, SandboxEngine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sandbox.conformance.account import RealAccount


class MakeEngine(Protocol):
    """Makes an engine with a project of its own."""

    def __call__(
        self, program: str | Mapping[str, str], *, project: str = "e2e", stack: str = "dev"
    ) -> Engine:
        """Make it; the program as `Engine` takes it."""


@pytest.fixture(
    params=[
        pytest.param(SandboxEngine, id="sandbox"),
        pytest.param(PulumiCli, id="pulumi", marks=pytest.mark.real),
    ]
)
def make_engine(
    request: pytest.FixtureRequest, tmp_path: Path, real_account: RealAccount | None
) -> Iterator[MakeEngine]:
    """Both engines, one after the other; the pulumi CLI only where it is found."""
    kind: type[Engine] = request.param
    if kind is PulumiCli and not PulumiCli.found():
        pytest.skip("the pulumi CLI is not on PATH")
    made: list[Engine] = []

    def make(program: str | Mapping[str, str], *, project: str = "e2e", stack: str = "dev") -> Engine:
        made.append(kind(tmp_path / f"engine{len(made)}", program, project=project, stack=stack))
        if real_account is not None:
            _confine(made[-1], real_account)
        return made[-1]

    yield make
    for engine in made:
        engine.close()
        if real_account is not None:
            engine.destroy()


def _confine(engine: Engine, account: RealAccount) -> None:
    """Let a stack work in that account only, mark all that it makes, and give it the time that AWS takes."""
    engine.patience = LONGEST
    engine.set_config("aws:allowedAccountIds", [account.id])
    engine.set_config("aws:defaultTags", {"tags": {TAG: account.run}})
