"""Mutants of a document: everything that differs from it in one place."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

OTHERS: tuple[Any, ...] = (None, True, 0, -1, 1.5, "", "x", [], {}, ["x"], {"x": 1})
"""What each value of a document is exchanged for."""


class Mutant(NamedTuple):
    """A document that differs from another in one place: what was done, where, and the whole."""

    what: str
    place: tuple[str | int, ...]
    document: Any

    def __str__(self) -> str:
        return f"{self.what} at /{'/'.join(map(str, self.place))}"


def mutants(document: Any) -> Iterator[Mutant]:
    """Yield a document's mutants, the same ones in the same order every time."""
    for place, value in _places(document, ()):
        if place:
            yield Mutant("nothing", place, _changed(document, place, lambda parent, key: parent.pop(key)))
        for other in OTHERS:
            if repr(other) != repr(value):
                yield Mutant(repr(other), place, _with(document, place, other))
        if isinstance(value, dict):
            yield Mutant("another member", place, _with(document, place, {**value, "other": 1}))
            for key in value:
                renamed = {(f"{name}s" if name == key else name): each for name, each in value.items()}
                yield Mutant(f"{key} renamed", place, _with(document, place, renamed))
        if isinstance(value, list) and value:
            yield Mutant("the first entry twice", place, _with(document, place, [*value, value[0]]))


def _places(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield path, value
    for key, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from _places(inner, (*path, key))


def _with(document: Any, place: tuple[str | int, ...], value: Any) -> Any:
    if not place:
        return value
    return _changed(document, place, lambda parent, key: parent.__setitem__(key, value))


def _changed(document: Any, place: tuple[str | int, ...], change: Any) -> Any:
    whole = copy.deepcopy(document)
    parent = whole
    for key in place[:-1]:
        parent = parent[key]
    change(parent, place[-1])
    return whole
