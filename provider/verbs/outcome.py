"""What a verb leaves behind: outputs from what the service reported, and what was left undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import ProviderError


@dataclass(frozen=True, slots=True)
class Made:
    """A resource as the state is to have it: its id and all its outputs."""

    id: str
    outputs: dict[str, Any]


class UnfinishedError(ProviderError):
    """A verb stopped half-way, and the state must keep what there is.

    Attributes:
        made: The resource so far.
        cause: What stopped it.
    """

    def __init__(self, made: Made, cause: ProviderError, *, hint: str) -> None:
        super().__init__(
            cause.what,
            place=cause.place,
            reason=cause.reason,
            hint="; ".join(filter(None, (cause.hint, hint))),
        )
        self.made = made
        self.cause = cause
