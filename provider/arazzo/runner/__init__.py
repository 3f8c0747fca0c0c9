"""The edge loop: carries out a machine's effects with a caller and a clock."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...timing import pacing
from ..machine import Machine
from ..machine.limits import DEFAULT_LIMITS, Limits
from . import checkpoints
from .checkpoints import Checkpoint, Progress
from .edge import Edge
from .resends import PATIENCE, Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ...timing.pacing import Clock
    from ..machine.turn import Pending
    from ..model import Document
    from ..protocol import JSON, Caller, ChannelCaller, Event, Failure, Finish
    from .edge import Judge, Pace

__all__ = ["Checkpoint", "Patience", "Result", "run"]


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended.

    Attributes:
        succeeded: Whether the workflow succeeded and the judge had no objection.
        outputs: The workflow's outputs; those that have no value are left out.
        failure: Why it failed, or None.
        steps: The outputs of the outermost workflow's steps, by stepId.
        state: The checkpoint at the end.
        polls: How many polls were waited for.
        seconds: How long the run took by its clock, since it first began.
    """

    succeeded: bool
    outputs: Mapping[str, JSON]
    failure: Failure | None
    steps: Mapping[str, Mapping[str, JSON]] = field(default_factory=dict)
    state: Checkpoint = field(default_factory=dict)
    polls: int = 0
    seconds: float = 0.0


def run(
    document: Document,
    workflow_id: str | None = None,
    inputs: Mapping[str, JSON] | None = None,
    *,
    caller: Caller,
    clock: Clock,
    channels: ChannelCaller | None = None,
    on_event: Callable[[Event], None] | None = None,
    pace: Pace | None = None,
    deadline: float | None = None,
    state: Checkpoint | None = None,
    on_state: Callable[[Checkpoint], None] | None = None,
    judge: Judge | None = None,
    random: Callable[[], float] = lambda: 0.5,
    strict_polls: bool = False,
    pending: Pending | None = None,
    limits: Limits = DEFAULT_LIMITS,
    patience: Patience = PATIENCE,
    run_id: str = "",
) -> Result:
    """Run a workflow to its end.

    A step that the document leaves failed, whose answer says that a later try may help (throttled, 429, 5xx)
    or that got no answer, is not taken for failed where sending it again does no harm (see
    ``Response.transient`` and ``NoAnswerError.may_be_sent_again``): the same request, with the same key, is
    sent again after the time that Retry-After asks for or an exponential backoff. The document's own actions
    come first.

    Args:
        document: The document, as ``load`` returns it.
        workflow_id: The workflow; None for the only one.
        inputs: Its inputs. Without effect where ``state`` is given.
        caller: Sends the requests.
        clock: Tells the time and sleeps.
        channels: Carries the messages of steps on channels (Arazzo 1.1). Without one, a workflow that may
            lead to such a step does not begin.
        on_event: Told of each call, answer and wait, and of the end.
        pace: How polls are paced; ``provider.timing.pacing.PACE`` by default.
        deadline: In seconds since the epoch. No wait goes past it. What is due at the deadline is still
            looked at once, and so is the first thing after a resume, however late.
        state: A checkpoint to go on from.
        on_state: Given a checkpoint before each call and after each answer.
        judge: Has the last word on success.
        random: Returns a number in [0, 1), by which polls and resends are spread; by default they are not.
        strict_polls: See ``Machine``.
        pending: See ``Machine``.
        limits: What the run may use.
        patience: How long, and how often, the same request is sent again.
        run_id: The first part of the requests' keys; by default a new one, kept in the state.

    Raises:
        InputError: The workflow does not exist, the inputs do not fit, or the state is of another document.
        DeadlineError: The deadline has passed.
        CancelledError: The clock was told to stop.
        NoAnswerError: No answer came for longer than ``patience``, or to one that may be sent only once.
        LimitError: A limit was reached.
        ProviderError: What else the caller raises.
            Every error that stops a run under way carries its checkpoint in ``state`` and the last status.
    """
    machine = Machine(
        document, limits=limits, strict_polls=strict_polls, channels=channels is not None, pending=pending
    )
    if state is None:
        begun = machine.start(workflow_id, inputs, run_id or os.urandom(16).hex())
        progress = Progress(started=clock.now())
    else:
        begun, progress = checkpoints.restore(state)
    edge = Edge(
        machine,
        begun,
        progress,
        caller=caller,
        clock=clock,
        on_event=on_event,
        on_state=on_state,
        pace=pace or pacing.PACE,
        chance=random,
        deadline=deadline,
        patience=patience,
        channels=channels,
    )
    return _result(edge, edge.run(judge))


def _result(edge: Edge, finish: Finish) -> Result:
    failure, seconds = finish.failure, edge.clock.now() - edge.progress.started
    polls, steps = edge.progress.polls, edge.state["frames"][0]["steps"]
    return Result(failure is None, finish.outputs, failure, steps, edge.checkpoint(), polls, seconds)
