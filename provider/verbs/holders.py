"""Who names a resource of AWS: what the program manages, reads or adopts in this run, what the state holds.

One that somebody still names is not deleted, and one that the state holds is not made a second time. Known
is what the engine tells this process by its checks, diffs and reads, and what the other processes of the run
tell (``engine.run_record``). A run with ``--target`` tells of its targets only, and of what a program in
Python adopts or reads.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from ..errors import ProviderError


class Way(StrEnum):
    """How a resource of the program names one of AWS, in the words of a message."""

    ADOPTS = "adopts"
    MANAGES = "manages"
    READS = "reads"


class HeldError(ProviderError):
    """A creation got back what is held already."""


class Record(Protocol):
    """What the processes of a run tell each other; see ``engine.run_record``."""

    def tell(self, resource_id: str, urn: str, way: str) -> None:
        """Tell the others that the program names a resource of AWS."""

    def others(self, resource_id: str) -> Iterable[tuple[str, str]]:
        """Return who else names it, and how, as the other processes tell."""


class NoRecord:
    """The record where there are no other processes."""

    def tell(self, resource_id: str, urn: str, way: str) -> None:
        """Tell nobody."""

    def others(self, resource_id: str) -> tuple[tuple[str, str], ...]:  # noqa: ARG002 - the protocol's
        """Know of nobody."""
        return ()


@dataclass(frozen=True, slots=True)
class Key:
    """What tells a resource of AWS from all others.

    Attributes:
        scope: What its id is unique among, with the region (``Kind.scope``).
        region: Its region.
        id: Its id.
    """

    scope: Hashable
    region: str | None
    id: str


@dataclass
class Holders:
    """The names of what is held.

    Attributes:
        record: What the processes of the run tell each other.
        named: How the program names it, by URN.
        stored: The resources of the state that hold it: their URNs by the token of their creation, which a
            resource keeps when it is renamed.
        adopted: What this run has adopted, and the URN of the resource that did.
    """

    record: Record = field(default_factory=NoRecord)
    named: dict[Key, dict[str, Way]] = field(default_factory=lambda: defaultdict(dict))
    stored: dict[Key, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    adopted: set[tuple[Key, str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def name(self, key: Key, urn: str, way: Way) -> tuple[str, Way] | None:
        """Note that the program names something; return who manages it beside this one, if anybody does."""
        self.record.tell(key.id, urn, way)
        with self._lock:
            named = self.named[key]
            named[urn] = way
            others = ((other, how) for other, how in named.items() if other != urn and how is not Way.READS)
            return None if way is Way.READS else next(others, None)

    def store(self, key: Key, urn: str, token: str) -> None:
        """Note that the state holds something."""
        with self._lock:
            self.stored[key][token] = urn

    def sharer(self, key: Key, token: str) -> str | None:
        """Return the URN under which the state holds the same a second time, or None."""
        with self._lock:
            return next((urn for other, urn in self.stored[key].items() if other != token), None)

    def take(self, key: Key, urn: str) -> str | None:
        """Note that a creation got something; return the URN of who holds it already, if anybody does."""
        with self._lock:
            named = [other for other, how in self.named[key].items() if how is not Way.READS]
            held = [*self.stored[key].values(), *named]
            if held:
                return held[0]
            self.named[key][urn] = Way.MANAGES
            return None

    def adopt(self, key: Key, urn: str) -> None:
        """Note that a creation has adopted something: it is not the one that a replacement deletes."""
        with self._lock:
            self.adopted.add((key, urn))
        self.record.tell(key.id, urn, Way.MANAGES)

    def release(self, key: Key, urn: str, token: str) -> tuple[str, Way] | None:
        """Note that a resource is to be deleted; return who names what it held, if anybody does.

        That may be the resource itself: one that was replaced, and that has adopted what it had already.
        """
        with self._lock:
            named, stored = self.named[key], self.stored[key]
            if (key, urn) in self.adopted:
                return urn, Way.ADOPTS
            named.pop(urn, None)
            stored.pop(token, None)
            here = [*named.items(), *((other, Way.MANAGES) for other in stored.values())]
        return here[0] if here else self._named_elsewhere(key, urn)

    def is_named(self, key: Key, urn: str) -> bool:
        """Whether the program names something by any other resource than the one that asks."""
        with self._lock:
            others = [other for other in self.named[key] if other != urn]
        return bool(others) or self._named_elsewhere(key, urn) is not None

    def _named_elsewhere(self, key: Key, urn: str) -> tuple[str, Way] | None:
        """Return who names something by what the other processes tell.

        The same resource counts only where a creation in another process has adopted it: a destroy that runs
        the program hears of its lines, too.
        """
        own = {urn, resource_name(urn)}
        told = ((other, Way(way)) for other, way in self.record.others(key.id))
        return next(((other, way) for other, way in told if other not in own or way is Way.MANAGES), None)


def resource_name(urn: str) -> str:
    """Return the name that the program gave the resource of a URN."""
    return urn.split("::", 3)[-1]
