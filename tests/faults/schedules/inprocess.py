"""The sandbox's engine with program, provider and backend in this process, on a clock that tests move."""

from __future__ import annotations

import asyncio
import copy
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from provider.dynamic.bridge import Bridge
from provider.dynamic.host import Cancellation, InitializationFailedError
from provider.errors import ProviderError as FailedError
from provider.kinds.hidden import CLAIMED
from provider.verbs.process import Process
from sandbox.engine.deployment import Deployment
from sandbox.engine.errors import EngineError, ProviderError, StateError
from sandbox.engine.events import Message, Reporter, StepStarted
from sandbox.engine.goal import Alias, Goal
from sandbox.engine.host import DynamicHost
from sandbox.engine.project import Project
from sandbox.engine.provider import CheckFailure, Diff, Result
from sandbox.engine.state import Operation, Resource, Snapshot
from sandbox.engine.steps import Op
from sandbox.engine.urn import name_of, type_of
from sandbox.engine.values import plain
from tests.faults.schedules.programs import SORTS, Declared, Program
from tests.faults.schedules.states import TYPE, Ended, Held, Run
from tests.faults.stack import Call, KilledError, through

if TYPE_CHECKING:
    from sandbox.aws import ManualClock
    from sandbox.engine.events import Event
    from sandbox.engine.values import Properties
    from tests.faults.schedules.proxy import Proxy
    from tests.faults.transport import Wire

TIMEOUT: Final = 400.0
_SKIP: Final = "PULUMI_SKIP_CHECKPOINTS"
_PROJECT: Final = Project("faults", "dev", Path(), Path(), "", {}, {}, frozenset())
_FINE: Final = {Op.SAME, Op.REFRESH, Op.READ}


@dataclass
class Backend:
    """Where the state is kept.

    Attributes:
        resources: The state as it is stored.
        operations: The operations that were under way.
        how: ``refuse`` or ``late`` in a run, else empty: writes are refused, or kept back until the end.
        left: How many writes it still takes before it refuses.
    """

    resources: list[Resource] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    how: str = ""
    left: int = 0

    def load(self) -> Snapshot:
        """Return the state."""
        return Snapshot([copy.copy(each) for each in self.resources], list(self.operations), self.save)

    def save(self, snapshot: Snapshot) -> None:
        """Take a write."""
        if self.how == "refuse" and self.left <= 0:
            raise StateError("the backend refuses the write: the token has expired")
        self.left -= 1
        if self.how != "late":
            self._keep(snapshot)

    def end(self, snapshot: Snapshot) -> None:
        """Take what was kept back."""
        if self.how == "late":
            self._keep(snapshot)

    def _keep(self, snapshot: Snapshot) -> None:
        self.resources = [copy.copy(each) for each in snapshot]
        self.operations = list(snapshot.operations)


class InProcess:
    """One stack, whose runs take no time but that of the account's clock.

    Args:
        clock: The account's.
        wire: Leads there.
        proxy: What happens to requests on the way.
    """

    name = "process"

    def __init__(self, clock: ManualClock, wire: Wire, proxy: Proxy) -> None:
        self._clock = clock
        self._caller = wire.caller
        self._proxy = proxy
        self._backend = Backend()
        wire.carry = proxy.carry

    def held(self) -> list[Held]:
        """Return what the state has."""
        return [
            Held(each.urn, each.id, each.inputs, plain(each.outputs), each.delete, each.retain_on_delete)
            for each in self._backend.resources
            if each.custom and not each.is_provider
        ]

    def run(self, command: str, program: Program, how: Run) -> Ended:
        """Carry a command out; what is to happen to it is in ``how``."""
        self._backend.how, self._backend.left = how.backend, how.writes
        host = _Host(self._clock, self._caller, dry_run=command == "preview")
        engine = _Engine(self._backend, host, dry_run=command == "preview")
        self._proxy.hook = how.hook(engine.kill, engine.cancel)
        with _skipping(is_on=how.backend == "late"):
            try:
                asyncio.run(engine.execute(command, program))
            except KilledError:
                return Ended(is_good=False, is_killed=True, said=engine.said)
            except EngineError as error:
                engine.said.append(f"error: {error}")
                return Ended(is_good=False, said=engine.said)
            finally:
                self._backend.how = ""
                self._proxy.hook = lambda _operation, _moment: None
        return Ended(is_good=engine.is_good, said=engine.said, changes=engine.changes)

    def close(self) -> None:
        """There is nothing to end."""


