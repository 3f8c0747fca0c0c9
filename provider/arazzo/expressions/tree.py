"""A runtime expression as a tree: what it starts with, and the names and members that follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..protocol import JSON, Missing

if TYPE_CHECKING:
    from .evaluator import Context

Root = Literal[
    "url",
    "method",
    "statusCode",
    "self",
    "request.header",
    "request.query",
    "request.path",
    "request.body",
    "response.header",
    "response.query",
    "response.path",
    "response.body",
    "message.header",
    "message.payload",
    "inputs",
    "outputs",
    "steps",
    "workflows.inputs",
    "workflows.outputs",
    "sourceDescriptions",
    "components",
]

Path = tuple[str | int, ...]
"""Members to take one after the other: names of properties, and indexes from 0."""


class Reading(NamedTuple):
    """One way to read an expression's names; dots make several possible (``$inputs.a.b``).

    Attributes:
        owner: The stepId, workflowId, source name or kind of component; empty where the root has none.
        name: The input, output, parameter, header or field; empty for a body.
        members: What is then taken from the value, member by member.
    """

    owner: str = ""
    name: str = ""
    members: Path = ()


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed runtime expression.

    Attributes:
        text: The expression as written, from ``$`` on.
        root: What it starts with.
        readings: The ways to read its names, longest names first; never empty. The first one that finds
            something counts.
        pointer: The decoded reference tokens of its JSON Pointer (``#/a/0``), or None.
        find: Finds what it refers to; ``evaluate`` is what to call.
        span: Start and end in the text that holds it.
    """

    text: str
    root: Root
    readings: tuple[Reading, ...]
    pointer: tuple[str, ...] | None
    find: Callable[[Context], JSON | Missing] = field(repr=False, compare=False)
    span: tuple[int, int] = (0, 0)

    @property
    def owner(self) -> str:
        """The stepId, workflowId, source name or kind of component in the first reading."""
        return self.readings[0].owner

    @property
    def name(self) -> str:
        """The name in the first reading: all of it, dots included."""
        return self.readings[0].name

    @property
    def path(self) -> Path:
        """What the first reading takes from the named value: its members, then the pointer's tokens."""
        return self.readings[0].members + (self.pointer or ())
