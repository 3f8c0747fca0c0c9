"""What a verb needs of the engine's call that it answers, whichever face the call came through."""

from __future__ import annotations

from typing import Protocol

from ..timing.pacing import Clock


class Cancellation(Protocol):
    """Whether a call must stop, and why."""

    @property
    def reason(self) -> str:
        """Why, in a few words; empty where nothing asks to stop."""

    @property
    def is_abandoned(self) -> bool:
        """Whether the call's answer may come into no state any more."""

    def is_set(self) -> bool:
        """Whether the call must stop."""

    def raise_if_set(self) -> None:
        """Do nothing, or raise CancelledError where the call must stop."""


class Naming(Protocol):
    """How the stack wants resources without a name to be named."""

    @property
    def name(self) -> str:
        """The proposed name; empty where the mode is ``disable``."""

    @property
    def mode(self) -> str:
        """``propose``, ``enforce`` or ``disable``."""


class Call(Protocol):
    """One call of the engine."""

    @property
    def name(self) -> str | None:
        """The name that the program gave the resource; None outside of an engine."""

    @property
    def timeout(self) -> float | None:
        """``customTimeouts`` for this operation in seconds, or None."""

    @property
    def random_seed(self) -> bytes | None:
        """Bytes that are the same for the same planned operation (check only), or None."""

    @property
    def autonaming(self) -> Naming | None:
        """How to name it (check only), or None where the stack does not say."""

    @property
    def urn(self) -> str | None:
        """The resource's URN; None outside of an engine."""

    @property
    def stack(self) -> str:
        """The stack's name; empty outside of an engine."""

    @property
    def clock(self) -> Clock:
        """The time, and sleep that the call's cancellation ends."""

    @property
    def cancellation(self) -> Cancellation:
        """Set when the call must stop."""

    def afterwards(self) -> Call:
        """Return this call for what follows its answer: nothing cancels that, and it shows no progress."""

    def progress(self, message: str, *, ephemeral: bool = True) -> None:
        """Show what the resource does on its own line; ``ephemeral=False`` keeps it in the output."""

    def info(self, message: str) -> None:
        """Leave a note under the resource's diagnostics."""

    def warn(self, message: str) -> None:
        """Leave a warning under the resource's diagnostics."""
