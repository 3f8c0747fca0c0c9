"""What follows an answer: work that may only be done once the engine has stored what a call answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from ...engine.cancellation import CANCELLED_BY_ENGINE, INTERRUPTED, Sign
from . import internals
from .cancellation import PROCESS
from .engine import ENGINE

SECONDS_TO_STORE: Final = 3.0
"""How long the engine may take to store an answer; what follows it waits that long."""

SECONDS_TO_END: Final = 0.05
"""What tells an end in order: a program takes longer to end once its last resource is stored (0.09 s and more
were measured), and an engine that ends a host takes less from its Cancel to its interrupt (0.001 s)."""


def follow(
    servicing: internals.Servicing,
    callback: Callable[[], None],
    *,
    settle: float,
    name: str,
    complain: Callable[[str], None],
) -> bool:
    """Call back once the engine has stored the answer of a call that is still running.

    Args:
        servicing: The call.
        callback: What to do; it runs in a thread of its own that the host's end waits for.
        settle: Seconds that the engine may take to store an answer.
        name: The thread's name.
        complain: Told of what the callback raises.

    Returns:
        Whether it may be called.

    Raises:
        MissingPartError: A call does not tell how it ended.
    """
    internals.was_answered(servicing.context)  # refuse now what could not be told apart later
    ended = threading.Event()
    answered: list[float] = []

    def end() -> None:
        answered.append(time.monotonic())
        ended.set()

    def run() -> None:
        ended.wait()
        if internals.was_answered(servicing.context) and _is_stored(answered[0], settle):
            try:
                callback()
            except Exception as error:  # noqa: BLE001 - nobody is above this thread to see it
                complain(f"{name}: {type(error).__name__}: {error}")

    if not servicing.context.add_callback(end):
        return False
    # Started before the answer leaves: a SIGINT that comes while a thread is made may go to the maker, and
    # the main thread, which alone ends the host, would sleep on.
    threading.Thread(target=run, name=name, daemon=False).start()
    return True


def _is_stored(answered: float, settle: float) -> bool:
    """Wait until the engine has stored what was answered at a time; False where it may never do so."""
    if PROCESS.interrupted(settle):
        return in_order(PROCESS.signs, answered)
    return ENGINE.is_there()


def in_order(signs: Sequence[Sign], answered: float) -> bool:
    """Say whether a host was ended in order, with all stored that it had answered at a time.

    An engine in order lets the program end after its last resource is stored, and ends the host with an
    interrupt that comes alone or right behind a Cancel. A Ctrl-C cancels at any moment, even between an
    answer and its storing, and a second one then interrupts: one Cancel long before the interrupt, or two, or
    the first sign right at the answer.

    Args:
        signs: The signs to stop, in their order, an interrupt among them.
        answered: When the answer left, in seconds of the monotonic clock.
    """
    cancels = [sign for sign in signs if sign.reason == CANCELLED_BY_ENGINE]
    interrupt = next(sign for sign in signs if sign.reason == INTERRUPTED)
    is_quiet = signs[0].at - answered >= SECONDS_TO_END
    return is_quiet and len(cancels) <= 1 and interrupt.at - signs[0].at <= SECONDS_TO_END
