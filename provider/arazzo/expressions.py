"""Runtime expressions (Arazzo 1.0.1, Runtime Expressions)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from provider.arazzo.protocol import JSON, Missing, Request, Response
from provider.arazzo.syntax import ExpressionError

__all__ = [
    "Context",
    "Expression",
    "ExpressionError",
    "Reading",
    "Root",
    "evaluate",
    "is_expression",
    "parse",
]

Root = Literal[
    "url",
    "method",
    "statusCode",
    "request.header",
    "request.query",
    "request.path",
    "request.body",
    "response.header",
    "response.query",
    "response.path",
    "response.body",
    "inputs",
    "outputs",
    "steps",
    "workflows.inputs",
    "workflows.outputs",
    "sourceDescriptions",
    "components",
]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an expression's names; dots make several possible (``$inputs.a.b``).

    Attributes:
        owner: The stepId, workflowId, source name or kind of component; empty where the root has none.
        name: The input, output, parameter, header or field; empty for a body.
        members: What is then taken from the value, member by member.
    """

    owner: str = ""
    name: str = ""
    members: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed runtime expression.

    Attributes:
        text: The expression as written, from ``$`` on.
        root: What it starts with.
        readings: The ways to read its names, longest names first; never empty.
        pointer: The decoded reference tokens of its JSON Pointer (``#/a/0``), or None.
        span: Start and end in the text that holds it.
    """

    text: str
    root: Root
    readings: tuple[Reading, ...]
    pointer: tuple[str, ...] | None = None
    span: tuple[int, int] = (0, 0)

    @property
    def owner(self) -> str:
        """The stepId, workflowId, source name or kind of component in the first reading."""
        return self.readings[0].owner

    @property
    def name(self) -> str:
        """The name in the first reading (all of it, dots included)."""
        return self.readings[0].name


@dataclass(frozen=True, slots=True)
class Context:
    """What expressions can refer to.

    Attributes:
        inputs: The workflow's inputs; unset optional ones are absent.
        outputs: The workflow's outputs so far.
        steps: The outputs of each step that has run, by stepId.
        workflows: ``{"inputs": {...}, "outputs": {...}}`` of each workflow that has run, by workflowId.
        sources: The fields of each source description (``{"url": ...}``), by name.
        components: The Components Object: kind (``parameters``) to name to value.
        request: The current step's request, if there is one.
        response: Its answer, if one came.
    """

    inputs: Mapping[str, JSON] = field(default_factory=dict)
    outputs: Mapping[str, JSON] = field(default_factory=dict)
    steps: Mapping[str, Mapping[str, JSON]] = field(default_factory=dict)
    workflows: Mapping[str, Mapping[str, Mapping[str, JSON]]] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, JSON]] = field(default_factory=dict)
    components: Mapping[str, Mapping[str, JSON]] = field(default_factory=dict)
    request: Request | None = None
    response: Response | None = None


def parse(text: str) -> Expression:
    """Parse a whole text as a runtime expression; raises ExpressionError."""
    raise NotImplementedError(text)


def is_expression(text: str) -> bool:
    """Whether a whole text is a runtime expression."""
    raise NotImplementedError(text)


def evaluate(expression: Expression, context: Context) -> JSON | Missing:
    """Return the value with its type, or MISSING where the reference leads to nothing."""
    raise NotImplementedError(expression, context)
