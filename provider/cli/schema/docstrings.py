"""What docstrings in Google's style say of a class: its first paragraphs, and a description by name."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any, Final

_SECTION: Final = re.compile(r"^(Args|Attributes|Raises|Returns):$")
_ENTRY: Final = re.compile(r"^ {4}(\w+(?:, \w+)*): (.*)$")


def description(documented: Any) -> str:
    """Return what stands outside of the sections, paragraphs apart by an empty line."""
    lines = [line for inside, line in _lines(documented) if not inside]
    paragraphs = re.split(r"\n\s*\n", "\n".join(lines).strip())
    return "\n\n".join(
        _markdown(" ".join(paragraph.split())) for paragraph in paragraphs if paragraph.strip()
    )


def documented_members(documented: Any) -> dict[str, str]:
    """Return the descriptions in the sections ``Args`` and ``Attributes``, by name."""
    found: dict[str, str] = {}
    names: list[str] = []
    for inside, line in _lines(documented):
        entry = _ENTRY.match(line) if inside else None
        if entry:
            names = entry[1].split(", ")
            found |= dict.fromkeys(names, entry[2])
        elif inside and line.startswith(" " * 8):
            found |= {name: f"{found[name]} {line.strip()}" for name in names}
        else:
            names = []
    return {name: _markdown(text) for name, text in found.items()}


def _lines(documented: Any) -> Iterator[tuple[bool, str]]:
    """Yield each line of a docstring, and whether it is inside of a section."""
    inside = False
    for line in (inspect.getdoc(documented) or "").splitlines():
        if _SECTION.match(line):
            inside = True
            continue
        inside = inside and (not line or line.startswith(" "))
        yield inside, line


def _markdown(text: str) -> str:
    return text.replace("``", "`")
