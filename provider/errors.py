"""The errors of this package: one base, typed attributes, a last line that says what to do next.

Every error prints as one line: what happened, where, the reason that AWS (or the document) gives, and the
next thing to do. Nothing here imports anything of this package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

COMMAND: Final = f"python -m {__package__}"
"""The command line under the name that this package has here: installed, it is not its folder's."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happened; every part is optional.

    Attributes:
        document: The Arazzo document's path or name.
        workflow: A workflowId of that document.
        step: A stepId of that workflow.
        path: A property path as the user writes it (``tags.team``) or a JSON Pointer into a document.
        line: 1-based line in the document.
        column: 1-based column in the document.
    """

    document: str | None = None
    workflow: str | None = None
    step: str | None = None
    path: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Render the known parts, widest first, as ``doc.yaml:3:5, workflow w, step s, at p``."""
        position = ":".join(str(part) for part in (self.document, self.line, self.column) if part is not None)
        parts = [
            position,
            f"workflow {self.workflow}" if self.workflow else "",
            f"step {self.step}" if self.step else "",
            f"at {self.path}" if self.path else "",
        ]
        return ", ".join(part for part in parts if part)


NOWHERE = Place()


def printable(text: str) -> str:
    """Return a string with its line breaks and control characters as escapes.

    What a service or a document says goes to terminals and logs, where it could forge lines of their own.
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


class ProviderError(Exception):
    """The base of every error that this package raises.

    Attributes:
        what: What happened, without a trailing full stop.
        place: Where it happened.
        reason: The service's or the document's own words, if any.
        hint: What to do next, if anything is known to help.
        state: Where a run that this error stopped can go on from: its checkpoint, a plain JSON value.
        status: The last status that such a run saw (``CREATING``), or an empty string.
    """

    state: dict[str, Any] | None = None
    status: str = ""

    def __init__(self, what: str, *, place: Place = NOWHERE, reason: str = "", hint: str = "") -> None:
        self.what = what
        self.place = place
        self.reason = reason
        self.hint = hint
        super().__init__(what)

    def __str__(self) -> str:
        """Render the error as one line."""
        where = str(self.place)
        text = f"{self.what} ({where})" if where else self.what
        if self.reason:
            text = f"{text}: {self.reason}"
        return printable(f"{text}; {self.hint}" if self.hint else text)


class InputError(ProviderError):
    """What the caller handed in is wrong: a workflow's inputs, an unknown workflowId, an unknown source."""


class LimitError(ProviderError):
    """A bound on a document or a run was reached: size, depth, aliases, steps without a call, nesting."""


class InternalError(ProviderError):
    """This package itself failed: a fault in it, or an answer that nobody foresaw."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(
            f"the provider itself failed: {type(error).__name__}: {error}",
            hint="set PULUMI_HEALTH_DEBUG=1 to see where, and report it",
        )


class NoAnswerError(ProviderError):
    """No answer came, or none that can be read; whether the service did the work is unknown.

    Attributes:
        may_be_sent_again: Whether the same request, with the same key, does no harm when it is sent again: it
            was never sent, it only reads, or it carries a token.
        is_unreadable: Whether something came that cannot be read (a captive portal's page).
    """

    may_be_sent_again: bool = True
    is_unreadable: bool = False


class CredentialsError(ProviderError):
    """No credentials, incomplete or expired ones. Waiting does not help."""


class ConfigurationError(ProviderError):
    """No region, an unknown profile, a wrong account. Waiting does not help."""


class DeadlineError(ProviderError):
    """The deadline passed before the end was reached."""


class CancelledError(ProviderError):
    """The user asked to stop (Ctrl-C, the engine's Cancel)."""
