"""One verb at work on one resource: runs its workflows, tells how they go, remembers how far they got."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from provider.errors import Place, ProviderError
from provider.progress import BAD_REQUEST, Narrator

if TYPE_CHECKING:
    from provider.arazzo import Caller, Clock, Document, Failure, Result
    from provider.arazzo.model import Step, Workflow
    from provider.kind import Workflow as WorkflowName

State = dict[str, Any]
"""A run's checkpoint: a plain JSON value."""

NOT_FOUND: Final = 404


class Voice(Protocol):
    """Where a verb tells what it does: the resource's own line, or its diagnostics."""

    def progress(self, message: str, *, ephemeral: bool = True) -> None:
        """Show what the resource does now."""

    def info(self, message: str) -> None:
        """Leave a note."""

    def warn(self, message: str) -> None:
        """Leave a warning."""


class WorkflowError(ProviderError):
    """A workflow ran and failed.

    Attributes:
        failure: Why, as the interpreter says it: the step, the criterion, the last answer.
        restart: The stepId at which the run can be tried again.
    """

    def __init__(self, failure: Failure, *, noun: str, document: Document) -> None:
        step = failure.step
        place = Place(Path(document.name).name, step.workflow_id, step.step_id)
        super().__init__(f"{noun}: {failure.why}", place=place)
        self.failure = failure
        self.restart = restart_step(document.workflow(step.workflow_id), failure)

    @property
    def not_found(self) -> bool:
        """Whether the service says that it does not know the resource."""
        response = self.failure.response
        if response is None:
            return False
        code = response.error.code if response.error else ""
        return response.status == NOT_FOUND or code.startswith("ResourceNotFound")


@dataclass
class Session:
    """What a verb has at hand.

    Attributes:
        caller: Carries out the calls.
        clock: The time; its sleep ends with a cancel.
        voice: Where to tell what happens.
        noun: What the resource is called in messages.
        deadline: Seconds since the epoch after which the verb gives up, or None.
        chance: Numbers in [0, 1) that spread polls and resends.
        seen: The outputs of the steps that were answered in this verb, later ones over earlier ones.
        reached: The checkpoint of the run that is under way or was the last.
    """

    caller: Caller
    clock: Clock
    voice: Voice
    noun: str
    deadline: float | None = None
    chance: Callable[[], float] | None = None
    seen: dict[str, Any] = field(default_factory=dict)
    reached: State | None = None

    def run(
        self,
        workflow: WorkflowName,
        inputs: Mapping[str, Any],
        *,
        resume: Mapping[str, Any] | None = None,
        judged: bool = True,
        caller: Caller | None = None,
    ) -> Result:
        """Run a workflow to its success.

        Args:
            workflow: Which one.
            inputs: Its inputs, as AWS spells them.
            resume: What ``resume_point`` returned, to go on from there.
            judged: Whether a status like CREATE_FAILED vetoes a success.
            caller: Instead of the session's.

        Raises:
            WorkflowError: It ended as failed.
            DeadlineError: The deadline passed; ``reached`` says where.
            CancelledError: The user asked to stop; likewise.
            ProviderError: It could not go on (no credentials, a limit); likewise.
        """
        from provider import arazzo, statuses  # noqa: PLC0415 - the program's process runs no workflow

        document = load(workflow.document)
        state = None if resume is None else _restarted(document, resume, inputs)
        self.reached = state
        result = arazzo.run(
            document,
            workflow.workflow_id,
            inputs,
            caller=caller or self.caller,
            clock=self.clock,
            on_event=Narrator(self.voice, self.seen),
            deadline=self.deadline,
            state=state,
            on_state=self._reach,
            judge=statuses.judge if judged else None,
            random=self.chance,
            strict_polls=True,
        )
        self.reached = result.state
        if result.failure is not None:
            raise WorkflowError(result.failure, noun=self.noun, document=document)
        return result

    def resume_point(self, error: ProviderError) -> dict[str, str]:
        """Return how to go on with the run that ended with an error, for the stack's state.

        A run that was stopped goes on with the step it had reached. One that failed does that step again;
        where the step only watched something that failed (an export job), the step that began it. The
        checkpoint is JSON text: an engine drops what is null and makes every number a float.
        """
        point = {"state": json.dumps(self.reached)}
        return {**point, "step": error.restart} if isinstance(error, WorkflowError) else point

    def _reach(self, state: State) -> None:
        self.reached = state


@functools.cache
def load(path: Path) -> Document:
    """Return a document, parsed once per process.

    Raises:
        DocumentError: It has faults.
    """
    from provider import arazzo  # noqa: PLC0415 - see Session.run

    return arazzo.load(path)


def restart_step(workflow: Workflow, failure: Failure) -> str:
    """Return the step at which a failed run can be tried again.

    A step that looked at something and was answered has nothing to mend itself: what it looked at was begun
    by the last step before it that does not poll.
    """
    step_id = failure.step.step_id
    answered = failure.response is not None and failure.response.status < BAD_REQUEST
    position = workflow.index(step_id)
    while answered and position > 0 and polls(workflow.steps[position]):
        position -= 1
    return workflow.steps[position].step_id


def polls(step: Step) -> bool:
    """Whether a step looks again and again: one of its actions leads back to it."""
    return any(action.step_id == step.step_id for action in step.on_success)


def _restarted(document: Document, resume: Mapping[str, Any], inputs: Mapping[str, Any]) -> State:
    from provider.arazzo.checkpoints import restore, store  # noqa: PLC0415 - see Session.run
    from provider.arazzo.machine import Machine  # noqa: PLC0415

    machine = Machine(document, strict_polls=True)
    begun, progress = restore(json.loads(resume["state"]))
    return store(machine.resume_at(begun, resume.get("step"), inputs), progress)
