"""What becomes of a criterion."""

from __future__ import annotations

from typing import NamedTuple


class Verdict(NamedTuple):
    """What became of a criterion.

    Attributes:
        holds: Whether it holds; False where it cannot be evaluated.
        why: What was compared with what (``$statusCode == 200: it is 500``), or why it cannot be evaluated.
        decided: False where it cannot be evaluated.
    """

    holds: bool
    why: str
    decided: bool = True


class Undecided(Exception):  # noqa: N818 - a third answer beside yes and no, not an error
    """A condition that is neither true nor false: its operands cannot be compared."""


def undecided(text: str, reason: object) -> Verdict:
    """Return the verdict on a criterion that cannot be evaluated."""
    return Verdict(holds=False, why=f"{text}: cannot be evaluated: {reason}", decided=False)
