"""What follows an answer: work that may only be done once the engine has stored what a call answered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from provider.host import internals
from provider.host.cancellation import PROCESS
from provider.host.engine import ENGINE

SECONDS_TO_STORE: Final = 3.0
"""How long the engine may take to store an answer; what follows it waits that long."""


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

    def run() -> None:
        ended.wait()
        if internals.was_answered(servicing.context) and _is_stored(settle):
            try:
                callback()
            except Exception as error:  # noqa: BLE001 - nobody is above this thread to see it
                complain(f"{name}: {type(error).__name__}: {error}")

    if not servicing.context.add_callback(ended.set):
        return False
    # Started before the answer leaves: a SIGINT that comes while a thread is made may go to the maker, and
    # the main thread, which alone ends the host, would sleep on.
    threading.Thread(target=run, name=name, daemon=False).start()
    return True


def _is_stored(settle: float) -> bool:
    """Wait until the engine has stored what was answered just now; False where it may never do so."""
    in_order = PROCESS.ended_in_order(settle)
    return ENGINE.is_there() if in_order is None else in_order
