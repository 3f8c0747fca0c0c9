"""Carries steps out: calls the provider, and keeps the state true before and after."""

from __future__ import annotations

import asyncio
import copy
from collections import Counter
from typing import TYPE_CHECKING

from sandbox.engine.errors import ProviderError
from sandbox.engine.events import StepDone, StepFailed, StepStarted
from sandbox.engine.state import Operation
from sandbox.engine.steps import COUNTED, DELETES, PENDING, Op, Step
from sandbox.engine.values import UNKNOWN, is_secret, secret

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sandbox.engine.events import Reporter
    from sandbox.engine.host import Provider, Result
    from sandbox.engine.planner import Planner
    from sandbox.engine.state import Resource, Snapshot


class Executor:
    """Runs steps, a bounded number of chains at a time.

    Attributes:
        changes: How many resources each operation was done on.
        failed: Whether a step failed.
        halted: Whether one did in a way that nothing may follow.
    """

    def __init__(
        self, snapshot: Snapshot, planner: Planner, reporter: Reporter, *, parallel: int, dry_run: bool
    ) -> None:
        self._snapshot = snapshot
        self._planner = planner
        self._reporter = reporter
        self._dry_run = dry_run
        self._slots = asyncio.Semaphore(parallel)
        self._is_open = True
        self.is_cut_off = False
        self.changes: Counter[Op] = Counter()
        self.failed = False
        self.halted = False

    def close(self) -> None:
        """Start no further step; what runs goes on."""
        self._is_open = False

    def cut_off(self) -> None:
        """Write nothing more: what runs is left to itself, and its state is not known."""
        self.close()
        self.is_cut_off = True

    async def run(self, chain: Sequence[Step], done: Callable[[Step], None] = lambda step: None) -> bool:
        """Run the steps of a chain one after the other.

        Args:
            chain: The steps.
            done: Told of each step that ended well, once the state holds its result.

        Returns:
            Whether all of them were done.
        """
        async with self._slots:
            for step in chain:
                if not self._is_open or not await self._step(step):
                    return False
                done(step)
        return True

    async def _step(self, step: Step) -> bool:
        self._reporter.tell(StepStarted(step))
        operation = self._begin(step)
        try:
            init_errors = await self._apply(step)
        except ProtectedError as error:
            self._end(operation)
            return self._fail(step, str(error), halts=False)
        except ProviderError as error:
            self._end(operation)
            return self._fail(step, str(error), halts=step.op is not Op.REFRESH)
        if self.is_cut_off:
            return False
        self._take_in(step, partial=bool(init_errors))
        self._end(operation)
        if init_errors and step.op is not Op.REFRESH:
            return self._fail(step, init_error_text(init_errors))
        self._count(step)
        if step.resource.custom or self._dry_run or step.op in (Op.REFRESH, *DELETES):
            self._reporter.tell(StepDone(step, step.result or step.op))
        return True

    def _fail(self, step: Step, message: str, *, halts: bool = True) -> bool:
        if not self.is_cut_off:
            prefix = "Preview failed: " if self._dry_run else ""
            self._reporter.error(prefix + message, "" if step.is_internal else step.urn)
            self._reporter.tell(StepFailed(step))
        self.failed = True
        self.halted = self.halted or halts
        return False

    def _count(self, step: Step) -> None:
        op = step.result or step.op
        if op in COUNTED and not step.is_internal and (op is not Op.READ or _has_new_outputs(step)):
            self.changes[op] += 1

    def _begin(self, step: Step) -> Operation | None:
        kind = PENDING.get(step.op)
        if kind is None or self._dry_run:
            return None
        operation = Operation(copy.copy(step.resource), kind)
        self._snapshot.begin(operation)
        return operation

    def _end(self, operation: Operation | None) -> None:
        if operation is not None and not self.is_cut_off:
            self._snapshot.end(operation)

    async def _apply(self, step: Step) -> Sequence[str]:
        """Do what the step says; returns why the resource is not initialised yet, if it is not."""
        match step.op:
            case Op.CREATE | Op.CREATE_REPLACEMENT:
                return await self._create(step)
            case Op.UPDATE:
                return await self._update(step)
            case Op.READ | Op.READ_REPLACEMENT:
                return await self._read(step)
            case Op.REFRESH:
                return await self._refresh(step)
            case Op.SAME:
                await self._same(step)
            case op if op in DELETES:
                await self._delete(step)
        return ()

    async def _same(self, step: Step) -> None:
        old, new = _both(step)
        new.id, new.outputs = old.id, old.outputs
        if new.is_provider:
            await self._planner.load_provider(old)

    async def _create(self, step: Step) -> Sequence[str]:
        new = step.resource
        provider = self._planner.provider_of(new)
        if provider is None:
            new.touch()
            return ()
        result = await provider.create(new)
        new.created = ""
        return _fill(new, result)

    async def _update(self, step: Step) -> Sequence[str]:
        old, new = _both(step)
        new.id, new.outputs = old.id, {}
        provider = self._planner.provider_of(new)
        if provider is None:
            return ()
        init_errors = _fill(new, await provider.update(old, new))
        if init_errors:
            new.inputs = copy.deepcopy(old.inputs)
        return init_errors

    async def _delete(self, step: Step) -> None:
        old = step.resource
        if old.protect and step.op is Op.DELETE:
            raise ProtectedError(old.urn)
        provider = self._planner.provider_of(old)
        kept = old.external or old.retain_on_delete or self._planner.is_deleted(old.deleted_with)
        if provider is not None and not kept and not self._dry_run:
            await provider.delete(old)
        old.pending_replacement = step.is_first_half

    async def _read(self, step: Step) -> Sequence[str]:
        new = step.resource
        if new.id == UNKNOWN:
            new.outputs = {}
            return ()
        result = await self._provider(new).read(new, new.inputs)
        if not result.outputs:
            raise ProviderError(f"resource '{new.id}' does not exist")
        before = (step.old.inputs, step.old.outputs) if step.old else None
        modified = new.modified
        init_errors = _fill(new, result, id_=result.id or new.id)
        if before is None or before == (new.inputs, new.outputs):
            new.modified = modified
        return init_errors

    async def _refresh(self, step: Step) -> Sequence[str]:
        old, _ = _both(step)
        step.result = Op.SAME
        if not old.custom or old.is_provider or old.pending_replacement:
            return ()
        provider = self._provider(old)
        result = await provider.read(old, old.outputs)
        if not result.id:
            step.new, step.result = None, Op.DELETE
            return ()
        step.new = new = copy.copy(old)
        modified, new.init_errors = old.modified, []
        init_errors = _fill(new, result)
        if result.inputs is not None:
            new.inputs = result.inputs
        if init_errors:
            reasons = "\n* ".join(init_errors)
            self._reporter.warning(f"Refreshed resource is in an unhealthy state:\n* {reasons}", old.urn)
        if (new.inputs, new.outputs) == (old.inputs, old.outputs):
            new.modified = modified
        if await self._has_drifted(old, new):
            step.result = Op.UPDATE
        return init_errors

    async def _has_drifted(self, old: Resource, new: Resource) -> bool:
        """Whether an update with the inputs of before would find something to do."""
        if old.external:
            return old.outputs != new.outputs
        return await self._planner.would_change(new, old.inputs)

    def _take_in(self, step: Step, *, partial: bool) -> None:
        old, new = step.old, step.new
        if new is not None and step.op is not Op.REPLACE:
            _mark_secrets(new)
        match step.op:
            case Op.REPLACE:
                return
            case Op.CREATE | Op.CREATE_REPLACEMENT:
                gone = old if old is not None and old.pending_replacement else None
                if old is not None and step.marks_old:
                    old.delete = True
                self._snapshot.settle(new, instead_of=gone)
            case Op.READ_REPLACEMENT:
                step.resource.delete = False
                _both(step)[0].delete = True
                self._snapshot.settle(new)
            case Op.REFRESH:
                self._snapshot.settle(new, instead_of=old, in_place=True)
            case op if op in DELETES and step.is_first_half:
                return
            case _:
                self._snapshot.settle(new, instead_of=old)

    def _provider(self, resource: Resource) -> Provider:
        provider = self._planner.provider_of(resource)
        if provider is None:
            raise AssertionError("only custom resources are read")
        return provider


