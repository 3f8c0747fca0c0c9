"""The step machine: a document, a state and an answer in, the next state and the next effect out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import InputError, Place
from ..protocol import Finish
from . import state as states
from .cursor import Cursor
from .inputs import prepare
from .limits import DEFAULT_LIMITS, Limits
from .program import Program
from .results import NoAnswer, decode, encode
from .state import RunDraft, State
from .turn import Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..model import Document
    from ..protocol import JSON, Effect, Failure, Operation, Response, StepRef
    from .turn import Pending

__all__ = ["Machine", "NoAnswer", "State"]


class Machine:
    """Runs the workflows of one document, without doing anything itself.

    Every method is a function of its arguments: states are plain JSON values, never changed, and one machine
    may serve any number of runs and threads at once.

    Args:
        document: The document; its sources of type arazzo are loaded.
        limits: What a run may use.
        strict_polls: A polling step (one with an action that leads back) that succeeds with no action
            matching fails. The specification lets it fall through to the next step, which on a failed
            resource goes on as if all were well.
        channels: Whether there is a caller for channels (Arazzo 1.1); without one, no workflow begins that
            may lead to a step on a channel.
        pending: With ``strict_polls``, says of an answer that no action matches that what it tells of is on
            its way still (``pending``: QUEUED) or that nobody knows its status (``unknown``): it is looked at
            again instead. Where a success criterion refuses an ``unknown`` one, likewise. A pure function.
    """

    def __init__(
        self,
        document: Document,
        *,
        limits: Limits = DEFAULT_LIMITS,
        strict_polls: bool = False,
        channels: bool = False,
        pending: Pending | None = None,
    ) -> None:
        self._program = Program(document)
        self._limits = limits
        self._strict_polls = strict_polls
        self._pending = pending or _never
        self._channels = channels

    def start(
        self, workflow_id: str | None, inputs: Mapping[str, JSON] | None = None, run_id: str = ""
    ) -> State:
        """Return the state before the first step.

        Args:
            workflow_id: The workflow to run; None for the only one of the document.
            inputs: Its inputs; defaults are filled in.
            run_id: The first part of the requests' keys, to tell this run from others.

        Raises:
            InputError: The workflow does not exist, the inputs do not fit its schema, or a step that it may
                lead to is on a channel and there is no caller for channels.
        """
        address = self._program.choose(workflow_id)
        step = None if self._channels else self._program.channel_step(address)
        if step is not None:
            raise _no_channels(step)
        plan = self._program.plan(address)
        given = prepare(plan.workflow.inputs, inputs or {}, plan.place)
        return states.begin(run_id, states.frame([], plan.workflow.workflow_id, given, "run", plan.first))

    def step(
        self, state: State, answer: Response | NoAnswer | None = None, *, now: float = 0.0
    ) -> tuple[State, Effect]:
        """Return the next state, and the effect to carry out before the next step.

        Args:
            state: What ``start``, ``resume_at`` or the last step returned, or a stored copy of it.
            answer: What came of the call that the last effect asked for. Without one, a state that waits for
                an answer gives the same call again, with the same key.
            now: Seconds since the epoch, for the timeouts of steps and dates in Retry-After.

        Raises:
            InputError: The state is of another document or of another version of this package.
            LimitError: A limit was reached.
        """
        cursor = Cursor(self._program, self._limits, RunDraft(state), now)
        if state["awaits"] == "end":
            return state, decode(state["end"])
        if state["awaits"] == "call" and answer is None:
            return state, cursor.call(cursor.step())
        if state["awaits"] != "call" and answer is not None:
            raise InputError("an answer was given to a run that waits for none")
        effect = Turn(cursor, strict_polls=self._strict_polls, pending=self._pending).go_on(answer)
        return cursor.draft.finished(), effect

    def refuse(self, state: State, failure: Failure) -> tuple[State, Finish]:
        """Return the end of a run that succeeded by its document as a failure that others see in it."""
        finish = Finish(decode(state["end"]).outputs, failure)
        return {**state, "end": encode(finish)}, finish

    def resume_at(
        self, state: State, step_id: str | None = None, inputs: Mapping[str, JSON] | None = None
    ) -> State:
        """Return a state in which a run goes on at a step of its innermost workflow, with a new request.

        What the steps put out is kept, so that a run that failed late need not begin anew.

        Args:
            state: A state of this document.
            step_id: The step to go on at; None for what the run waits for (with the same request, where that
                is an answer), or, where it is over, for the step that failed.
            inputs: Inputs for the outermost workflow to use from here on in the place of the run's own.

        Raises:
            InputError: There is no such step, the run is over with success, the inputs do not fit, or the
                state is of a document with other steps.
        """
        outermost, *inner = state["frames"]
        if inputs is not None:
            plan = self._program.plan_of(outermost["source"], outermost["workflow"])
            outermost = {**outermost, "inputs": prepare(plan.workflow.inputs, inputs, plan.place)}
        frames = [{**frame, "until": None} for frame in (outermost, *inner)]
        for frame in frames:
            self._program.plan_of(frame["source"], frame["workflow"]).check(frame)
        draft = RunDraft({**state, "frames": frames})
        if step_id is None and state["awaits"] != "end":
            return draft.finished()
        plan = self._program.plan_of(draft.top["source"], draft.top["workflow"])
        target = draft.top["step"] if step_id is None else step_id
        if target is None:
            raise InputError("the run is over", place=plan.place, hint="name the step to go on at")
        plan.step(target)
        draft.go_to(target)
        return draft.finished()


def _no_channels(step: StepRef) -> InputError:
    return InputError(
        f"the step {step.step_id} is on a channel, and there is no caller for channels",
        place=Place(document=step.document, workflow=step.workflow_id, step=step.step_id),
        hint="such steps can be checked and drawn; run a workflow without them",
    )


def _never(_operation: Operation, _response: Response) -> None:
    return None
