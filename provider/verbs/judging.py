"""What AWS's answers say of a run: whether it came to good, whether to wait on, whether anything is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from ..models import services, states

if TYPE_CHECKING:
    from ..arazzo import Operation, Response
    from ..arazzo.protocol import StepRef
    from ..kinds.parts import Refusals
    from .session import Reporter

NOT_FOUND: Final = 404
CONFLICT: Final = 409


def is_not_found(response: Response, refusals: Refusals) -> bool:
    """Whether the service says that it does not know the resource."""
    return response.status == NOT_FOUND or _code(response).startswith(refusals.not_found)


def is_conflict(response: Response, refusals: Refusals) -> bool:
    """Whether the service refuses the call in the state that the resource is in."""
    return response.status == CONFLICT or _code(response).startswith(refusals.conflict)


def is_denied(response: Response) -> bool:
    """Whether IAM denies the call."""
    return _code(response).startswith(_DENIED)


def _code(response: Response) -> str:
    return response.error.code if response.error else ""


_DENIED: Final = ("AccessDenied", "UnauthorizedOperation")
"""How the codes of AWS's services begin by which they say so; EC2's is the second one."""


class Judge:
    """Has the last word on a run, and says of its last answer what AWS says.

    Args:
        vetoes: Whether a state like CREATE_FAILED vetoes a success.
    """

    def __init__(self, *, vetoes: bool) -> None:
        self._vetoes = vetoes
        self.told: str | None = None

    def __call__(self, step: StepRef, operation: Operation, response: Response) -> str | None:
        """Return an objection, or None."""
        objection = states.judge(step, operation, response)
        self.told = objection or states.told(operation, response)
        return objection if self._vetoes else None


class Outlook:
    """Says of a state that no action names whether to wait on, and leaves a note where nobody knows it.

    Args:
        reporter: Where to leave the note.
        label: What is waited for.
    """

    def __init__(self, reporter: Reporter, label: str) -> None:
        self._reporter = reporter
        self._label = label
        self._noted: set[str] = set()

    def __call__(self, operation: Operation, response: Response) -> Literal["pending", "unknown"] | None:
        """Return why what is polled may get there still, or None."""
        outlook = states.pending(operation, response)
        if outlook == "unknown":
            found = states.statuses(services.resolve(operation), response.body)
            self._note(str(found[0]) if found else f"{operation.operation_id} reports no status")
        return outlook

    def _note(self, what: str) -> None:
        if what not in self._noted:
            self._noted.add(what)
            waited = "which this provider does not know: it polls on until the deadline"
            self._reporter.info(f"{self._label}: {what}, {waited}")
