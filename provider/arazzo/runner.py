"""The edge loop: carries out a machine's effects with a caller and a clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from provider.arazzo.limits import Limits
from provider.arazzo.machine import State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from provider.arazzo.model import Document
    from provider.arazzo.protocol import (
        JSON,
        Caller,
        Clock,
        Event,
        Failure,
        Operation,
        Response,
        StepRef,
    )


class Pace(Protocol):
    """How long to wait before the next look: seconds, from the seconds waited and a number in [0, 1)."""

    def __call__(self, waited: float, chance: float) -> float: ...


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended.

    Attributes:
        succeeded: Whether the workflow succeeded and the judge had no objection.
        outputs: The workflow's outputs; those that have no value are left out.
        failure: Why it failed, or None.
        steps: The outputs of the outermost workflow's steps by stepId.
        state: The checkpoint at the end, a plain JSON value.
        polls: How many times a poll was waited for.
        seconds: How long the run took, by its clock.
    """

    succeeded: bool
    outputs: Mapping[str, JSON]
    failure: Failure | None
    steps: Mapping[str, Mapping[str, JSON]] = field(default_factory=dict)
    state: State = field(default_factory=dict)
    polls: int = 0
    seconds: float = 0.0


def run(
    document: Document,
    workflow_id: str | None = None,
    inputs: Mapping[str, JSON] | None = None,
    *,
    caller: Caller,
    clock: Clock | None = None,
    on_event: Callable[[Event], None] | None = None,
    pace: Pace | None = None,
    deadline: float | None = None,
    state: State | None = None,
    on_state: Callable[[State], None] | None = None,
    judge: Callable[[StepRef, Operation, Response], str | None] | None = None,
    random: Callable[[], float] | None = None,
    strict_polls: bool = False,
    limits: Limits = Limits(),
    run_id: str = "",
) -> Result:
    """Run a workflow to its end.

    ``deadline`` is in seconds since the epoch, by the clock. ``state`` is a checkpoint that ``on_state`` was
    given (before each call and after each answer): the run goes on from there.
    """
    raise NotImplementedError
