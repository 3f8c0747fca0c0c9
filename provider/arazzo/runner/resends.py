"""When the same request is sent again although the document does not ask for it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ...timing import pacing
from ..protocol import Finish, Response

if TYPE_CHECKING:
    from ..machine.results import NoAnswer
    from ..protocol import Effect

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""HTTP methods that change nothing (RFC 9110, section 9.2.1)."""


_WITHOUT_DEADLINE: Final = 20
"""How often the same request is sent again in a run that has no deadline: some three minutes."""


class Patience(NamedTuple):
    """How long, and how often, the same request is sent again.

    Attributes:
        stranger: Seconds without an answer, while nothing was ever answered in this run: most likely the
            endpoint is wrong.
        known: Seconds without an answer, after one: most likely the network has gone for a while.
        resends: How often at most; 0 for never, None for as often as the run's deadline lets it (20 times
            where it has none).
    """

    stranger: float = 15.0
    known: float = 600.0
    resends: int | None = None

    def is_used_up(self, attempt: int, *, ends: bool) -> bool:
        """Whether a request that was sent again so often is to be left at that.

        Args:
            attempt: How often it was sent again.
            ends: Whether time puts an end to it: the run's deadline, or that no answer comes.
        """
        if self.resends is not None:
            return attempt >= self.resends
        return not ends and attempt >= _WITHOUT_DEADLINE


PATIENCE: Final = Patience()


def reason(effect: Effect, answer: Response | NoAnswer) -> str | None:
    """Return why the request to which this is the answer should be sent again, or None.

    It should where the answer alone ends the run as failed, no action of the document had a say in it, and a
    later try may help.

    Args:
        effect: What would follow if the answer were taken.
        answer: What came of the call.
    """
    failure = effect.failure if isinstance(effect, Finish) else None
    if failure is None or not failure.unhandled:
        return None
    if isinstance(answer, Response):
        return is_transient(answer) if failure.response is answer else None
    return answer.why if failure.why is answer.why else None


def is_transient(response: Response) -> str | None:
    """Return why a request can be sent again later: as its caller says, else by its status and its method."""
    if response.transient is not None:
        return response.transient
    return pacing.transience(response.status, safe=response.method.upper() in _READING)


def delay(answer: Response | NoAnswer, attempt: int, chance: float, now: float) -> float:
    """Return the seconds before the next attempt.

    Args:
        answer: What came of the last one.
        attempt: How many times it was sent again already, from 0.
        chance: A number in [0, 1).
        now: Seconds since the epoch.
    """
    asked = pacing.retry_after(answer.headers, now) if isinstance(answer, Response) else None
    return pacing.BACKOFF(attempt, chance, asked)