class ProtectedError(ProviderError):
    """A protected resource is not deleted; other deletions go on."""

    def __init__(self, urn: str) -> None:
        super().__init__(
            f'resource "{urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the '
            "`protect` flag from the resource in your Pulumi program and run `pulumi up`"
        )


def init_error_text(reasons: Sequence[str]) -> str:
    """The reasons why a resource is not initialised, as the CLI words them."""
    if not reasons:
        return "resource init failed"
    plural = "error" if len(reasons) == 1 else "errors"
    return f"{len(reasons)} {plural} occurred:\n" + "".join(f"\t* {reason}\n" for reason in reasons) + "\n"


def _has_new_outputs(step: Step) -> bool:
    return step.old is not None and step.old.outputs != step.resource.outputs


def _fill(new: Resource, result: Result, id_: str = "") -> Sequence[str]:
    new.id, new.outputs, new.init_errors = id_ or result.id, result.outputs, list(result.init_errors)
    new.touch()
    return result.init_errors


def _mark_secrets(new: Resource) -> None:
    """Outputs named secret by the program, or like a secret input, are secret."""
    hidden = {*new.additional_secret_outputs, *(key for key, value in new.inputs.items() if is_secret(value))}
    new.outputs = {key: secret(value) if key in hidden else value for key, value in new.outputs.items()}


def _both(step: Step) -> tuple[Resource, Resource]:
    if step.old is None or step.new is None:
        raise AssertionError(f"{step.op} needs an old and a new state")
    return step.old, step.new
