"""One run over a stack: registrations become steps, the steps are carried out, the rest is deleted."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from .appraiser import Appraiser
from .effects import Effects
from .errors import EngineError, PlanError, ProviderError, StoppedError
from .events import StepDone
from .executor import Executor
from .goal import DYNAMIC_PACKAGE, Goal
from .graph import prune, requirements
from .planner import Planner
from .providers import Providers
from .steps import Op, Step
from .urn import PROVIDER_PREFIX, STACK_TYPE, is_provider
from .values import secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .events import Reporter
    from .host import DynamicHost
    from .project import Project
    from .state import Resource, Snapshot
    from .values import Properties


class Deployment:
    """Turns registrations into steps and runs them.

    Attributes:
        executor: Runs the steps.
        stopped: Set when no new step may start: a step failed, or the user wants to stop.
    """

    def __init__(
        self,
        project: Project,
        snapshot: Snapshot,
        host: DynamicHost,
        reporter: Reporter,
        *,
        parallel: int,
        dry_run: bool,
    ) -> None:
        self._project = project
        self._snapshot = snapshot
        self._reporter = reporter
        self._dry_run = dry_run
        before = list(snapshot)
        self._providers = Providers(host, before, dry_run=dry_run)
        appraiser = Appraiser(self._providers, reporter)
        self._planner = Planner(project, before, self._providers, appraiser, reporter, dry_run=dry_run)
        effects = Effects(self._providers, appraiser, reporter, self._planner.is_deleted, dry_run=dry_run)
        self.executor = Executor(snapshot, effects, reporter, parallel=parallel, dry_run=dry_run)
        self.stopped = asyncio.Event()
        self._planning = asyncio.Lock()
        self._chains: set[asyncio.Task[list[Step]]] = set()
        self._goals: dict[str, Goal] = {}
        self._steps: dict[str, Step] = {}
        self._default_provider: asyncio.Task[Resource] | None = None
        self._stack_outputs: Properties | None = None

    def stop(self) -> None:
        """Start no further step."""
        self.executor.close()
        self.stopped.set()

    async def register(self, goal: Goal) -> Resource:
        """Bring one resource to what the program wants of it.

        Returns:
            Its state, once the step is done.

        Raises:
            StoppedError: The run stopped first.
        """
        if goal.parent in self._goals:
            goal = goal.inherit(self._goals[goal.parent])
        if goal.custom and not is_provider(goal.type):
            goal = replace(goal, provider=await self._provider_reference())
        chain = await self._plan(goal)
        self._goals[chain[0].urn] = goal
        for step in await asyncio.shield(self._start(chain)):
            if step.new is not None and step.op is not Op.REPLACE:
                self._steps[step.urn] = step
                return step.new
        raise StoppedError("the run stopped")

    async def _plan(self, goal: Goal) -> list[Step]:
        async with self._planning:
            if self.stopped.is_set():
                raise StoppedError("the run stopped")
            try:
                return await (self._planner.plan_read(goal) if goal.read_id else self._planner.plan(goal))
            except (PlanError, ProviderError) as error:
                if not (isinstance(error, PlanError) and error.is_shown):
                    self._reporter.error(str(error), error.urn if isinstance(error, PlanError) else "")
                self.stop()
                raise StoppedError("the run stopped") from error

    async def _provider_reference(self) -> str:
        """The default provider's, registered when it is first needed."""
        if self._default_provider is None:
            hidden = self._project.secret_keys
            config = self._project.config.items()
            inputs = {key: secret(value) if key in hidden else value for key, value in config}
            goal = Goal(
                type=PROVIDER_PREFIX + DYNAMIC_PACKAGE, name="default", custom=True, properties=inputs
            )
            self._default_provider = asyncio.create_task(self.register(goal))
        provider = await asyncio.shield(self._default_provider)
        return f"{provider.urn}::{provider.id}"

    async def invoke(self, token: str, arguments: Properties) -> Properties:
        """Call a function; raises as ``Providers.invoke`` does."""
        return await self._providers.invoke(token, arguments)

    def register_outputs(self, urn: str, outputs: Properties) -> None:
        """Take a component's outputs; those of the stack wait for the end of the run.

        Raises:
            EngineError: There is no such resource in this run.
        """
        step = self._steps.get(urn)
        if step is None:
            raise EngineError(f"cannot complete a resource '{urn}' whose registration isn't pending")
        if step.resource.type == STACK_TYPE:
            self._stack_outputs = outputs
        else:
            self._set_outputs(step, outputs)

    def _set_outputs(self, step: Step, outputs: Properties) -> None:
        is_changed = step.resource.outputs != outputs
        step.resource.outputs = outputs
        if is_changed and not self._dry_run:
            self._snapshot.write()
        self._reporter.tell(StepDone(step, step.op))

    def finish_stack(self) -> Properties | None:
        """Give the stack its outputs; after a failure, those that the program did not reach are kept."""
        step = self._steps.get(self._project.stack_urn)
        if step is None or self._stack_outputs is None:
            return None
        kept = step.old.outputs if step.old is not None and self._reporter.saw_error else {}
        self._set_outputs(step, kept | self._stack_outputs)
        return step.resource.outputs

    async def delete_rest(self) -> None:
        """Delete what the program does not have, dependents first."""
        async with self._planning:
            waves = await self._planner.plan_deletes()
        blocked: set[str] = set()
        for wave in waves:
            ready = [step for step in wave if step.urn not in blocked]
            for step, done in zip(ready, await self._run_each(ready), strict=True):
                if not done:
                    blocked |= requirements(step.resource, list(self._snapshot))

    async def refresh(self) -> None:
        """Read every resource and take what is found into the state."""
        steps = [Step(Op.REFRESH, old=resource, new=resource) for resource in self._snapshot]
        for step in steps:
            await self._providers.load(step.resource)
        await self._run_each(steps)
        prune(list(self._snapshot))

    async def _run_each(self, steps: Sequence[Step]) -> Sequence[list[Step]]:
        return await asyncio.gather(*(self._start([step]) for step in steps))

    async def drain(self) -> None:
        """Wait for the steps that run."""
        while self._chains:
            await asyncio.wait(self._chains)

    def _start(self, chain: Sequence[Step]) -> asyncio.Task[list[Step]]:
        task = asyncio.create_task(self.executor.run(chain))
        self._chains.add(task)
        task.add_done_callback(self._end_chain)
        return task

    def _end_chain(self, task: asyncio.Task[list[Step]]) -> None:
        self._chains.discard(task)
        if task.cancelled() or task.exception() is not None or self.executor.halted:
            self.stop()
