"""What a verb leaves behind: outputs from what the service reported, and what was left undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provider.errors import ProviderError
from provider.shapes import to_properties

if TYPE_CHECKING:
    from provider.kinds import Kind


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


def reported(kind: Kind, seen: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs that the service reported so far.

    Args:
        kind: The table's row.
        seen: Workflow or step outputs; a description that is not there yields nothing.
    """
    outputs: dict[str, Any] = {}
    for description in kind.descriptions:
        body = seen.get(description.output)
        if not isinstance(body, Mapping):
            continue
        shape = kind.description_shape(description)
        for name, member in description.outputs.items():
            value = body.get(member) if member else to_properties(shape, body)
            if value is not None:
                outputs[name] = value
    return outputs


def found_id(kind: Kind, seen: Mapping[str, Any]) -> str | None:
    """Return the resource's id, if a step has put it out."""
    value = seen.get(kind.id_output)
    return value if isinstance(value, str) else None


def keys(kind: Kind, held: Mapping[str, Any]) -> dict[str, Any]:
    """Return the workflow inputs that name an existing resource."""
    return {name: held.get(prop) for name, prop in kind.keys.items()}