@contextmanager
def _skipping(*, is_on: bool) -> Iterator[None]:
    """Let the provider know, as its host's environment does, that nothing is stored before the end."""
    if is_on:
        os.environ[_SKIP] = "1"
    try:
        yield
    finally:
        os.environ.pop(_SKIP, None)


class _Engine:
    """One run."""

    def __init__(self, backend: Backend, host: _Host, *, dry_run: bool) -> None:
        self.said: list[str] = host.said
        self.changes: set[str] = set()
        self._backend = backend
        self._host = host
        self._reporter = Reporter(self._hear)
        self._dry_run = dry_run
        self._deployment: Deployment | None = None
        self._is_dead = False
        self._is_cancelled = False

    @property
    def is_good(self) -> bool:
        """Whether everything went well."""
        executor = self._deployment.executor if self._deployment else None
        return not (self._reporter.saw_error or self._is_cancelled or (executor and executor.failed))

    def kill(self) -> None:
        """End at once, the host too."""
        self._is_dead = True
        raise KilledError

    def cancel(self) -> None:
        """Take a Ctrl-C."""
        self._is_cancelled = True
        self._host.cancellation.cancel("the engine asked to stop")
        if self._deployment is not None:
            self._deployment.stop()

    async def execute(self, command: str, program: Program) -> None:
        """Carry a command out, as ``sandbox.engine.run`` does it."""
        snapshot = self._backend.load()
        snapshot.operations = [each for each in snapshot.operations if each.type == "creating"]
        snapshot._save = self._save  # a killed engine writes nothing
        self._deployment = deployment = Deployment(
            _PROJECT,
            snapshot,
            cast("DynamicHost", self._host),
            self._reporter,
            parallel=1,
            dry_run=self._dry_run,
        )
        if command == "refresh":
            await deployment.refresh()
        elif command == "destroy":
            await deployment.delete_rest()
        else:
            await self._up(deployment, program)
        if not self._dry_run:
            self._save(snapshot)
            self._backend.end(snapshot)

    async def _up(self, deployment: Deployment, program: Program) -> None:
        try:
            for name, each in program.items():
                await self._register(deployment, name, each)
        except EngineError as error:
            if not self._reporter.saw_error:
                self._reporter.error(str(error))
        else:
            await deployment.delete_rest()
        deployment.stop()
        await deployment.drain()

    async def _register(self, deployment: Deployment, name: str, each: Declared) -> None:
        """Declare a resource, and tell that it is stored, as ``provider.program.stored`` does."""
        resource = await deployment.register(_goal(name, each))
        if resource.outputs.get(CLAIMED) and not self._dry_run:
            self._host.stored(resource.urn, resource.id)

    def _save(self, snapshot: Snapshot) -> None:
        if not self._is_dead:
            self._backend.save(snapshot)

    def _hear(self, event: Event) -> None:
        if isinstance(event, Message):
            self.said.append(f"{event.severity}: {event.text}")
        if isinstance(event, StepStarted) and event.step.op not in _FINE:
            self.changes.add(f"{event.step.op} {event.step.urn}")


def _goal(name: str, each: Declared) -> Goal:
    return Goal(
        type=TYPE + each.sort,
        name=name,
        custom=True,
        properties=dict(each.props),
        ignore_changes=each.ignored,
        aliases=[Alias(name=alias) for alias in each.aliases],
        custom_timeouts=dict.fromkeys(("create", "update", "delete"), TIMEOUT),
        retain_on_delete=each.retained,
    )


