"""Eventual consistency: reads see the account as it was some seconds ago.

So a new store is neither listed nor to be read for a while, tags and states lag behind, and searches list
what is deleted already. Writes act on the account as it is, except that they do not find a new store either.
"""

from __future__ import annotations

import copy
from collections import deque
from dataclasses import replace

from .state import World


class Past:
    """The account's earlier states, as far back as reads lag behind; the caller does the locking."""

    def __init__(self) -> None:
        self._states: deque[tuple[float, World]] = deque()

    def keep(self, world: World, now: float) -> None:
        """Remember the account as it is from now on."""
        self._states.append((now, _copied(world)))

    def at(self, world: World, time: float) -> World:
        """Return the account as it was at a time, or as it was first known; as it is, where nothing is kept.

        The times of successive calls have to rise: what was before them is forgotten.
        """
        while len(self._states) > 1 and self._states[1][0] <= time:
            self._states.popleft()
        return self._states[0][1] if self._states else world

    def forget(self) -> None:
        """Forget everything."""
        self._states.clear()


def _copied(world: World) -> World:
    """Return the account with copies of what lags behind; time, settings and sessions are the same."""
    return replace(
        world,
        stores=copy.deepcopy(world.stores),
        jobs=copy.deepcopy(world.jobs),
        image_sets=copy.deepcopy(world.image_sets),
    )
