"""Nodes and edges of a workflow, without any thought of how they are written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from ...arazzo.model import split_dependency
from ...arazzo.polling import leads_back
from .labels import conditions, is_failure_state, operation_label, refusals, states

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...arazzo.criteria import Criterion
    from ...arazzo.model import Action, Step, Workflow

NodeKind = Literal["start", "step", "channel", "workflow", "end", "failed"]
EdgeKind = Literal["next", "action", "poll", "failure", "dependency"]

START: Final = "start"
END: Final = "end"
FAILED: Final = "failed"


@dataclass(frozen=True, slots=True)
class PictureNode:
    """A step, another workflow, the start or an end.

    Attributes:
        id: Unique in the picture: the stepId with a prefix, ``start``, ``end`` or ``failed``.
        lines: Its label, line by line.
        kind: What it stands for.
        failing: Whether every way to it starts at a failure or a failed state.
    """

    id: str
    lines: tuple[str, ...]
    kind: NodeKind
    failing: bool = False


@dataclass(frozen=True, slots=True)
class PictureEdge:
    """A way from one node to another.

    Attributes:
        source, target: The ids of the nodes.
        kind: ``next`` in order, ``action`` by a success action, ``poll`` back to a step that has run,
            ``failure`` by a failure action or for a failed state; ``dependency`` is not a way: it says that
            the source has to have run before the target (Arazzo 1.1).
        labels: When it is taken, one condition a line; empty where always.
    """

    source: str
    target: str
    kind: EdgeKind
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of one workflow."""

    title: str
    nodes: tuple[PictureNode, ...]
    edges: tuple[PictureEdge, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """An edge before those with the same ends are joined.

    Attributes:
        edge: The edge.
        bad: Whether a failure or a failed state leads along it.
        left: Whether it is where a step goes when none of its actions is taken.
    """

    edge: PictureEdge
    bad: bool = False
    left: bool = False


def picture(workflow: Workflow) -> Picture:
    """Return the picture of a workflow."""
    ways = [way for index in range(len(workflow.steps)) for way in _ways(workflow, index)]
    first = _step_id(workflow.steps[0].step_id) if workflow.steps else END
    edges = (PictureEdge(START, first, "next"), *_joined(way.edge for way in ways), *_dependencies(workflow))
    reached = _reached(first, _good(ways))
    return Picture(workflow.workflow_id, tuple(_nodes(workflow, edges, reached)), edges)


def _nodes(workflow: Workflow, edges: tuple[PictureEdge, ...], reached: set[str]) -> Iterator[PictureNode]:
    yield PictureNode(START, (workflow.workflow_id,), "start")
    for step in workflow.steps:
        id_ = _step_id(step.step_id)
        yield PictureNode(id_, (step.step_id, operation_label(step)), _kind(step), failing=id_ not in reached)
    targets = {edge.target for edge in edges}
    others = {name for edge in edges for name in (edge.source, edge.target) if name.startswith(_WORKFLOW)}
    for other in sorted(others):
        failing = other in targets and other not in reached
        yield PictureNode(other, (other.removeprefix(_WORKFLOW),), "workflow", failing=failing)
    if END in targets:
        yield PictureNode(END, ("succeeded",), "end")
    if FAILED in targets:
        yield PictureNode(FAILED, ("failed",), "failed", failing=True)


_WORKFLOW: Final = "workflow "


def _kind(step: Step) -> NodeKind:
    if step.target.workflow_id is not None:
        return "workflow"
    return "step" if step.action is None else "channel"


def _dependencies(workflow: Workflow) -> Iterator[PictureEdge]:
    """Yield what each step depends on: a step of the workflow, or a step of another one."""
    for step in workflow.steps:
        for dependency in step.depends_on:
            other, name = split_dependency(dependency)
            source = _step_id(name) if other is None else f"{_WORKFLOW}{other}"
            label = "needed" if other is None else f"its step {name} is needed"
            yield PictureEdge(source, _step_id(step.step_id), "dependency", (label,))


def _step_id(step_id: str) -> str:
    return f"step {step_id}"


def _ways(workflow: Workflow, index: int) -> Iterator[_Way]:
    """Yield the ways that lead on from a step, in the order in which the document tries them."""
    step = workflow.steps[index]
    here = _step_id(step.step_id)
    for action in step.on_success:
        yield _success(step, action, back=leads_back(workflow, index, action))
    asked = _about_content(step)
    if all(action.criteria for action in step.on_success) and not _all_named(step):
        last = index + 1 == len(workflow.steps)
        target = END if last else _step_id(workflow.steps[index + 1].step_id)
        label = "otherwise" if step.on_success else conditions(asked)
        yield _Way(PictureEdge(here, target, "next", (label,) if label else ()), left=bool(step.on_success))
    for action in step.on_failure:
        yield _Way(
            PictureEdge(here, _target(step, action, FAILED), "failure", _failure_labels(action)), bad=True
        )
    if asked and all(action.criteria for action in step.on_failure):
        yield _Way(PictureEdge(here, FAILED, "failure", (refusals(asked),)), bad=True)


def _about_content(step: Step) -> list[Criterion]:
    """Return the success criteria that ask for more than a status code: a picture shows what they refuse."""
    return [
        each
        for each in step.success_criteria
        if any(found.root != "statusCode" for found in each.expressions())
    ]


def _all_named(step: Step) -> bool:
    """Whether the success actions name every state that the success criteria let pass: none is left over."""
    passed = [found for found in map(states, step.success_criteria) if found]
    named = [states(action.criteria[0]) for action in step.on_success if len(action.criteria) == 1]
    known = {(each.path, value) for each in named if each for value in each.values}
    return any(all((each.path, value) in known for value in each.values) for each in passed)


def _success(step: Step, action: Action, *, back: bool) -> _Way:
    labels = conditions(action.criteria)
    bad = any(is_failure_state(criterion) for criterion in action.criteria)
    kind: EdgeKind = "failure" if bad else "poll" if back else "action"
    edge = PictureEdge(_step_id(step.step_id), _target(step, action, END), kind, (labels,) if labels else ())
    return _Way(edge, bad=bad)


def _target(step: Step, action: Action, end: str) -> str:
    if action.type == "end":
        return end
    if action.workflow_id is not None:
        return f"{_WORKFLOW}{action.workflow_id}"
    return _step_id(action.step_id or step.step_id)


def _failure_labels(action: Action) -> tuple[str, ...]:
    when = conditions(action.criteria)
    if action.type != "retry":
        return (when or "on failure",)
    times = 1 if action.retry_limit is None else action.retry_limit
    after = f" after {action.retry_after:g} s" if action.retry_after is not None else ""
    return (f"{when or 'on failure'}: retry{after}, at most {times} time{'' if times == 1 else 's'}",)


def _joined(edges: Iterable[PictureEdge]) -> tuple[PictureEdge, ...]:
    """Join the edges with the same ends and kind into one with all their labels."""
    together: dict[tuple[str, str, EdgeKind], list[str]] = {}
    for edge in edges:
        together.setdefault((edge.source, edge.target, edge.kind), []).extend(edge.labels)
    return tuple(PictureEdge(*ends, tuple(dict.fromkeys(labels))) for ends, labels in together.items())


def _good(ways: list[_Way]) -> list[PictureEdge]:
    """Return the edges that no failure leads along.

    Where an action sends a failed state to a step, going there because no action was taken is not better.
    """
    failing = {way.edge.target for way in ways if way.bad}
    return [way.edge for way in ways if not way.bad and not (way.left and way.edge.target in failing)]


def _reached(first: str, edges: list[PictureEdge]) -> set[str]:
    """Return the nodes that can be reached from the first step by edges that no failure leads along."""
    reached, waiting = {first}, [first]
    while waiting:
        here = waiting.pop()
        found = {edge.target for edge in edges if edge.source == here} - reached
        reached |= found
        waiting.extend(found)
    return reached
