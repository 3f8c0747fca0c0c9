"""What Pulumi's stock Python dynamic host knows and does not pass on to a provider's methods.

``request()`` finds the call that a method of a ``pulumi.dynamic.ResourceProvider`` is answering: the URN,
timeout and preview flag, progress on the resource's own line, one-line errors, resources kept half-way, and a
clock whose sleep ends with the first Ctrl-C. ``more_threads()`` lifts the limit of 4 calls at a time;
``answer()`` answers a function that programs call.

Each part is looked for before it is used. Where an SDK hides it, the stock behaviour stays and one warning
names what is lost; outside a host all of it does nothing. ``parts()`` tells which of them are there.
"""

from ...engine.call import Autonaming
from ...engine.cancellation import CallClock, Cancellation
from .call import HostCall, current_call, function_call
from .call import reachable as parts
from .engine import RUN
from .failures import InitializationFailedError, RefusedError
from .functions import answer
from .program import end_program_quietly
from .threads import more_threads

__all__ = [
    "RUN",
    "Autonaming",
    "CallClock",
    "Cancellation",
    "HostCall",
    "InitializationFailedError",
    "RefusedError",
    "answer",
    "current_call",
    "end_program_quietly",
    "function_call",
    "more_threads",
    "parts",
]