class _Host:
    """The provider's host for one run: what ``sandbox.engine.host`` calls in another process, in this one."""

    def __init__(self, clock: ManualClock, caller: Any, *, dry_run: bool) -> None:
        self.cancellation = Cancellation()
        self.said: list[str] = []
        self._clock = clock
        self._dry_run = dry_run
        self._process = Process(caller=caller)
        self._call = Call()
        self._seeds = 0

    def stored(self, urn: str, resource_id: str) -> None:
        """Hear that a resource has been stored; that this fails is none of the program's."""
        self._call = self._new_call("invoke", urn, cancellation=Cancellation())
        try:
            self._process.stored(self._call, urn, resource_id)
        except FailedError as error:
            self.said.append(f"debug: {error}")

    async def configure(self, urn: str, id_: str, config: Properties) -> None:
        """There is no configuration."""

    async def check(
        self, urn: str, olds: Properties, news: Properties, seed: bytes
    ) -> tuple[Properties, Sequence[CheckFailure]]:
        with self._calling("check", urn, seed=seed) as bridge:
            result = bridge.check(through(plain(olds)), through(plain(news)))
        return through(result.inputs), [CheckFailure(each.property, each.reason) for each in result.failures]

    async def diff(self, old: Resource, inputs: Properties, _ignore_changes: Sequence[str]) -> Diff:
        with self._calling("diff", old.urn, old_inputs=through(old.inputs)) as bridge:
            result = bridge.diff(old.id, through(plain(old.outputs)), through(inputs))
        return Diff(result.changes, list(result.replaces or ()))

    async def create(self, new: Resource) -> Result:
        if self._dry_run:
            return Result("", new.inputs)
        with self._calling("create", new.urn, new) as bridge:
            try:
                result = bridge.create(through(new.inputs))
            except InitializationFailedError as error:
                return _unfinished(error)
        return Result(result.id, through(result.outs or {}))

    async def update(self, old: Resource, new: Resource) -> Result:
        if self._dry_run:
            return Result(old.id, new.inputs)
        with self._calling("update", new.urn, new) as bridge:
            try:
                result = bridge.update(old.id, through(plain(old.outputs)), through(new.inputs))
            except InitializationFailedError as error:
                return _unfinished(error)
        return Result(old.id, through(result.outs or {}))

    async def read(self, old: Resource, state: Properties) -> Result:
        with self._calling("read", old.urn) as bridge:
            result = bridge.read(old.id, through(plain(state)))
        inputs = None if result.inputs is None else through(result.inputs)
        return Result(result.id or "", through(result.outs or {}), inputs)

    async def delete(self, old: Resource) -> None:
        with self._calling("delete", old.urn, old) as bridge:
            bridge.delete(old.id, through(plain(old.outputs)))

    @contextmanager
    def _calling(
        self,
        method: str,
        urn: str,
        timed: Resource | None = None,
        *,
        seed: bytes | None = None,
        old_inputs: Properties | None = None,
    ) -> Iterator[Bridge]:
        timeout = timed.custom_timeouts.get(method) if timed else None
        self._call = self._new_call(method, urn, timeout=timeout, random_seed=seed, old_inputs=old_inputs)
        try:
            yield Bridge(SORTS[_sort(urn)].kind, self._process, lambda: self._call)
        except FailedError as error:
            raise ProviderError(str(error)) from error

    def _new_call(self, method: str, urn: str, **rest: Any) -> Call:
        given = {"cancellation": self.cancellation, **rest}
        return Call(method=method, urn=urn, name=name_of(urn), manual=self._clock, said=self.said, **given)


def _unfinished(error: InitializationFailedError) -> Result:
    return Result(error.id, through(error.outputs), init_errors=list(error.reasons))


def _sort(urn: str) -> str:
    return type_of(urn).removeprefix(TYPE)
