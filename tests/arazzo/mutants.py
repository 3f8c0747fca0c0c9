"""Mutants of a document: everything that differs from it in one place."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

OTHERS: tuple[Any, ...] = (None, True, 0, -1, 1.5, "", "x", [], {}, ["x"], {"x": 1})
"""What each value of a document is exchanged for."""

Place = tuple[str | int, ...]


class Mutant(NamedTuple):
    """A document that differs from another in one place.

    Attributes:
        what: What stands there instead.
        place: Where.
        make: Returns the whole document, made when it is asked for.
    """

    what: str
    place: Place
    make: Callable[[], Any]

    def __str__(self) -> str:
        return f"{self.what} at /{'/'.join(map(str, self.place))}"


def mutants(document: Any) -> Iterator[Mutant]:
    """Yield a document's mutants, the same ones in the same order every time."""
    for place, value in _places(document, ()):
        if place:
            yield Mutant("nothing", place, lambda place=place: _without(document, place))  # type: ignore[misc]
        for what, other in _others(value):
            make = lambda place=place, other=other: _with(document, place, other)  # noqa: E731 - bound in a loop
            yield Mutant(what, place, make)


def _others(value: Any) -> Iterator[tuple[str, Any]]:
    for other in OTHERS:
        if repr(other) != repr(value):
            yield repr(other), other
    if isinstance(value, dict):
        yield "another member", {**value, "other": 1}
        for key in value:
            renamed = {(f"{name}s" if name == key else name): each for name, each in value.items()}
            yield f"{key} renamed", renamed
    if isinstance(value, list) and value:
        yield "the first entry twice", [*value, value[0]]


def _places(value: Any, path: Place) -> Iterator[tuple[Place, Any]]:
    yield path, value
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in members:
        yield from _places(inner, (*path, key))


def _with(document: Any, place: Place, value: Any) -> Any:
    if not place:
        return value
    whole, parent = _copied(document, place)
    parent[place[-1]] = value
    return whole


def _without(document: Any, place: Place) -> Any:
    whole, parent = _copied(document, place)
    del parent[place[-1]]
    return whole


def _copied(document: Any, place: Place) -> tuple[Any, Any]:
    """Return a copy of a document, and in it what holds a place."""
    whole = copy.deepcopy(document)
    parent = whole
    for key in place[:-1]:
        parent = parent[key]
    return whole, parent
