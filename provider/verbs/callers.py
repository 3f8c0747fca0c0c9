"""Callers around the session's: what a verb knows of its calls that the interpreter cannot know."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..errors import NoAnswerError
from ..models import operations, services
from ..timing import pacing
from .judging import is_not_found

if TYPE_CHECKING:
    from ..arazzo import Caller, Clock, Operation, Request, Response
    from ..kinds.parts import Refusals


LAG: Final = 60.0
"""Seconds after a creation in which the service may not find yet what was made; none promises to at once."""

_BAD_REQUEST: Final = 400


class Repeatable:
    """A caller for workflows that do no harm where a call of theirs is carried out twice.

    Args:
        caller: Sends the requests.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def call(self, operation: Operation, request: Request) -> Response:
        """Send a request, and let it be sent again whatever is not known of it."""
        try:
            response = self._caller.call(operation, request)
        except NoAnswerError as error:
            error.may_be_sent_again = True
            raise
        if response.doubt and response.status != pacing.NOT_IMPLEMENTED:
            return replace(response, transient="unavailable")
        return response


class ReadAfterWrite:
    """A caller that does not believe right after a creation that the service does not know what was made.

    Args:
        caller: Sends the requests.
        clock: The time.
        refusals: How the service says that it does not know something.
    """

    def __init__(self, caller: Caller, clock: Clock, refusals: Refusals) -> None:
        self._caller = caller
        self._clock = clock
        self._refusals = refusals
        self._made: float | None = None

    def call(self, operation: Operation, request: Request) -> Response:
        """Send a request; what is not found for a while after a creation is to be asked for again."""
        response = self._caller.call(operation, request)
        if response.status < _BAD_REQUEST:
            if not operations.reads(services.resolve(operation)):
                self._made = self._clock.now()
        elif is_not_found(response, self._refusals) and self._is_young():
            return replace(response, transient="unavailable")
        return response

    def _is_young(self) -> bool:
        """Whether what was made may not be shown yet."""
        return self._made is not None and self._clock.now() - self._made < LAG
