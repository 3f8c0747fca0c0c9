"""Where a run that stopped or failed goes on: never again at the step that made the resource.

A run that was stopped goes on with what it waited for: the same request, where that is an answer. One that
failed asks again at the step that failed. Only where a job has come to a bad end is it begun anew, by the
step that began it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ..errors import ProviderError
from ..models import operations, services, states

if TYPE_CHECKING:
    from ..arazzo import Document, Failure
    from ..arazzo.machine.program import StepPlan
    from ..kinds.kind import Kind

State = dict[str, Any]
"""A run's checkpoint: a plain JSON value."""

BAD_REQUEST: Final = 400


def restart_step(document: Document, state: State, failure: Failure, kind: Kind) -> str | None:
    """Return the step of the innermost workflow at which a failed run can be tried again.

    Args:
        document: The run's document.
        state: The checkpoint before the answer over which it failed.
        failure: Why it failed.
        kind: What the run is for.
    """
    from ..arazzo.machine.program import Program  # noqa: PLC0415 - the program's process runs no workflow

    frame = state["run"]["frames"][-1]
    plan = Program(document).plan_of(frame["source"], frame["workflow"])
    failed = frame["step"]
    if failed is None or not _ended(plan.step(failed), failure):
        return None if failed is None else str(failed)
    before = plan.workflow.steps[: plan.workflow.index(failed)]
    began = next((step for step in reversed(before) if not _reads(plan.step(step.step_id))), None)
    return began.step_id if began is not None and kind.may_go_back_to(began) else str(failed)


def restored(document: Document, resume: Mapping[str, Any], inputs: Mapping[str, Any]) -> State:
    """Return the checkpoint to go on from.

    Args:
        document: The run's document.
        resume: What ``Session.resume_point`` returned; it may be an earlier release's.
        inputs: The inputs from here on.

    Raises:
        InputError: It does not fit the document.
    """
    from ..arazzo.machine import Machine  # noqa: PLC0415 - see restart_step
    from ..arazzo.runner.checkpoints import restore, store  # noqa: PLC0415

    machine = Machine(document, strict_polls=True)
    begun, progress = restore(json.loads(resume["state"]))
    return store(machine.resume_at(begun, resume.get("step"), inputs), progress)


def fits(document: Document, resume: Mapping[str, Any], inputs: Mapping[str, Any], kind: Kind) -> bool:
    """Whether a stored run can be gone on with, and does not lead back to the step that made the resource."""
    try:
        state = restored(document, resume, inputs)
    except (ProviderError, KeyError, TypeError, ValueError):
        return False
    workflow = document.workflow(state["run"]["frames"][-1]["workflow"])
    named = resume.get("step")
    return named is None or not _leads_back(workflow.steps, named, kind)


def _leads_back(steps: Any, named: str, kind: Kind) -> bool:
    """Whether a named step is one that makes the resource, as checkpoints of earlier releases may say."""
    return any(step.step_id == named and kind.makes(step.target.operation_id) for step in steps)


def _ended(plan: StepPlan, failure: Failure) -> bool:
    """Whether a step read a state that lasts: to read it again would find the same."""
    response = failure.response
    if plan.operation is None or response is None or response.status >= BAD_REQUEST or not _reads(plan):
        return False
    return states.is_over(plan.operation, response)


def _reads(plan: StepPlan) -> bool:
    return plan.operation is not None and operations.reads(services.resolve(plan.operation))
