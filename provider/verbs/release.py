"""Release: claims come off once there is evidence that a state holds the store; see ``verbs.claims``."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
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
        is_new: Whether this run made it, so that the claim is certainly there.
    """

    kind: Kind
    store_id: str
    outputs: Mapping[str, Any]
    is_new: bool


@dataclass
class Releases:
    """The claims that this process may have to take off, by URN and id."""

    _claimed: dict[tuple[str, str], Claimed] = field(default_factory=dict)
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

    def shown(self) -> list[Claimed]:
        """Return and forget the stores that an engine showed among its old values."""
        with self._lock:
            keys = [key for key, claimed in self._claimed.items() if not claimed.is_new]
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


def _saves_nothing_before_the_end() -> bool:
    return os.environ.get(_NO_CHECKPOINTS, "").lower() in {"1", "true"}
