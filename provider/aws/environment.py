"""Settings of the process for tests and for the sandbox only: users have no reason to set them.

``PULUMI_HEALTH_TIME_SCALE`` says how many times faster than the world's the provider's time passes. All of
its time passes so: the pace of polls, the turns, the backoffs, the deadlines. It goes with a sandbox that
runs at such a speed. ``PULUMI_HEALTH_READ_TIMEOUT`` is the seconds of silence (of the world's time) after
which a request counts as not answered.
"""

from __future__ import annotations

import os
from typing import Final

from ..errors import ConfigurationError

TIME_SCALE: Final = "PULUMI_HEALTH_TIME_SCALE"
READ_TIMEOUT: Final = "PULUMI_HEALTH_READ_TIMEOUT"


def time_scale() -> float:
    """Return how many times faster time passes; raises ConfigurationError unless it is a positive number."""
    return _number(TIME_SCALE) or 1.0


def read_timeout() -> float | None:
    """Return the read timeout in seconds, or None; raises as `time_scale` does."""
    return _number(READ_TIMEOUT)


def _number(name: str) -> float | None:
    text = os.environ.get(name)
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.0 < number < float("inf"):
        raise ConfigurationError(
            f"{name} is not a positive number: {text}", hint="set it to one, or unset it"
        )
    return number
