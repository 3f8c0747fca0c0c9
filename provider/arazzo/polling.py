"""Which steps look again and again: the one definition of a poll. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import Action, Workflow


def polls(workflow: Workflow, index: int) -> bool:
    """Whether one of a step's success actions leads back to it, to an earlier step or to its workflow anew.

    Args:
        workflow: The workflow.
        index: The step's position in it.
    """
    return any(leads_back(workflow, index, action) for action in workflow.steps[index].on_success)


def leads_back(workflow: Workflow, index: int, action: Action) -> bool:
    """Whether an action of the step at a position leads to a step that has run by then."""
    if action.type != "goto":
        return False
    if action.step_id is None:
        return action.workflow_id == workflow.workflow_id
    return action.step_id in {step.step_id for step in workflow.steps[: index + 1]}
