"""One call of the engine, as the protocol itself tells it (``verbs.engine.Call``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

from ..errors import printable
from ..verbs.secrets import masked
from .cancellation import CallClock, Cancellation
from .log import EngineLog


def stored_inputs(request: Any) -> Any | None:
    """Return the inputs in the state that a request shows, a ``Struct``; None where the engine sends none.

    ``ReadRequest`` calls them ``inputs``, those that change something ``old_inputs`` (``provider.proto``).
    """
    name = "inputs" if request.DESCRIPTOR.name == "ReadRequest" else "old_inputs"
    is_sent = name in request.DESCRIPTOR.fields_by_name and request.HasField(name)
    return getattr(request, name) if is_sent else None


@dataclass(frozen=True, slots=True)
class Autonaming:
    """How the stack wants resources without a name to be named (``CheckRequest.AutonamingOptions``).

    Attributes:
        name: The proposed name; empty where the mode is ``disable``.
        mode: ``propose`` may be changed, ``enforce`` may not, ``disable`` asks for an error.
    """

    name: str
    mode: Literal["propose", "enforce", "disable"]


@dataclass(frozen=True, slots=True)
class EngineCall:
    """A call of the engine.

    Attributes:
        log: Where messages go.
        urn: The resource's URN; None or empty outside of an engine, and for a function.
        name: The name that the program gave the resource.
        timeout: ``customTimeouts`` for this operation in seconds, or None where there is none.
        random_seed: Bytes that are the same for the same planned operation (check only), or None.
        autonaming: How to name it (check only), or None where the stack does not say.
        cancellation: Set when this call must stop.
        hidden: Strings that no message and no error shows.
        is_over: Whether it was answered: what follows shows no progress.
        wording: Spells a message as the program of the call spells what it names.
    """

    log: EngineLog = field(repr=False)
    urn: str | None = None
    name: str | None = None
    timeout: float | None = None
    random_seed: bytes | None = None
    autonaming: Autonaming | None = None
    cancellation: Cancellation = field(default_factory=Cancellation, repr=False, compare=False)
    hidden: tuple[str, ...] = field(default=(), repr=False, compare=False)
    is_over: bool = False
    wording: Callable[[str], str] = field(default=str, repr=False, compare=False)

    @property
    def clock(self) -> CallClock:
        """The time, and sleep that this call's cancellation ends."""
        return CallClock(self.cancellation)

    @property
    def stack(self) -> str:
        """The stack's name; empty where there is no URN."""
        parts = (self.urn or "").split(":", 3)
        return parts[2] if len(parts) == 4 else ""  # noqa: PLR2004 - urn, pulumi, the stack, the rest

    def afterwards(self) -> Self:
        """Return this call for what follows its answer: nothing cancels that, and its line stays as it is."""
        return replace(self, cancellation=Cancellation(), is_over=True)

    def hiding(self, secrets: Sequence[str]) -> Self:
        """Return this call as one whose messages and errors show none of these strings."""
        return replace(self, hidden=tuple(secrets))

    def told(self, message: str) -> str:
        """Return a message as the user sees it."""
        return printable(self.wording(masked(message, self.hidden)))

    def progress(self, message: str, *, ephemeral: bool = True) -> None:
        """Show what the resource does on its own line; ``ephemeral=False`` keeps it in the output."""
        if not self.is_over:
            self._say("INFO", message, ephemeral=ephemeral)

    def info(self, message: str) -> None:
        """Leave a note under the resource's diagnostics."""
        self._say("INFO", message)

    def warn(self, message: str) -> None:
        """Leave a warning under the resource's diagnostics."""
        self._say("WARNING", message)

    def _say(self, severity: Literal["INFO", "WARNING"], message: str, *, ephemeral: bool = False) -> None:
        self.log.send(severity, self.urn or "", self.told(message), ephemeral=ephemeral)
