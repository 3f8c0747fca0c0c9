"""A run's state: plain JSON that says where the run is, and the draft of the next one.

A state is never changed. ``RunDraft`` copies what it changes (the outermost object, the list of frames, the
frame on top), so that states share everything else.
"""

from __future__ import annotations

from typing import Any, Final, Literal, TypedDict, cast

from ...errors import InputError
from ..protocol import JSON

State = dict[str, Any]
"""A plain JSON value that says all about a run; it is never changed, only replaced."""

Role = Literal["run", "step", "dependency", "retry"]
"""Why a workflow runs: as the run itself, as a step, as a dependency, or before a retry of a step."""

FORMAT: Final = 1


class Frame(TypedDict):
    """One visit of a workflow.

    Attributes:
        source: The sources of type arazzo that lead from the run's document to the workflow's.
        workflow: Its workflowId.
        role: Why it runs.
        inputs: Its inputs, defaults applied.
        needs: How many of its dependencies have run.
        step: The step it has reached, or None after the last.
        steps: The outputs of the steps that succeeded, by stepId.
        ran: The steps that have run, with the number of polls that each has asked for.
        retries: How often each failure action has retried its step, by stepId and the action's name.
        back: Steps to retry once the current one (a retry's stepId) is through, outermost first.
        until: When the current step's timeout passes, in seconds since the epoch.
        passed: The workflows that a goto led through on the way here, with how often, by path.
    """

    source: list[str]
    workflow: str
    role: Role
    inputs: dict[str, JSON]
    needs: int
    step: str | None
    steps: dict[str, dict[str, JSON]]
    ran: dict[str, int]
    retries: dict[str, dict[str, int]]
    back: list[str]
    until: float | None
    passed: dict[str, int]


class Run(TypedDict):
    """A whole run.

    Attributes:
        format: The version of this layout.
        id: The run's name, the first part of its requests' keys.
        frames: The workflows under way, outermost first.
        workflows: Inputs, outputs and steps run of the workflows that have, by source path and workflowId.
        awaits: What the machine waits for: the answer to a call, the end of a wait, nothing, or no more.
        calls: How many requests were made, the one under way included.
        idle: Steps since the last call.
        total: Steps in all.
        end: With ``awaits: end``, the outputs and the failure, if any.
    """

    format: int
    id: str
    frames: list[Frame]
    workflows: dict[str, dict[str, dict[str, Any]]]
    awaits: Literal["call", "wait", "nothing", "end"]
    calls: int
    idle: int
    total: int
    end: dict[str, JSON] | None


def frame(source: list[str], workflow: str, inputs: dict[str, JSON], role: Role, step: str | None) -> Frame:
    """Return a visit of a workflow that is about to begin."""
    return {
        "source": source,
        "workflow": workflow,
        "role": role,
        "inputs": inputs,
        "needs": 0,
        "step": step,
        "steps": {},
        "ran": {},
        "retries": {},
        "back": [],
        "until": None,
        "passed": {},
    }


def begin(run_id: str, outermost: Frame) -> State:
    """Return the state of a run before its first step."""
    run: Run = {
        "format": FORMAT,
        "id": run_id,
        "frames": [outermost],
        "workflows": {},
        "awaits": "nothing",
        "calls": 0,
        "idle": 0,
        "total": 0,
        "end": None,
    }
    return cast("State", run)


class RunDraft:
    """The next state in the making.

    Attributes:
        run: The whole; its frames are a list of its own.
        top: The innermost visit, a copy of its own: change its members, never what they hold.
    """

    __slots__ = ("run", "top")

    def __init__(self, state: State) -> None:
        if state.get("format") != FORMAT:
            raise InputError(
                f"the stored run has the format {state.get('format')!r}, this version reads {FORMAT}",
                hint="start the run anew, or go on with the version that stored it",
            )
        frames = state["frames"]
        self.run = cast("Run", {**state, "frames": frames[:-1]})
        self.top = cast("Frame", {**frames[-1]})
        self.run["frames"].append(self.top)

    def push(self, inner: Frame) -> None:
        """Begin a visit inside the current one."""
        self.run["frames"].append(inner)
        self.top = inner

    def pop(self) -> Frame:
        """End the innermost visit and return it; the one around it is the top again."""
        frames = self.run["frames"]
        ended = frames.pop()
        self.top = cast("Frame", {**frames[-1]})
        frames[-1] = self.top
        return ended

    def replace(self, other: Frame) -> None:
        """Put another visit in the place of the innermost one."""
        self.run["frames"][-1] = other
        self.top = other

    def go_to(self, step: str) -> None:
        """Begin anew at a step of the current visit, whatever the run waits for, with no polls counted."""
        self.top["ran"] = dict.fromkeys(self.top["ran"], 0)
        self.top["step"] = step
        self.top["retries"] = {}
        self.top["back"] = []
        self.top["until"] = None
        self.run["awaits"] = "nothing"
        self.run["end"] = None
        self.run["idle"] = 0

    def workflows(self) -> dict[str, dict[str, Any]]:
        """Return what ``$workflows`` sees: inputs and outputs of the document's workflows that have run."""
        seen = self.run["workflows"].get(self._path, {})
        own = self.top["workflow"]
        outputs = seen[own]["outputs"] if own in seen else {}
        return {**seen, own: {"inputs": self.top["inputs"], "outputs": outputs}}

    def record(self, outputs: dict[str, JSON]) -> None:
        """Note the current workflow's inputs and outputs, for ``$workflows`` and for its dependents."""
        seen = self.run["workflows"].get(self._path, {})
        entry = {"inputs": self.top["inputs"], "outputs": outputs, "ran": [*self.top["ran"]]}
        self.run["workflows"] = {
            **self.run["workflows"],
            self._path: {**seen, self.top["workflow"]: entry},
        }

    def has_run(self, source: tuple[str, ...], workflow: str) -> bool:
        """Whether a workflow has succeeded in this run."""
        return workflow in self.run["workflows"].get("/".join(source), {})

    def has_run_step(self, source: tuple[str, ...], workflow: str, step: str) -> bool:
        """Whether a step of another workflow has run: in a visit that is over, or in one around this."""
        seen = self.run["workflows"].get("/".join(source), {}).get(workflow, {})
        return step in seen.get("ran", ()) or any(
            step in each["ran"]
            for each in self.run["frames"]
            if (tuple(each["source"]), each["workflow"]) == (source, workflow)
        )

    @property
    def _path(self) -> str:
        return "/".join(self.top["source"])

    def finished(self) -> State:
        """Return the draft as a state."""
        return cast("State", self.run)
