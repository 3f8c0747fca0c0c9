"""One resource's part in who names what; see ``holders``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..kinds.hidden import TOKEN
from ..models.shapes import Fault
from .diff import ADOPT
from .holders import HeldError, Holders, Key, Way, resource_name

if TYPE_CHECKING:
    from ..kinds.kind import Kind


class Names:
    """What one resource of a stack names.

    Args:
        kind: What the resource is.
        holders: What the process knows of who names what.
        urn: The resource's URN; empty outside of an engine, where nobody else is known.
        default_region: Returns the region of properties that do not say it themselves.
    """

    def __init__(
        self,
        kind: Kind,
        holders: Holders,
        urn: str,
        default_region: Callable[[Mapping[str, Any]], str | None],
    ) -> None:
        self._kind = kind
        self._holders = holders
        self._urn = urn
        self._default_region = default_region

    def adopts(self, resource_id: str, values: Mapping[str, Any]) -> Iterator[Fault]:
        """Note that it adopts; yield the fault where another resource of the program manages that already."""
        other = self._name(resource_id, values, Way.ADOPTS)
        if other is not None:
            yield Fault(ADOPT, f"names {other} already: remove one of the two")

    def reads(self, resource_id: str, values: Mapping[str, Any]) -> None:
        """Note that the program reads it by its id."""
        self._name(resource_id, values, Way.READS)

    def is_stored(self, resource_id: str, olds: Mapping[str, Any]) -> None:
        """Note that the state holds it."""
        key = self._key(resource_id, olds)
        if key is not None:
            self._holders.store(key, self._urn, self._token(olds))

    def shared(self, resource_id: str, olds: Mapping[str, Any]) -> str | None:
        """Note that the state holds it; say who else in the state does, or return None where nobody does."""
        self.is_stored(resource_id, olds)
        key = self._key(resource_id, olds)
        other = None if key is None else self._holders.sharer(key, self._token(olds))
        return None if other is None else resource_name(other)

    def holds(self, resource_id: str, olds: Mapping[str, Any], *, goes: bool) -> None:
        """Note that the state holds it and, unless it is to be replaced, that the program manages it.

        Raises:
            HeldError: Another resource of the program does.
        """
        self.is_stored(resource_id, olds)
        other = None if goes else self._name(resource_id, olds, Way.MANAGES)
        if other is not None:
            raise HeldError(
                f"this is {other} already", hint="remove one of the two from the program: the data stays"
            )

    def takes(self, resource_id: str, outputs: Mapping[str, Any]) -> None:
        """Note that a creation made it.

        Raises:
            HeldError: It was there before, and a resource of the state or of this run holds it.
        """
        key = self._key(resource_id, outputs)
        holder = None if key is None else self._holders.take(key, self._urn)
        if holder is not None:
            raise HeldError(
                f"AWS answered the creation with {self._kind.label} {resource_id}, which this stack holds "
                f"already as {resource_name(holder)}",
                hint="nothing was deleted; set another idempotency token and run `pulumi up` again",
            )

    def has_adopted(self, resource_id: str, values: Mapping[str, Any]) -> None:
        """Note that a creation has adopted it."""
        key = self._key(resource_id, values)
        if key is not None:
            self._holders.adopt(key, self._urn)

    def is_named_by_others(self, resource_id: str, values: Mapping[str, Any]) -> bool:
        """Whether another resource of the program names it."""
        key = self._key(resource_id, values)
        return key is not None and self._holders.is_named(key, self._urn)

    def other(self, resource_id: str, props: Mapping[str, Any]) -> str | None:
        """Note that it is to be deleted; say who names it, or return None where nobody does."""
        key = self._key(resource_id, props)
        other = None if key is None else self._holders.release(key, self._urn, self._token(props))
        return None if other is None else f"{resource_name(other[0])} of this stack {other[1]} it"

    def _name(self, resource_id: str, values: Mapping[str, Any], way: Way) -> str | None:
        """Note a name; return what else of the program manages the same, in words."""
        key = self._key(resource_id, values)
        other = None if key is None else self._holders.name(key, self._urn, way)
        if other is None:
            return None
        return f"{self._kind.label} {resource_id}, which {resource_name(other[0])} of this program {other[1]}"

    def _key(self, resource_id: str, values: Mapping[str, Any]) -> Key | None:
        """Return what tells a resource of AWS from all others; None where nothing ever deletes it."""
        scope = self._kind.scope
        if scope is None or not self._urn:
            return None
        return Key(scope, values.get("region") or self._default_region(values), resource_id)

    def _token(self, values: Mapping[str, Any]) -> str:
        return str(values.get(TOKEN) or self._urn)
