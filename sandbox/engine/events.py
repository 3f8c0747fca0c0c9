"""What happens during a run, for whoever shows or records it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .steps import Op, Step


class Severity(StrEnum):
    """Pulumi's names of a message's weight."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step begins (in a preview: would begin)."""

    step: Step


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step ended well; ``op`` is what it came to, which for a refresh is what it found."""

    step: Step
    op: Op


@dataclass(frozen=True, slots=True)
class StepFailed:
    """A step failed; the reason is a message of its own."""

    step: Step


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell the user.

    Attributes:
        urn: The resource that it is about, or empty.
        ephemeral: A status that the next one takes the place of.
    """

    severity: Severity
    text: str
    urn: str = ""
    ephemeral: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """The end of a run.

    Attributes:
        changes: How many resources each operation was done on.
        seconds: How long it took.
        result: ``succeeded``, ``failed`` or ``canceled``.
        outputs: The stack's outputs, secrets still marked; None where there are none to show.
    """

    changes: Mapping[Op, int]
    seconds: float
    result: str
    outputs: Mapping[str, Any] | None = field(default=None)


Event: TypeAlias = StepStarted | StepDone | StepFailed | Message | Summary


class Listener(Protocol):
    """Takes every event of a run, in order."""

    def __call__(self, event: Event) -> None:
        """Take one event."""


class Reporter:
    """Tells listeners of messages; the engine's one mouth.

    Attributes:
        saw_error: Whether an error was told.
    """

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners
        self.saw_error = False

    def tell(self, event: Event) -> None:
        """Pass an event on to every listener."""
        if isinstance(event, Message) and event.severity is Severity.ERROR:
            self.saw_error = True
        for listener in self._listeners:
            listener(event)

    def error(self, message: str, urn: str = "") -> None:
        """Show an error."""
        self.tell(Message(Severity.ERROR, message, urn))

    def warning(self, message: str, urn: str = "") -> None:
        """Show a warning."""
        self.tell(Message(Severity.WARNING, message, urn))

    def info(self, message: str, urn: str = "") -> None:
        """Show a note."""
        self.tell(Message(Severity.INFO, message, urn))
