"""Release: claims come off once there is evidence that a state holds the store; see ``verbs.claims``."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ..errors import ProviderError
from .claim_tag import take_off
from .claims import KEY
from .tags import read_tags

if TYPE_CHECKING:
    from ..kinds.kind import Kind
    from .session import Session

RELEASE_SECONDS: Final = 60.0
"""How long the removal of a claim may take."""

_NO_CHECKPOINTS: Final = "PULUMI_SKIP_CHECKPOINTS"
"""With it an engine writes nothing before the end of a run (``sdk/go/common/env``)."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A store that carries a claim, or may do so.

    Attributes:
        kind: The table's row.
        store_id: Its id.
        outputs: Its outputs.
        is_new: Whether this run made it or took it over, so that the claim is certainly there.
        was_lost: Whether it was there before this run: then anybody may know its id.
    """

    kind: Kind
    store_id: str
    outputs: Mapping[str, Any]
    is_new: bool
    was_lost: bool = False


@dataclass
class Releases:
    """The claims that this process may have to take off, by URN and id."""

    _claimed: dict[tuple[str, str], Claimed] = field(default_factory=dict)
    _evident: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, urn: str, claimed: Claimed) -> None:
        """Note a store whose claim comes off once there is evidence."""
        with self._lock:
            self._claimed.setdefault((urn, claimed.store_id), claimed)

    def stored(self, urn: str, store_id: str) -> Claimed | None:
        """Return and forget a store that the program's process saw stored, if its claim may come off now."""
        with self._lock:
            claimed = self._claimed.pop((urn, store_id), None)
        if claimed is not None and claimed.is_new and _saves_nothing_before_the_end():
            return None
        return claimed

    def named(self, values: Mapping[str, Any]) -> None:
        """Note which new stores a resource's values name: their ids were told to nobody but the engine.

        It passes them on to the program once it has stored them, and the program to other resources.
        """
        found = set(_strings(values))
        with self._lock:
            mine = (claimed for claimed in self._claimed.values() if claimed.is_new and not claimed.was_lost)
            new = found & {claimed.store_id for claimed in mine}
            if new and not _saves_nothing_before_the_end():
                self._evident |= new

    def replaces(self, urn: str, old_id: str) -> None:
        """Note that a resource's old store is to be deleted: the engine has stored the new one by then."""
        with self._lock:
            if not _saves_nothing_before_the_end():
                self._evident |= {
                    claimed.store_id
                    for (other, store_id), claimed in self._claimed.items()
                    if other == urn and store_id != old_id
                }

    def shown(self) -> list[Claimed]:
        """Return and forget the stores that an engine showed: among its old values, or as said above."""
        with self._lock:
            keys = [
                key
                for key, claimed in self._claimed.items()
                if not claimed.is_new or claimed.store_id in self._evident
            ]
            return [self._claimed.pop(key) for key in keys]


def release(claimed: Claimed, session: Session) -> None:
    """Take a claim off; what stops that is told, and is tried again at the next visit."""
    kind = claimed.kind
    outputs = {**claimed.outputs, kind.id_property: claimed.store_id}
    name = kind.tags.name(outputs) if kind.tags else ""
    try:
        if claimed.is_new or KEY in read_tags(kind, session, name):
            take_off(kind, claimed.store_id, outputs, session)
    except ProviderError as error:
        session.voice.info(
            f"it is not known whether {kind.noun} {claimed.store_id} still carries a claim: {error}"
        )


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _saves_nothing_before_the_end() -> bool:
    return os.environ.get(_NO_CHECKPOINTS, "").lower() in {"1", "true"}
