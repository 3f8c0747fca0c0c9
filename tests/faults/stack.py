"""A stack of one resource, looked after as Pulumi's engine does it, with the provider in this process.

What an engine does is kept here in its simplest form: check, diff, then create, update or replace; a resource
that is not initialised is kept; what a crash interrupts is not in the state. Time is the sandbox's own, which
passes only when the provider waits, so no test sleeps.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format, struct_pb2

from provider.aws.caller import AwsCaller
from provider.dynamic.bridge import Bridge
from provider.dynamic.host import Cancellation, HostCall, InitializationFailedError
from provider.errors import ProviderError
from provider.kinds.hidden import CLAIMED
from provider.verbs.process import Process

if TYPE_CHECKING:
    from provider.arazzo import Caller, Clock, Operation, Request, Response
    from provider.kinds.kind import Kind
    from sandbox.aws import ManualClock

Props = dict[str, Any]


class KilledError(BaseException):
    """The process is gone at once; nothing may catch this."""


@dataclass(frozen=True, slots=True)
class Passing:
    """Time that passes when somebody sleeps."""

    clock: ManualClock
    cancellation: Cancellation

    def now(self) -> float:
        return self.clock.now()

    def sleep(self, seconds: float) -> None:
        self.cancellation.raise_if_set()
        self.clock.advance(seconds)


@dataclass(frozen=True, slots=True)
class Call(HostCall):
    """A call of an engine that is in this process."""

    manual: ManualClock | None = None
    said: list[str] = field(default_factory=list, compare=False)

    @property
    def clock(self) -> Clock:  # type: ignore[override]  # another clock than the host's
        assert self.manual is not None
        return Passing(self.manual, self.cancellation)

    def _say(self, severity: str, message: str, *, ephemeral: bool = False) -> None:
        del ephemeral
        self.said.append(f"{severity}: {message}")


Hook = Callable[[str, str, Cancellation], None]
"""Told of each request, ``before`` it is sent and ``after`` its answer came; it may raise or cancel."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A caller that tells of each request."""

    caller: Caller
    hook: Hook
    cancellation: Cancellation

    def call(self, operation: Operation, request: Request) -> Response:
        self.hook(operation.operation_id or "", "before", self.cancellation)
        response = self.caller.call(operation, request)
        self.hook(operation.operation_id or "", "after", self.cancellation)
        return response


@dataclass
class Held:
    """A resource in the state."""

    id: str
    inputs: Props
    outputs: Props
    is_initialised: bool = True


class FailedError(Exception):
    """A run failed; what the user saw."""


def nothing(_operation: str, _moment: str, _cancellation: Cancellation) -> None:
    """Let every request pass."""


class Stack:
    """One resource and its state.

    Attributes:
        held: The resource in the state, or None.
        leaving: Replaced ones that are still to be deleted.
        urn: The resource's.
        hook: Told of each request.
        said: What the last run said.
        timeout: How long a verb may take, in seconds; None for the kind's default.
        loses_state: Whether the engine is killed between an answer and the state.
        is_cut_short: Whether the run is killed once the state is stored, with nothing done after that.
        run: What its runs are.
    """

    def __init__(
        self,
        kind: Kind,
        clock: ManualClock,
        *,
        name: str = "it",
        caller: Callable[[Any], Caller] = AwsCaller,
    ) -> None:
        self.held: Held | None = None
        self.leaving: list[Held] = []
        self.hook: Hook = nothing
        self.said: list[str] = []
        self.timeout: float | None = None
        self.loses_state = False
        self.is_cut_short = False
        self.run: type[Run] = Run
        self._kind = kind
        self.clock = clock
        self._caller = caller
        self.urn = f"urn:pulumi:dev::faults::{self.type_token(kind)}::{name}"
        self._seeds = 0

    def type_token(self, kind: Kind) -> str:
        """Return the resource's type."""
        return f"pulumi-python:dynamic/health:{kind.name}"

    def up(self, props: Props, *, replace: bool = False) -> None:
        """Bring the resource to what the program says; replace it in any case where that is asked for.

        Raises:
            FailedError: It failed; the state holds what there is.
            KilledError: It was killed.
        """
        run = self._run()
        self._bring(run, props, replace=replace)
        for old in list(self.leaving):
            run.delete(old)
            self.leaving.remove(old)
        run.settle()

    def would_change(self, props: Props) -> bool:
        """Whether a preview shows a change."""
        if self.held is None or not self.held.is_initialised or self.leaving:
            return True
        run = self._run()
        return run.diff(self.held, run.check(self.held.inputs, props))[0]

    def refresh(self) -> None:
        """Bring the state to what is really there; raises as ``up`` does."""
        run = self._run()
        if self.held is not None:
            self.held = run.read(self.held)

    def destroy(self) -> None:
        """Delete everything; raises as ``up`` does."""
        run = self._run()
        for old in list(self.leaving):
            run.delete(old)
            self.leaving.remove(old)
        if self.held is not None:
            run.delete(self.held)
            self.held = None

    @property
    def ids(self) -> set[str]:
        """The ids in the state."""
        return {held.id for held in [*self.leaving, *([self.held] if self.held else [])]}

    def _bring(self, run: Run, props: Props, *, replace: bool) -> None:
        held = self.held
        if held is None:
            run.create(run.check({}, props))
            return
        inputs = run.check(held.inputs, props)
        changes, replaces = run.diff(held, inputs)
        if replace or (changes and replaces):
            fresh = run.check({}, props)
            run.create(fresh, instead_of=held)
        elif changes or not held.is_initialised:
            run.update(held, inputs)

    def _run(self) -> Run:
        self.said = []
        return self.run(self, self._kind, self.urn, self.clock, self._caller)

    def answer(self) -> None:
        """Take an answer, unless the engine is killed before it can store it."""
        if self.loses_state:
            raise KilledError

    def seed(self) -> bytes:
        """Return another seed each time, as the engine draws one for each check."""
        self._seeds += 1
        return hashlib.sha256(f"{self.urn} {self._seeds}".encode()).digest()


