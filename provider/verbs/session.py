"""One verb at work on one resource: runs its workflows, tells how they go, remembers how far they got."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from ..aws.configuration import IgnoredTags
from ..aws.rate_limits import InSlots
from ..documents.loading import load_once
from ..errors import COMMAND, DeadlineError, InternalError, Place, ProviderError
from ..kinds.parts import USUAL, Refusals
from ..models import states as statuses
from ..timing import pacing
from ..timing.durations import readable
from .judging import Judge, Outlook, is_conflict, is_denied, is_not_found
from .progress import Narrator
from .resuming import State, restart_step, restored

if TYPE_CHECKING:
    from ..arazzo import Caller, Clock, Document, Failure, Result
    from ..arazzo.model import Workflow
    from ..arazzo.protocol import StepRef
    from ..aws.rate_limits import Slots
    from ..kinds.kind import Kind
    from ..kinds.parts import Workflow as WorkflowName

LONGER: Final = "give it longer with custom_timeouts, or with the argument timeouts"

_ADVICE: Final = {
    "AccessDeniedException": f"allow it in IAM (`{COMMAND} policy` prints what a document needs)",
    "ServiceQuotaExceededException": "delete what is not needed, or ask for a higher quota (Service Quotas)",
}
"""What to do about a refusal, by AWS's error code; most say it themselves."""


class Reporter(Protocol):
    """Where a verb tells what it does: the resource's own line, or its diagnostics."""

    def progress(self, message: str, *, ephemeral: bool = True) -> None:
        """Show what the resource does now."""

    def info(self, message: str) -> None:
        """Leave a note."""

    def warn(self, message: str) -> None:
        """Leave a warning."""


class WorkflowError(ProviderError):
    """A workflow ran and failed.

    It says what AWS says: its refusal, or the status that the resource has come to; only where AWS says
    nothing, which criterion did not hold.

    Attributes:
        failure: Why, as the interpreter says it: the step, the criterion, the last answer.
        document: The run's document.
    """

    def __init__(
        self,
        failure: Failure,
        *,
        label: str,
        document: Document,
        objection: str | None = None,
        refusals: Refusals = USUAL,
    ) -> None:
        step = failure.step
        refusal = failure.response.error if failure.response else None
        what, reason = objection or failure.why, "" if objection else _told(failure)
        if refusal is not None:
            what, reason = f"{_called(document, step)} failed", f"{refusal.code}: {refusal.message}"
        super().__init__(
            f"{label}: {what}",
            place=Place(Path(step.document).name, step.workflow_id, step.step_id),
            reason=reason,
            hint=(failure.response and failure.response.doubt)
            or (refusal and _ADVICE.get(refusal.code))
            or "",
        )
        self.failure = failure
        self.document = document
        self._refusals = refusals

    @property
    def not_found(self) -> bool:
        """Whether the service says that it does not know the resource."""
        response = self.failure.response
        return response is not None and is_not_found(response, self._refusals)

    @property
    def is_conflict(self) -> bool:
        """Whether the service refuses the call in the state that the resource is in."""
        response = self.failure.response
        return response is not None and is_conflict(response, self._refusals)

    @property
    def is_denied(self) -> bool:
        """Whether IAM denies the call."""
        response = self.failure.response
        return response is not None and is_denied(response)


