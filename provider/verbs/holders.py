"""Who names a resource of AWS: what the program manages, reads or adopts in this run, what the state holds.

One that somebody still names is not deleted, and one that the state holds is not made a second time. Known is
what the engine tells this process by its checks, diffs and reads; a run with ``--target`` tells only of its
targets.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import StrEnum

from ..errors import ProviderError


class Way(StrEnum):
    """How a resource of the program names one of AWS, in the words of a message."""

    ADOPTS = "adopts"
    MANAGES = "manages"
    READS = "reads"


class HeldError(ProviderError):
    """A creation got back what is held already."""


@dataclass
class Holders:
    """The names of what is held, by what tells it from all others: its kind, region and id.

    Attributes:
        named: How the program names it, by URN.
        stored: The resources of the state that hold it: their URNs by the token of their creation, which a
            resource keeps when it is renamed.
    """

    named: dict[Hashable, dict[str, Way]] = field(default_factory=lambda: defaultdict(dict))
    stored: dict[Hashable, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def name(self, key: Hashable, urn: str, way: Way) -> tuple[str, Way] | None:
        """Note that the program names something; return who manages it beside this one, if anybody does."""
        with self._lock:
            named = self.named[key]
            named[urn] = way
            others = ((other, how) for other, how in named.items() if other != urn and how is not Way.READS)
            return None if way is Way.READS else next(others, None)

    def store(self, key: Hashable, urn: str, token: str) -> None:
        """Note that the state holds something."""
        with self._lock:
            self.stored[key][token] = urn

    def sharer(self, key: Hashable, token: str) -> str | None:
        """Return the URN under which the state holds the same a second time, or None."""
        with self._lock:
            return next((urn for other, urn in self.stored[key].items() if other != token), None)

    def take(self, key: Hashable, urn: str) -> str | None:
        """Note that a creation got something; return the URN of who holds it already, if anybody does."""
        with self._lock:
            named = [other for other, how in self.named[key].items() if how is not Way.READS]
            held = [*self.stored[key].values(), *named]
            if held:
                return held[0]
            self.named[key][urn] = Way.MANAGES
            return None

    def release(self, key: Hashable, urn: str, token: str) -> tuple[str, Way] | None:
        """Note that a resource is to be deleted; return who else names what it held, if anybody does."""
        with self._lock:
            named, stored = self.named[key], self.stored[key]
            named.pop(urn, None)
            stored.pop(token, None)
            if named:
                return next(iter(named.items()))
            return next(((other, Way.MANAGES) for other in stored.values()), None)


def resource_name(urn: str) -> str:
    """Return the name that the program gave the resource of a URN."""
    return urn.split("::", 3)[-1]