class Run:
    """One run of an engine with a host process of its own."""

    def __init__(
        self, stack: Stack, kind: Kind, urn: str, clock: ManualClock, caller: Callable[[Any], Caller]
    ) -> None:
        self._stack = stack
        self.urn = urn
        self._clock = clock
        self._cancellation = Cancellation()
        self.call = Call()
        self.process = Process(
            caller=lambda settings: Watched(caller(settings), stack.hook, self._cancellation),
        )
        self._face = self.make_face(kind)

    def make_face(self, kind: Kind) -> Any:
        """Return what the engine calls."""
        return Bridge(kind, self.process, lambda: self.call)

    def check(self, olds: Props, news: Props) -> Props:
        self._begin("check")
        result = self._face.check(olds, through(news))
        assert not result.failures, result.failures
        return through(result.inputs)

    def diff(self, held: Held, news: Props) -> tuple[bool, list[str]]:
        self._begin("diff")
        result = self._face.diff(held.id, held.outputs, news)
        return bool(result.changes), list(result.replaces or ())

    def create(self, inputs: Props, instead_of: Held | None = None) -> None:
        self._begin("create")

        def keep(id_: str, outputs: Mapping[str, Any], *, is_initialised: bool) -> None:
            if instead_of is not None:
                self._stack.leaving.append(instead_of)
            self._stack.held = Held(id_, inputs, through(outputs), is_initialised)

        try:
            result = self._face.create(inputs)
        except InitializationFailedError as error:
            keep(error.id, error.outputs, is_initialised=False)
            raise FailedError(*error.reasons) from error
        except ProviderError as error:
            raise FailedError(str(error)) from error
        self._stack.answer()
        keep(result.id, result.outs or {}, is_initialised=True)

    def update(self, held: Held, inputs: Props) -> None:
        self._begin("update")
        try:
            result = self._face.update(held.id, held.outputs, inputs)
        except InitializationFailedError as error:
            self._stack.held = Held(held.id, held.inputs, through(error.outputs), is_initialised=False)
            raise FailedError(*error.reasons) from error
        except ProviderError as error:
            raise FailedError(str(error)) from error
        self._stack.answer()
        self._stack.held = Held(held.id, inputs, through(result.outs or {}))

    def read(self, held: Held) -> Held | None:
        self._begin("read")
        try:
            result = self._face.read(held.id, held.outputs)
        except ProviderError as error:
            raise FailedError(str(error)) from error
        if not result.id:
            return None
        inputs = through(result.inputs or held.inputs)
        return Held(held.id, inputs, through(result.outs or {}), held.is_initialised)

    def delete(self, held: Held) -> None:
        self._begin("delete")
        try:
            self._face.delete(held.id, held.outputs)
        except ProviderError as error:
            raise FailedError(str(error)) from error

    def settle(self) -> None:
        """The state is stored, and the program tells so; a provider's failure there is none of the run."""
        held = self._stack.held
        if self._stack.is_cut_short or held is None or not held.outputs.get(CLAIMED):
            return
        self._begin("invoke")
        with contextlib.suppress(ProviderError):
            self.process.stored(replace(self.call, cancellation=Cancellation()), self.urn, held.id)

    def _begin(self, method: str) -> None:
        self.call = Call(
            method=method,
            urn=self.urn,
            name=self.urn.rpartition("::")[2],
            timeout=self._stack.timeout,
            random_seed=self._stack.seed() if method == "check" else None,
            cancellation=self._cancellation,
            manual=self._clock,
            said=self._stack.said,
        )


def through(props: Mapping[str, Any]) -> Props:
    """Return properties as the wire carries them: numbers are floats, what is None is left out."""
    struct = struct_pb2.Struct()
    struct.update({name: value for name, value in props.items() if value is not None})
    sent: Props = json_format.MessageToDict(struct)
    return sent
