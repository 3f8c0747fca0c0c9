"""The bounds of a run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use; a LimitError names the bound that it reached.

    Polls wait and calls cost, so their number is bounded by the deadline; what neither waits nor calls is
    bounded here.

    Attributes:
        steps_without_call: Steps in a row that neither call nor wait.
        depth: Workflows inside one another, by steps, dependencies and retries.
        steps: Steps in all, or None for no bound.
    """

    steps_without_call: int = 1_000
    depth: int = 20
    steps: int | None = None
