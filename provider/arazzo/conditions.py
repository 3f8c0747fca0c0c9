"""Simple conditions (Arazzo 1.0.1, Criterion Object: literals and operators)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a criterion.

    Attributes:
        holds: Whether it holds; False where it cannot be evaluated.
        why: What was compared with what (``$statusCode == 200: it is 500``), or why it cannot be evaluated.
        decided: False where it cannot be evaluated.
    """

    holds: bool
    why: str
    decided: bool = True
