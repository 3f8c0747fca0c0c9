"""What a document's expressions can refer to: its names, collected before anything is checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..model import Document, SourceDescription
    from ..protocol import JSON
    from ..tree import Node

_COMBINING = ("allOf", "anyOf", "oneOf")
_CONDITIONAL = ("then", "else")
_MOST_DOTS = 10


@dataclass(frozen=True, slots=True)
class WorkflowNames:
    """The names of one workflow.

    Attributes:
        steps: The names of each step's outputs, by stepId.
        outputs: The names of the workflow's outputs.
        inputs: The names of the inputs that its schema has; None where it does not say.
        closed: Whether the schema refuses all other inputs.
        runs: The workflow that each workflow step runs, as written, by stepId. ``$outputs`` in such a step
            are that workflow's, and so are its own where it names none.
    """

    steps: Mapping[str, frozenset[str]] = field(default_factory=dict)
    outputs: frozenset[str] = frozenset()
    inputs: frozenset[str] | None = None
    closed: bool = False
    runs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names of a document.

    Attributes:
        workflows: By workflowId.
        sources: The source descriptions by name, those that are documents with what they hold.
        foreign: The workflows of each source that is a document, by its name.
        components: The names of each kind of component.
        has_self: Whether the document has a ``$self``.
    """

    workflows: Mapping[str, WorkflowNames] = field(default_factory=dict)
    sources: Mapping[str, SourceDescription] = field(default_factory=dict)
    foreign: Mapping[str, Mapping[str, WorkflowNames]] = field(default_factory=dict)
    components: Mapping[str, frozenset[str]] = field(default_factory=dict)
    has_self: bool = False

    def source_and_rest(self, reference: str) -> tuple[SourceDescription, str] | None:
        """Split ``$sourceDescriptions.<name>.<rest>`` at the longest name that there is."""
        text = reference.removeprefix("$sourceDescriptions.")
        parts = text.split(".", _MOST_DOTS)
        for count in range(len(parts) - 1, 0, -1):
            name = ".".join(parts[:count])
            if name in self.sources:
                return self.sources[name], text[len(name) + 1 :]
        return None

    def returned(self, reference: str) -> frozenset[str]:
        """Return the names of the outputs of the workflow that a reference leads to."""
        found = self.workflow(reference)
        return found.outputs if found else frozenset()

    def workflow(self, reference: str) -> WorkflowNames | None:
        """Return the names of the workflow that a workflowId leads to, here or in a source; None for none."""
        if not reference.startswith("$sourceDescriptions."):
            return self.workflows.get(reference)
        found = self.source_and_rest(reference)
        return self.foreign.get(found[0].name, {}).get(found[1]) if found else None


def of_document(document: Document) -> dict[str, WorkflowNames]:
    """Return the names of a document that is parsed already."""
    return {
        workflow.workflow_id: WorkflowNames(
            {step.step_id: frozenset(step.outputs) for step in workflow.steps},
            frozenset(workflow.outputs),
            *inputs_of(workflow.inputs),
        )
        for workflow in document.workflows
    }


def of_nodes(workflows: Node | None, schemas: Mapping[str, JSON]) -> dict[str, WorkflowNames]:
    """Return the names of the workflows of a document that is not parsed yet, whatever is wrong with it."""
    return {
        workflow_id: WorkflowNames(
            _steps(workflow),
            _keys(workflow, "outputs"),
            *inputs_of(schemas.get(workflow_id)),
            _runs(workflow),
        )
        for workflow_id, workflow in _named(workflows, "workflowId")
    }


def _steps(workflow: Node) -> dict[str, frozenset[str]]:
    """Return the names of the steps' outputs; of steps of the same name together."""
    found: dict[str, frozenset[str]] = {}
    for name, step in _named(workflow.fields.get("steps"), "stepId"):
        found[name] = found.get(name, frozenset()) | _keys(step, "outputs")
    return found


def _runs(workflow: Node) -> dict[str, str]:
    """Return the workflow that each workflow step runs, as written."""
    steps = _named(workflow.fields.get("steps"), "stepId")
    named = ((name, step.fields.get("workflowId")) for name, step in steps)
    return {name: node.value for name, node in named if node is not None and isinstance(node.value, str)}


def keys_of(node: Node | None) -> frozenset[str]:
    """Return the keys of a mapping, none for anything else."""
    return frozenset(node.fields) if node else frozenset()


def _keys(node: Node, field_name: str) -> frozenset[str]:
    return keys_of(node.fields.get(field_name))


def _named(node: Node | None, key: str) -> Iterator[tuple[str, Node]]:
    for item in node.items if node else ():
        name = item.fields.get(key)
        if name is not None and isinstance(name.value, str):
            yield name.value, item


def inputs_of(schema: JSON) -> tuple[frozenset[str] | None, bool]:
    """Return the properties that a JSON Schema names (None: it does not say) and whether it is closed."""
    found: set[str] = set()
    closed = False
    waiting, seen = [schema], set[int]()
    while waiting:
        part = waiting.pop()
        if not isinstance(part, dict) or id(part) in seen:
            continue
        seen.add(id(part))
        if "$ref" in part or "patternProperties" in part or "$dynamicRef" in part:
            return None, False
        properties = part.get("properties")
        found.update(properties if isinstance(properties, dict) else ())
        closed = closed or part.get("additionalProperties") is False
        for key in _COMBINING:
            waiting.extend(part[key] if isinstance(part.get(key), list) else ())
        waiting.extend(part[key] for key in _CONDITIONAL if key in part)
    return (frozenset(found), closed) if found or closed else (None, False)
