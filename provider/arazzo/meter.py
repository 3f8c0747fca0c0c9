"""A budget for work whose amount the document decides."""

from __future__ import annotations

from .verdicts import Undecided


class Meter:
    """What is left of a budget."""

    def __init__(self, budget: int) -> None:
        self.left = budget

    def spend(self, amount: int = 1) -> None:
        """Take an amount from the budget; raises Undecided when it is spent."""
        self.left -= amount
        if self.left < 0:
            raise Undecided("it takes too much work")
