"""The typed model of an Arazzo 1.0 or 1.1 document: what the parser makes and the machine runs.

Each class is one object of the specification (https://spec.openapis.org/arazzo/v1.1.0.html), with its
fields in snake case. Expressions, templates and criteria are parsed already. ``place`` says where in the
file an object stands. All of it is immutable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from ..errors import NOWHERE, Place
from .expressions import Expression
from .protocol import JSON
from .selectors import Selector, SelectorType

if TYPE_CHECKING:
    from .criteria import Criterion
    from .templates import Template
    from .tree import Node

Extensions = Mapping[str, JSON]
In = Literal["path", "query", "header", "cookie", "querystring", "channel"]
"""Where a parameter goes; ``querystring`` and ``channel`` are Arazzo 1.1's."""

SourceType = Literal["openapi", "arazzo", "asyncapi"]

Output = Expression | Selector
"""What an output's value is found by."""


_ELSEWHERE: Final = re.compile(
    r"(?:\$workflows\.(?P<workflow>[^.]+)|(?P<foreign>\$sourceDescriptions\.[^.]+\.[^.]+))\.steps\.(?P<step>[^.]+)"
)


def split_dependency(text: str) -> tuple[str | None, str]:
    """Return what an entry of a step's dependsOn names: a workflow, None for the step's own, and a stepId."""
    match = _ELSEWHERE.fullmatch(text)
    return (None, text) if match is None else (match["workflow"] or match["foreign"], match["step"])


def begins_with(output: Output) -> Expression:
    """Return the expression that an output's value is taken from."""
    return output.context if isinstance(output, Selector) else output


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """Source Description Object. ``document`` is the loaded document where ``type`` is ``arazzo``."""

    name: str
    url: str
    type: SourceType = "openapi"
    extensions: Extensions = field(default_factory=dict)
    document: Document | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Parameter:
    """Parameter Object, references resolved. ``in_`` is None for a workflow step's inputs."""

    name: str
    value: Template
    in_: In | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Replacement:
    """Payload Replacement Object.

    ``target`` is written in ``type``; where that is None, an XPath in XML and a JSON Pointer in all else.
    """

    target: str
    value: Template
    type: SelectorType | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class RequestBody:
    """Request Body Object. ``payload`` is None where it is left out."""

    content_type: str | None = None
    payload: Template | None = None
    replacements: tuple[Replacement, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Action:
    """Success Action Object or Failure Action Object, references resolved.

    ``retry_after`` is in seconds; ``retry_limit`` None means unset (the specification's default is one try).
    ``workflow_id`` is as written: a workflowId or ``$sourceDescriptions.<name>.<workflowId>``.
    ``parameters`` are that workflow's inputs; None where the document gives none (Arazzo 1.0 cannot).
    """

    name: str
    type: Literal["end", "goto", "retry"]
    workflow_id: str | None = None
    step_id: str | None = None
    retry_after: float | None = None
    retry_limit: int | None = None
    criteria: tuple[Criterion, ...] = ()
    parameters: tuple[Parameter, ...] | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Target:
    """What a step runs: exactly one of the four is set (Step Object).

    ``operation_id``: without prefix. ``operation_path``: the path and method of an operationPath.
    ``workflow_id``: in ``source``'s document where ``source`` is set, else in this document.
    ``channel_path``: the JSON Pointer of a channel in the source's AsyncAPI description.
    """

    source: str | None = None
    operation_id: str | None = None
    operation_path: tuple[str, str] | None = None
    workflow_id: str | None = None
    channel_path: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Step Object. The workflow's parameters and default actions are merged in already.

    Arazzo 1.1 only: ``timeout`` is in seconds (the document has milliseconds). ``depends_on`` are stepIds,
    ``$workflows.<workflowId>.steps.<stepId>`` and ``$sourceDescriptions.<name>.<workflowId>.steps.<stepId>``.
    ``action`` is set for the steps on a channel, ``correlation_id`` for those that receive.
    """

    step_id: str
    target: Target
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    request_body: RequestBody | None = None
    success_criteria: tuple[Criterion, ...] = ()
    on_success: tuple[Action, ...] = ()
    on_failure: tuple[Action, ...] = ()
    outputs: Mapping[str, Output] = field(default_factory=dict)
    timeout: float | None = None
    depends_on: tuple[str, ...] = ()
    action: Literal["send", "receive"] | None = None
    correlation_id: Template | None = None
    extensions: Extensions = field(default_factory=dict)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Workflow:
    """Workflow Object.

    ``inputs`` is its JSON Schema with references into the components resolved. ``steps`` are in the order in
    which they run: the document's, unless a step's dependencies ask for another.
    """

    workflow_id: str
    summary: str = ""
    description: str = ""
    inputs: JSON = None
    depends_on: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    outputs: Mapping[str, Output] = field(default_factory=dict)
    extensions: Extensions = field(default_factory=dict)
    place: Place = NOWHERE

    def index(self, step_id: str) -> int:
        """Return the position of a step; raises KeyError."""
        for position, step in enumerate(self.steps):
            if step.step_id == step_id:
                return position
        raise KeyError(step_id)


@dataclass(frozen=True, slots=True)
class Document:
    """Arazzo Object.

    ``name`` is its path as given, or ``<text>``. ``parameters`` are those of the Components Object, as
    written. ``root`` says where in the text each value stands. ``self_uri`` is its ``$self``, resolved
    against where it was read from.
    """

    name: str
    arazzo: str
    title: str = ""
    version: str = ""
    summary: str = ""
    description: str = ""
    sources: tuple[SourceDescription, ...] = ()
    workflows: tuple[Workflow, ...] = ()
    parameters: Mapping[str, JSON] = field(default_factory=dict)
    extensions: Extensions = field(default_factory=dict)
    root: Node | None = field(default=None, compare=False, repr=False)
    self_uri: str | None = None

    def workflow(self, workflow_id: str) -> Workflow:
        """Return a workflow by id; raises KeyError."""
        for workflow in self.workflows:
            if workflow.workflow_id == workflow_id:
                return workflow
        raise KeyError(workflow_id)

    def source(self, name: str) -> SourceDescription:
        """Return a source description by name; raises KeyError."""
        for source in self.sources:
            if source.name == name:
                return source
        raise KeyError(name)
