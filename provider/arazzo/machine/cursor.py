"""Where a turn of the machine stands: the draft of the next state beside the document that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from ...errors import InputError, LimitError
from ...timing import pacing
from ..expressions import Context
from ..protocol import JSON, Call, Effect, Failure, StepRef, Wait
from . import requests
from .inputs import prepare
from .program import locate
from .state import frame as new_frame

if TYPE_CHECKING:
    from typing import Literal

    from ..protocol import Response
    from .limits import Limits
    from .program import Address, Program, StepPlan
    from .state import Frame, Role, RunDraft


class Ended(NamedTuple):
    """The innermost workflow has ended; ``failure`` is None where it succeeded."""

    failure: Failure | None


class Returned(NamedTuple):
    """The workflow of the current step has ended, with these outputs."""

    outputs: dict[str, JSON]
    failure: Failure | None


class Asking(NamedTuple):
    """A step that asks for a wait: which, how many times before, and why."""

    ref: StepRef
    before: int
    reason: str


_NONE: Final[Mapping[str, Mapping[str, Mapping[str, JSON]]]] = {}

Outcome = Effect | Ended | Returned | None
"""What a part of a turn leads to: an effect, the end of a workflow, or None to go on with what is next."""


class Cursor:
    """A draft with the plan of the workflow that its innermost visit runs.

    Attributes:
        draft: The next state in the making.
        plan: The innermost workflow's plan.
        limits: What the run may use.
        now: Seconds since the epoch.
    """

    __slots__ = ("draft", "limits", "now", "plan", "program")

    def __init__(self, program: Program, limits: Limits, draft: RunDraft, now: float) -> None:
        self.program = program
        self.limits = limits
        self.draft = draft
        self.now = now
        self.look()

    def look(self) -> None:
        """Find the plan anew after the innermost visit has changed."""
        frame = self.draft.top
        self.plan = self.program.plan_of(frame["source"], frame["workflow"])

    def step(self) -> StepPlan:
        """Return the plan of the step under way."""
        step_id = self.draft.top["step"]
        if step_id is None:
            raise InputError("the stored run has no step under way", place=self.plan.place)
        return self.plan.step(step_id)

    def ref(self) -> StepRef:
        """Name the step under way."""
        frames, step = self.draft.run["frames"], self.draft.top["step"]
        if len(frames) == 1 and step is not None:
            return self.plan.step(step).ref
        nested = ((outer, inner) for outer, inner in pairwise(frames) if inner["role"] != "dependency")
        via = tuple(outer["step"] or "" for outer, _ in nested)
        return StepRef(self.plan.document.name, self.plan.address.workflow_id, step or "", via)

    def failure(self, why: str, response: Response | None = None, criterion: str | None = None) -> Failure:
        """Return the failure of the step under way."""
        return Failure(self.ref(), why, response, criterion, unhandled=True)

    # What expressions see

    def own_steps(self) -> None:
        """Copy the steps' outputs, so that one can be added to what a context sees already."""
        self.draft.top["steps"] = {**self.draft.top["steps"]}

    def context(
        self,
        plan: StepPlan | None = None,
        response: Response | None = None,
        outputs: Mapping[str, JSON] | None = None,
    ) -> Context:
        """Return what expressions see: with a response that and, where it matters, the request to it."""
        frame, workflow = self.draft.top, self.plan
        scope = Context(
            inputs=frame["inputs"],
            outputs={} if outputs is None else outputs,
            steps=frame["steps"],
            workflows=self.draft.workflows() if workflow.reads_workflows else _NONE,
            sources=workflow.sources,
            components=workflow.components,
            response=response,
            self_uri=workflow.self_uri,
        )
        if plan is None or response is None or not plan.reads_request:
            return scope
        return scope._replace(request=requests.request(plan.step, scope, self.key(plan)))

    def key(self, plan: StepPlan) -> str:
        """Return the name of the request under way."""
        run = self.draft.run
        return f"{run['id']}/{plan.step.step_id}/{run['calls']}"

    def lacking(self, plan: StepPlan) -> str | None:
        """Return the stepId of what a step depends on and has not run, or None."""
        for address, step_id in plan.needs:
            if address is None:
                if step_id not in self.draft.top["ran"]:
                    return step_id
            elif not self.draft.has_run_step(address.source, address.workflow_id, step_id):
                return f"{step_id} of workflow {address.workflow_id}"
        return None

    # Effects

    def call(self, plan: StepPlan) -> Call:
        """Return the call of a step; the same one for the same draft."""
        if plan.operation is None:
            raise InputError("the stored run waits for a call that the document lacks", place=self.plan.place)
        request = requests.request(plan.step, self.context(), self.key(plan))
        return Call(self.ref(), plan.operation, request, self.until())

    def wait(self, kind: Literal["poll", "retry"], by: Asking, target: str, seconds: float | None) -> Wait:
        """Ask for a wait before ``target`` runs."""
        self.draft.run["awaits"] = "wait"
        return Wait(by.ref, kind, seconds, by.before, target, by.reason, self.until())

    def until(self) -> float | None:
        """Return when the first timeout of the steps under way passes, or None."""
        untils = [each["until"] for each in self.draft.run["frames"] if each["until"] is not None]
        return min(untils) if untils else None

    def asked(self, response: Response | None, document: float | None = None) -> float | None:
        """Return the seconds to wait: an answer's Retry-After overrules what the document says."""
        service = None if response is None else pacing.retry_after(response.headers, self.now)
        return document if service is None else service

    # Visits of workflows

    def locate(self, reference: str | None) -> Address:
        """Return the workflow that an action's workflowId means."""
        return locate(self.plan.document, self.plan.address.source, reference or "")

    def visit(self, address: Address, given: Mapping[str, JSON], role: Role) -> Frame | Failure:
        """Return the beginning of a workflow's visit, or the failure where its schema refuses the inputs."""
        plan = self.program.plan(address)
        try:
            inputs = prepare(plan.workflow.inputs, given, plan.place)
        except InputError as error:
            return self.failure(str(error))
        return new_frame(list(address.source), address.workflow_id, inputs, role, plan.first)

    def carried(self, address: Address) -> dict[str, JSON]:
        """Return the inputs for a workflow that is not called with arguments of its own.

        A goto, a dependency and a retry's workflow name no inputs, and the specification gives them none:
        they get those of the current workflow that their schema has properties for (all, where it has none).
        """
        schema = self.program.plan(address).workflow.inputs
        properties = schema.get("properties") if isinstance(schema, dict) else None
        inputs = self.draft.top["inputs"]
        return {name: value for name, value in inputs.items() if properties is None or name in properties}

    def push(self, inner: Frame) -> None:
        """Run a workflow inside the current one."""
        if len(self.draft.run["frames"]) >= self.limits.depth:
            raise LimitError(
                f"workflows run more than {self.limits.depth} deep",
                place=self.plan.place,
                hint="they may call one another endlessly",
            )
        self.draft.push(inner)
        self.look()

    def leave_for(self, other: Frame) -> None:
        """Leave the innermost workflow for another one."""
        self.draft.replace(other)
        self.look()

    def unwind(self, depth: int) -> None:
        """Leave all workflows inside the one at a depth, 0 for the outermost."""
        while len(self.draft.run["frames"]) > depth + 1:
            self.draft.pop()
        self.look()
