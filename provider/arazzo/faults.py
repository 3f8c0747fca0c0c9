"""Faults of a document: what is wrong, how badly, where, and what to do about it.

A fault is a value. Whoever reads a document collects all of them; ``DocumentError`` carries them where a
caller wants an exception.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from ..errors import NOWHERE, Place, ProviderError, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

Severity = Literal["error", "warning", "note"]

_ORDER: Final[dict[Severity, int]] = {"error": 0, "warning": 1, "note": 2}

MAX_FAULTS: Final = 500
"""After so many faults a document is not looked at any further."""


@dataclass(frozen=True, slots=True)
class DocumentFault:
    """One thing that is wrong with a document.

    Attributes:
        severity: ``error`` (it is not run), ``warning`` (it may not do what it seems to) or ``note``.
        code: A stable identifier in kebab case (``unknown-field``).
        message: What is wrong, in one sentence without a trailing full stop.
        place: Where: document, line, column and the JSON Pointer as ``path``.
        hint: What to do about it, if anything is known to help.
    """

    severity: Severity
    code: str
    message: str
    place: Place = NOWHERE
    hint: str = ""

    def __str__(self) -> str:
        """Render the fault as one line, as compilers do: ``file:line:column: severity: message [code]``."""
        place = self.place
        position = ":".join(
            str(part) for part in (place.document, place.line, place.column) if part is not None
        )
        where = f" at {place.path}" if place.path else ""
        hint = f"; {self.hint}" if self.hint else ""
        start = f"{position or '<text>'}: {self.severity}"
        return printable(f"{start}: {self.message}{where} [{self.code}]{hint}")


class DocumentError(ProviderError):
    """A document cannot be run.

    Attributes:
        faults: Everything that was found, warnings and notes included, in the document's order.
    """

    def __init__(self, faults: Iterable[DocumentFault]) -> None:
        self.faults = tuple(faults)
        self.errors = errors_of(self.faults)
        first = self.errors[0] if self.errors else None
        super().__init__(summary(self.faults), place=first.place if first else NOWHERE)

    def __str__(self) -> str:
        """Render one line per error; the last line says how many there are."""
        return "\n".join([*map(str, self.errors), self.what])


class Ledger:
    """Where all readers of a document write down its faults."""

    def __init__(self) -> None:
        self.faults: list[DocumentFault] = []
        self._spent = 0

    def add(self, fault: DocumentFault) -> None:
        """Write down a fault; raises DocumentError, with one that says so, when there are too many."""
        self.faults.append(fault)
        if len(self.faults) >= MAX_FAULTS:
            message = f"the document has {MAX_FAULTS} faults or more; the rest of it is not checked"
            raise DocumentError(
                [DocumentFault("error", "limit", message, fault.place, "correct the first ones")]
            )

    def spend(self, nodes: int, most: int, place: Place) -> None:
        """Count nodes that are read again for a reference to them; raises DocumentError over ``most``."""
        self._spent += nodes
        if self._spent > most:
            message = f"the document has more than {most} nodes with its references written out"
            raise DocumentError(
                [DocumentFault("error", "limit", message, place, "use fewer or smaller components")]
            )


def errors_of(faults: Iterable[DocumentFault]) -> tuple[DocumentFault, ...]:
    """Return the faults that keep a document from being run."""
    return tuple(fault for fault in faults if fault.severity == "error")


def in_order(faults: Iterable[DocumentFault]) -> tuple[DocumentFault, ...]:
    """Return the faults without repetitions, by document, line and column, the severe ones first."""
    return tuple(sorted(dict.fromkeys(faults), key=_position))


def _position(fault: DocumentFault) -> tuple[str, int, int, int]:
    place = fault.place
    return (place.document or "", place.line or 0, place.column or 0, _ORDER[fault.severity])


def summary(faults: Iterable[DocumentFault]) -> str:
    """Say how many faults there are: ``2 errors, 1 warning``."""
    counts = Counter(fault.severity for fault in faults)
    parts = [f"{counts[each]} {each}{'' if counts[each] == 1 else 's'}" for each in _ORDER if counts[each]]
    return ", ".join(parts) or "no faults"


def clipped(text: str, most: int = 60) -> str:
    """Return a string in quotes, cut where it is long, so that a fault stays one readable line."""
    return repr(text if len(text) <= most else f"{text[:most]}…")
