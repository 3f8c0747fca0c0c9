"""How long to wait: before the next look at something that takes its time, and before sending again.

Pure functions of the time waited, of a number in [0, 1) that the caller draws, and of a deadline. Nothing
here sleeps, reads a clock or draws a number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Clock(Protocol):
    """Time, as a parameter."""

    def now(self) -> float:
        """Return the time in seconds since the epoch."""
        ...

    def sleep(self, seconds: float) -> None:
        """Return after that many seconds, or raise CancelledError as soon as a stop is asked for."""
        ...


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of a wait, and the bounds of the intervals in it.

    Attributes:
        until: The seconds waited at which it ends.
        least: No interval in it is shorter, in seconds.
        most: No interval in it is longer, in seconds.
    """

    until: float
    least: float
    most: float


STAGES: Final = (Stage(120.0, 4.0, 4.0), Stage(1800.0, 8.0, 25.0), Stage(math.inf, 29.0, 29.0))
"""Two minutes for a HealthImaging store, half an hour for one of HealthLake, more for a large export."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The time between two looks: a share of the time waited so far, within the bounds of its stage.

    Whatever takes T seconds is then noticed within that share of T, whatever T is, and the number of looks
    grows with the logarithm of T. The first seconds are looked at closely, for what is done at once.

    Attributes:
        share: The interval as a share of the time waited; it bounds how late an end is noticed.
        stages: The bounds, by the time waited; the last one does not end.
        first: Seconds before the first look.
        opening: The share that the interval grows by from there, until it has reached the first stage.
        jitter: By what share chance shortens an interval, so that waits that began together drift apart.
    """

    share: float = 0.03
    stages: tuple[Stage, ...] = STAGES
    first: float = 0.5
    opening: float = 0.5
    jitter: float = 0.05

    def __call__(self, waited: float, chance: float) -> float:
        """Return the seconds until the next look.

        Args:
            waited: Seconds since the first look; negative ones (a clock set back) count as none.
            chance: A number in [0, 1).
        """
        since = max(0.0, waited)
        stage = next(stage for stage in self.stages if since <= stage.until)
        steady = min(max(stage.least, self.share * since), stage.most)
        return min(self.first + self.opening * since, steady) * (1 - self.jitter * chance)


@dataclass(frozen=True, slots=True)
class Backoff:
    """The time before the same request is sent again: exponential with full jitter, as AWS's SDKs do it.

    Attributes:
        base: The longest first delay in seconds; it doubles with each attempt.
        most: No delay that the service has not asked for is longer, in seconds.
        spread: By what share chance lengthens a delay that the service has asked for.
    """

    base: float = 1.0
    most: float = 20.0
    spread: float = 0.1

    def __call__(self, attempt: int, chance: float, retry_after: float | None = None) -> float:
        """Return the seconds until the next attempt.

        Args:
            attempt: How many times it was sent again already, from 0.
            chance: A number in [0, 1).
            retry_after: The least delay that the service asks for, in seconds.
        """
        own = chance * min(self.base * 2.0 ** min(attempt, 64), self.most)
        return own if retry_after is None else max(own, retry_after * (1 + self.spread * chance))


LEAST: Final = 1.0
"""No retry that a document asks for comes sooner, in seconds: ``retryAfter: 0`` must not hammer a service."""

PACE: Final = Pace()
BACKOFF: Final = Backoff()


TOO_MANY_REQUESTS: Final = 429
SERVER_ERROR: Final = 500
NOT_IMPLEMENTED: Final = 501

Transience = Literal["throttled", "unavailable"]
"""Why the same request may be sent again later."""


def transience(
    status: int, *, safe: bool, throttled: bool = False, failed: bool = False
) -> Transience | None:
    """Return why the same request may be sent again later, or None.

    A throttled request was not carried out. One that a server failed over may have been: it is sent again
    only where that does no harm. What is not implemented stays so (RFC 9110, section 15.6.2).

    Args:
        status: The answer's HTTP status.
        safe: Whether a second request does no harm: it reads, or carries a token.
        throttled: Whether the answer says so in another way.
        failed: Whether it says in another way that the server failed.
    """
    if throttled or status == TOO_MANY_REQUESTS:
        return "throttled"
    failed = failed or status >= SERVER_ERROR
    return "unavailable" if failed and safe and status != NOT_IMPLEMENTED else None


def within(seconds: float, deadline: float | None, now: float) -> float:
    """Return a wait cut so that it ends by the deadline; never a negative one."""
    left = math.inf if deadline is None else deadline - now
    return max(0.0, min(seconds, left))


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that an answer asks to wait, or None where it asks for nothing that can be read.

    Reads ``Retry-After`` (RFC 9110, section 10.2.3: seconds or a date, which counts from the answer's own
    ``Date`` where there is one, so that a wrong clock here does no harm) and AWS's ``x-amz-retry-after``
    (milliseconds).

    Args:
        headers: The answer's headers; their names' case does not matter.
        now: Seconds since the epoch.
    """
    wanted = {name.lower(): value for name, value in headers.items() if name.lower() in _HEADERS}
    text = wanted.get("retry-after", "").strip()
    if text:
        return _number(text) if _is_number(text) else _until(text, _date(wanted.get("date", ""), now))
    milliseconds = wanted.get("x-amz-retry-after", "").strip()
    return _number(milliseconds) / 1000 if _is_number(milliseconds) else None


_HEADERS: Final = frozenset({"retry-after", "date", "x-amz-retry-after"})


def _is_number(text: str) -> bool:
    return text.isascii() and text.replace(".", "", 1).isdigit()


def _number(text: str) -> float:
    return min(float(text), _LONGEST)


_LONGEST: Final = 86_400.0 * 365


def _until(text: str, since: float) -> float | None:
    then = _date(text, math.nan)
    return None if math.isnan(then) else min(max(0.0, then - since), _LONGEST)


def _date(text: str, default: float) -> float:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return default  # no date: RFC 9110 lets a recipient ignore a malformed field