@dataclass
class Session:
    """What a verb has at hand.

    Attributes:
        caller: Carries out the calls.
        clock: The time; its sleep ends with a cancel.
        reporter: Where to tell what happens.
        label: What the resource is called in messages.
        deadline: Seconds since the epoch after which the verb gives up, or None.
        chance: Numbers in [0, 1) that spread polls and resends.
        refusals: How the service says that it does not know the resource, or that its state forbids a call.
        pace: The pace of polls between runs.
        ignored_tags: The tags that the stack leaves to others.
        slots: When it may look at what takes its time; by default whenever the interpreter's pace says so.
        resumed: What the run that is under way or was the last went on from, or None.
        seen: The outputs of the steps that were answered in this verb, later ones over earlier ones.
        reached: The checkpoint of the run that is under way or was the last.
        asked: Its last checkpoint that waits for an answer.
        polls: For how many polls its runs have waited.
        began: When it began, in seconds since the epoch.
    """

    caller: Caller
    clock: Clock
    reporter: Reporter
    label: str
    deadline: float | None = None
    chance: Callable[[], float] = lambda: 0.5
    refusals: Refusals = USUAL
    pace: Callable[[float, float], float] = pacing.PACE
    ignored_tags: IgnoredTags = field(default_factory=IgnoredTags)
    slots: Slots | None = None
    seen: dict[str, Any] = field(default_factory=dict)
    reached: State | None = None
    asked: State | None = None
    resumed: Mapping[str, Any] | None = None
    polls: int = 0
    began: float = field(init=False)
    _has_run: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.began = self.clock.now()

    def sum_up(self, status: str) -> None:
        """Leave one line at the end: what came of it, how long it took, how often it looked."""
        if self.polls:
            took = readable(self.clock.now() - self.began)
            looks = "1 poll" if self.polls == 1 else f"{self.polls} polls"
            self.reporter.progress(f"{status} after {took}, {looks}", ephemeral=False)

    def run(
        self,
        workflow: WorkflowName,
        inputs: Mapping[str, Any],
        *,
        resume: Mapping[str, Any] | None = None,
        judged: bool = True,
        is_look: bool = False,
        caller: Caller | None = None,
        run_id: str = "",
    ) -> Result:
        """Run a workflow to its success.

        Args:
            workflow: Which one.
            inputs: Its inputs, as AWS spells them.
            resume: What ``resume_point`` returned, to go on from there.
            judged: Whether a status like CREATE_FAILED vetoes a success.
            is_look: Whether it only reads, or keeps the claim's tag: no status vetoes it then, and its steps
                are not told.
            caller: Instead of the session's.
            run_id: What the run's idempotency tokens derive from where its inputs set none; by default, and
                in a run that goes on, its own.

        Raises:
            WorkflowError: It ended as failed.
            DeadlineError: The deadline passed; ``reached`` says where.
            CancelledError: The user asked to stop; likewise.
            ProviderError: It could not go on (no credentials, a limit); likewise.
        """
        from .. import arazzo  # noqa: PLC0415 - the program's process runs no workflow

        document = load_once(workflow.document)
        self.reached, self.asked, self.resumed = None, None, resume
        self._check_time()
        state = None if resume is None else restored(document, resume, inputs)
        self.reached = state
        judge = Judge(vetoes=judged and not is_look)
        try:
            result = arazzo.run(
                document,
                workflow.workflow_id,
                inputs,
                caller=self._in_slots(caller or self.caller, document, workflow.workflow_id),
                clock=self.clock,
                on_event=Narrator(self.reporter, self.seen, names_steps=not is_look),
                deadline=self.deadline,
                state=state,
                on_state=self._reach,
                judge=judge,
                pending=Outlook(self.reporter, self.label),
                random=self.chance,
                pace=self.slots,
                strict_polls=True,
                run_id=run_id,
            )
        except ProviderError as error:
            self._complete(error)
            raise
        except Exception as error:
            raise InternalError(error) from error
        self.reached = result.state
        self.polls += result.polls
        if result.failure is not None:
            raise WorkflowError(
                result.failure,
                label=self.label,
                document=document,
                objection=judge.told,
                refusals=self.refusals,
            )
        return result

    def resume_point(self, error: ProviderError, kind: Kind) -> dict[str, str]:
        """Return how to go on with the run that ended with an error, for the stack's state.

        A run that failed goes on before the answer over which it failed, see ``resuming``. The checkpoint is
        JSON text: an engine drops what is null and makes every number a float.
        """
        if self.reached is None and self.resumed is not None:  # it did not even begin
            return dict(self.resumed)
        if not isinstance(error, WorkflowError) or self.asked is None:
            return {"state": json.dumps(self.reached)}
        step = restart_step(error.document, self.asked, error.failure, kind)
        point = {"state": json.dumps(self.asked)}
        return point if step is None else {**point, "step": step}

    def pause(self, why: str, since: float) -> None:
        """Wait before another poll, at the pace of polls.

        Args:
            why: What is waited for.
            since: Since when, in seconds since the epoch.

        Raises:
            DeadlineError: The deadline has passed.
            CancelledError: The user asked to stop.
        """
        self._check_time(why)
        now = self.clock.now()
        seconds = pacing.within(self.pace(now - since, self.chance()), self.deadline, now)
        self.polls += 1
        waited, following = readable(now - since), readable(seconds)
        self.reporter.progress(f"{why}, {waited}, next poll in {following}")
        self.clock.sleep(seconds)

    def _check_time(self, why: str = "") -> None:
        """End a verb whose time is up; its first run is always begun: what is due is looked at once."""
        has_run, self._has_run = self._has_run, True
        if has_run and self.deadline is not None and self.clock.now() >= self.deadline:
            took = readable(self.clock.now() - self.began)
            raise DeadlineError(f"{self.label}: the deadline passed after {took}", reason=why, hint=LONGER)

    def _in_slots(self, caller: Caller, document: Document, workflow_id: str) -> Caller:
        """Return a caller that keeps all looks of a workflow, the first one too, in their slots."""
        from ..arazzo.polling import polls  # noqa: PLC0415 - see run

        if self.slots is None:
            return caller
        workflows = [each for each in document.workflows if each.workflow_id == workflow_id]
        steps = [step for each in workflows for i, step in enumerate(each.steps) if polls(each, i)]
        targets = (step.target for step in steps)
        looks = {(each.operation_id, *(each.operation_path or (None, None))) for each in targets}
        return InSlots(caller, self.slots, frozenset(looks))

    def _complete(self, error: ProviderError) -> None:
        """Let an error that stopped a run say which resource it was for, and what can be done."""
        if error.place.document:
            error.place = replace(error.place, document=Path(error.place.document).name)
        if isinstance(error, DeadlineError):
            error.what = f"{self.label}: {error.what}"
            error.hint = LONGER

    def _reach(self, state: State) -> None:
        self.reached = state
        if state["run"]["awaits"] == "call":
            self.asked = state


def _own_workflow(document: Document, step: StepRef) -> Workflow | None:
    """Return the workflow of a step; None where another workflow, or another document, had led to it."""
    if step.via or step.document != document.name:
        return None
    return document.workflow(step.workflow_id)


def _told(failure: Failure) -> str:
    return statuses.reason_in(failure.response.body) if failure.response else ""


def _called(document: Document, step: StepRef) -> str:
    """Return the name of the operation that a step calls, as far as the document says it."""
    workflow = _own_workflow(document, step)
    target = workflow.steps[workflow.index(step.step_id)].target if workflow else None
    return (target and target.operation_id) or f"step {step.step_id}"
