"""What runs of schedules share, whichever engine carries them out: how they are troubled, what they leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, Protocol

from tests.faults.schedules.programs import Program
from tests.faults.schedules.proxy import Hook

TYPE: Final = "pulumi-python:dynamic/health:"
"""How the type tokens of the resources begin."""


@dataclass(frozen=True)
class Held:
    """A resource of the state.

    Attributes:
        urn: Its URN.
        id: Its id.
        inputs: Its inputs.
        outputs: Its outputs, secrets in clear.
        leaves: Whether it was replaced and is to be deleted.
        retained: Whether its deletion leaves AWS alone.
    """

    urn: str
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    leaves: bool = False
    retained: bool = False


@dataclass(frozen=True)
class Run:
    """How a run is troubled by its own side.

    Attributes:
        stop: At which request, at which moment of it, and whether it is a kill or a cancel; None for never.
        backend: ``refuse`` or ``late``, see ``inprocess.Backend``; empty for neither.
        writes: How many writes go well before.
    """

    stop: tuple[int, str, str] | None = None
    backend: str = ""
    writes: int = 0

    def hook(self, kill: Callable[[], None], cancel: Callable[[], None]) -> Hook:
        """Return what stops the run at its request."""
        if self.stop is None:
            return lambda _operation, _moment: None
        number, wanted, how = self.stop
        seen = count()

        def hook(_operation: str, moment: str) -> None:
            if moment == wanted and (now := next(seen)) >= number:
                if how == "kill":
                    kill()
                elif now == number:
                    cancel()

        return hook


@dataclass(frozen=True)
class Ended:
    """What came of a run.

    Attributes:
        is_good: Whether it went well.
        is_killed: Whether it was cut off, so that nobody knows what it stored.
        said: What the user read, each with its severity.
        changes: What a preview showed.
    """

    is_good: bool
    is_killed: bool = False
    said: list[str] = field(default_factory=list)
    changes: set[str] = field(default_factory=set)


class Engine(Protocol):
    """One stack under some engine."""

    name: str

    def held(self) -> list[Held]:
        """Return what the state has."""

    def run(self, command: str, program: Program, how: Run) -> Ended:
        """Carry out ``up``, ``refresh``, ``destroy`` or ``preview``."""

    def close(self) -> None:
        """Leave nothing running."""
