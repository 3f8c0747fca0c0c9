"""What Pulumi's stock Python dynamic host knows and does not pass on to a provider's methods.

``request()`` finds the call that a method of a ``pulumi.dynamic.ResourceProvider`` is answering: the URN,
timeout and preview flag, progress on the resource's own line, one-line errors, resources kept half-way, work
after the answer, and a clock whose sleep ends with the first Ctrl-C. ``more_threads()`` lifts the limit of 4
calls at a time.

Each part is looked for before it is used. Where an SDK hides it, the stock behaviour stays and one warning
names what is lost; outside a host all of it does nothing. ``parts()`` tells which of them are there.
"""

from ...engine.cancellation import CallClock, Cancellation
from .call import Autonaming, HostCall, request
from .call import reachable as parts
from .failures import InitializationFailedError, RefusedError
from .program import end_program_quietly
from .threads import more_threads

__all__ = [
    "Autonaming",
    "CallClock",
    "Cancellation",
    "HostCall",
    "InitializationFailedError",
    "RefusedError",
    "end_program_quietly",
    "more_threads",
    "parts",
    "request",
]
