"""The step machine: a document, a state and an answer in, the next state and the next effect out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provider.arazzo.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from provider.arazzo.model import Document
    from provider.arazzo.protocol import JSON, Effect, Response

State = dict[str, Any]
"""A plain JSON value that says all about a run; it is never changed, only replaced."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """What the machine is told when a call brought no answer and is given up."""

    why: str


class Machine:
    """Runs one document's workflows without doing anything itself."""

    def __init__(self, document: Document, *, limits: Limits = Limits(), strict_polls: bool = False) -> None:
        raise NotImplementedError

    def start(self, workflow_id: str | None, inputs: Mapping[str, JSON], run_id: str = "") -> State:
        """Return the state before the first step. Raises InputError for inputs that the schema refuses."""
        raise NotImplementedError

    def step(
        self, state: State, response: Response | NoAnswer | None = None, *, now: float = 0.0
    ) -> tuple[State, Effect]:
        """Return what follows: after a Call with its response, after a Wait (or at the start) with None.

        Without a response a state that waits for one gives the same Call again, with the same key.
        """
        raise NotImplementedError

    def resume_at(
        self, state: State, step_id: str | None = None, inputs: Mapping[str, JSON] | None = None
    ) -> State:
        """Return a state that goes on at a step (None: the one that was reached), outputs so far kept."""
        raise NotImplementedError
