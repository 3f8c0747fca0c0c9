"""Reusable Objects: ``{reference: $components.<kind>.<name>}`` and what it stands for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from ...nearest import did_you_mean
from ..faults import clipped
from ..tree import MAX_NODES
from . import schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .cursor import NodeCursor

Kind = Literal["parameters", "successActions", "failureActions"]


class Resolved(NamedTuple):
    """An object that stands where it is used, or the component that a reference leads to.

    Attributes:
        cursor: The object itself.
        value: What overrides a parameter's value, if the reference gives one.
        use: Where the object is used.
    """

    cursor: NodeCursor
    use: NodeCursor
    value: NodeCursor | None = None


@dataclass(frozen=True, slots=True)
class Components:
    """The Components Object: the cursors on each kind's entries, by name."""

    entries: Mapping[str, Mapping[str, NodeCursor]] = field(default_factory=dict)

    def resolve(self, cursor: NodeCursor, kind: Kind) -> Resolved | None:
        """Return what an entry of a list stands for; None where it leads to nothing."""
        if not isinstance(cursor.value, dict) or "reference" not in cursor.value:
            return Resolved(cursor, cursor)
        cursor.is_object(schema.REUSABLE)
        reference = cursor.text("reference")
        if reference is None:
            return None
        found = self._find(cursor, reference, kind)
        if found:
            cursor.scope.ledger.spend(found.node.size, MAX_NODES, cursor.place)
        value = cursor.child("value")
        if value is not None and kind != "parameters":
            message = "value overrides only a parameter"
            cursor.key_fault("value", "ignored-field", message, "remove it", severity="warning")
        return Resolved(found, cursor, value) if found else None

    def _find(self, cursor: NodeCursor, reference: str, kind: Kind) -> NodeCursor | None:
        prefix = f"$components.{kind}."
        known = self.entries.get(kind, {})
        if reference.startswith(prefix) and reference[len(prefix) :] in known:
            return known[reference[len(prefix) :]]
        at = cursor.child("reference") or cursor
        if not reference.startswith(prefix):
            message = f"{clipped(reference)} does not refer to components.{kind}"
            at.fault("bad-reference", message, f"write it as {prefix}<name>")
            return None
        message = f"there is no {clipped(reference)}"
        at.fault("unknown-component", message, did_you_mean(reference[len(prefix) :], known))
        return None


def components(root: NodeCursor) -> Components:
    """Read a document's components, each entry with its name checked."""
    cursor = root.child("components")
    if cursor is None or not cursor.is_object(schema.COMPONENTS):
        return Components()
    return Components({kind: dict(cursor.map(kind)) for kind in schema.COMPONENTS.optional})
