"""The bounds of a run."""

from __future__ import annotations

from typing import Final, NamedTuple


class Limits(NamedTuple):
    """What a run may use; a LimitError names the bound that it reached.

    Calls take time, and a deadline bounds them; what goes round without a call is bounded here.

    Attributes:
        steps_without_call: Steps in a row that call nothing.
        depth: Workflows inside one another, by steps, dependencies and retries.
        steps: Steps in all, or None for no bound.
    """

    steps_without_call: int = 1_000
    depth: int = 20
    steps: int | None = None


DEFAULT_LIMITS: Final = Limits()
