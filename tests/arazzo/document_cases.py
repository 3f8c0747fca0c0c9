"""The cases in tests/cases/documents: a document, or a change of the base document, and all faults of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provider.arazzo import DocumentFault

CASES = Path(__file__).parents[1] / "cases"
SEEDS = sorted((CASES / "seeds").glob("*.yaml"))
BASE = (CASES / "documents" / "base.arazzo.yaml").read_text()


@dataclass(frozen=True)
class Case:
    what: str
    text: str
    faults: tuple[str, ...]

    def __str__(self) -> str:
        return self.what


def cases(name: str) -> list[Case]:
    """Return every case of the YAML files of a folder; each changes the document of its file, or the base."""
    return list(_cases(CASES / name))


def _cases(folder: Path) -> Iterator[Case]:
    for path in sorted(folder.glob("*.yaml")):
        if path.name.endswith(".arazzo.yaml"):
            continue
        own = path.with_suffix(".arazzo.yaml")
        base = (own if own.exists() else folder / "base.arazzo.yaml").read_text()
        for entry in yaml.safe_load(path.read_text()):
            text = entry["text"] if "text" in entry else changed(base, entry.get("change", {}))
            yield Case(f"{path.stem}: {entry['what']}", text, tuple(entry.get("faults", ())))


def changed(text: str, changes: dict[str, str]) -> str:
    """Return a string with parts replaced; each has to be there exactly once."""
    for before, after in changes.items():
        assert text.count(before) == 1, f"{before!r} is there {text.count(before)} times"
        text = text.replace(before, after)
    return text


def shown(fault: DocumentFault) -> str:
    """Return a fault as the cases write it: severity, code, line, column, JSON Pointer and hint."""
    place = fault.place
    where = f"{place.line}:{place.column} {place.path or 'the document'}"
    return f"{fault.severity} {fault.code} {where}{f' ({fault.hint})' if fault.hint else ''}"
