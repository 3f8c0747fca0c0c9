"""What is stored of a run between two calls: the machine's state and what the runner has measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ...errors import InputError

if TYPE_CHECKING:
    from ..machine.state import State
    from ..protocol import StepRef

FORMAT: Final = 1

Checkpoint = dict[str, Any]
"""A plain JSON value that a run can go on from, in another process too."""


@dataclass(slots=True)
class Progress:
    """What the runner knows of a run beside the machine's state.

    Attributes:
        started: When the run began, in seconds since the epoch.
        since: When each step was first reached in its present visit, by its path.
        polls: How many polls were waited for.
        status: The last status that was seen.
    """

    started: float
    since: dict[str, float] = field(default_factory=dict)
    polls: int = 0
    status: str = ""

    def reached(self, step: StepRef, now: float) -> float:
        """Return when a step was first reached; now, where it was not before."""
        return self.since.setdefault(path(step), now)

    def began(self, step: StepRef, then: float) -> None:
        """Note that a step was first reached then, in a new visit of it."""
        self.since[path(step)] = then


def path(step: StepRef) -> str:
    """Return a step's name in a run, with the steps around it."""
    return "/".join((*step.via, step.workflow_id, step.step_id))


def store(machine: State, progress: Progress) -> Checkpoint:
    """Return a checkpoint: a plain JSON value that shares nothing that changes."""
    return {
        "format": FORMAT,
        "run": machine,
        "started": progress.started,
        "since": dict(progress.since),
        "polls": progress.polls,
        "status": progress.status,
    }


def restore(checkpoint: Checkpoint) -> tuple[State, Progress]:
    """Return what ``store`` was given.

    Raises:
        InputError: It is not a checkpoint, or one of another version of this package.
    """
    try:
        if checkpoint["format"] != FORMAT:
            raise _unreadable(f"its format is {checkpoint['format']!r}, not {FORMAT}")
        return checkpoint["run"], Progress(
            float(checkpoint["started"]),
            dict(checkpoint["since"]),
            int(checkpoint["polls"]),
            str(checkpoint["status"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(f"{type(error).__name__}: {error}") from None


def _unreadable(reason: str) -> InputError:
    return InputError("the stored run cannot be read", reason=reason, hint="start the run anew")
