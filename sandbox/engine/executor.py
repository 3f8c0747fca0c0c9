"""Runs steps: a bounded number at once, the state true on disk before and after each, every one told of."""

from __future__ import annotations

import asyncio
import copy
from collections import Counter
from typing import TYPE_CHECKING

from .errors import ProtectedError, ProviderError
from .events import StepDone, StepFailed, StepStarted
from .state import Operation
from .steps import COUNTED, DELETES, PENDING, Op, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .effects import Effects
    from .events import Reporter
    from .state import Snapshot


class Executor:
    """Runs chains of steps.

    Attributes:
        changes: How many resources each operation was done on.
        failed: Whether a step failed.
        halted: Whether one did in a way that nothing may follow.
        is_cut_off: Whether what runs has been left to itself.
    """

    def __init__(
        self, snapshot: Snapshot, effects: Effects, reporter: Reporter, *, parallel: int, dry_run: bool
    ) -> None:
        self._snapshot = snapshot
        self._effects = effects
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
        """Write nothing more: what runs is left to itself, and what comes of it is not known."""
        self.close()
        self.is_cut_off = True

    async def run(self, chain: Sequence[Step]) -> list[Step]:
        """Run the steps of a chain one after the other, as far as they succeed.

        Returns:
            Those that are done; the state holds their results.
        """
        done: list[Step] = []
        async with self._slots:
            for step in chain:
                if not self._is_open or not await self._run_step(step):
                    break
                done.append(step)
        return done

    async def _run_step(self, step: Step) -> bool:
        self._reporter.tell(StepStarted(step))
        operation = self._begin(step)
        try:
            init_errors = await self._effects.carry_out(step)
        except ProviderError as error:
            self._end(operation)
            protects, refreshes = isinstance(error, ProtectedError), step.op is Op.REFRESH
            return self._fail(step, str(error), halts=not (protects or refreshes))
        if self.is_cut_off:
            return False
        self._take_in(step)
        self._end(operation)
        if init_errors and step.op is not Op.REFRESH:
            return self._fail(step, init_error_text(init_errors))
        self._succeed(step)
        return True

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

    def _take_in(self, step: Step) -> None:
        """Give the state the step's result."""
        old, new = step.old, step.new
        if step.op is Op.REPLACE or step.is_first_half:
            return
        if step.op is Op.REFRESH:
            self._snapshot.settle(new, instead_of=old, in_place=True)
            if not self._dry_run:
                self._snapshot.write()
            return
        is_replacement = step.op in (Op.CREATE_REPLACEMENT, Op.READ_REPLACEMENT)
        if old is not None and is_replacement and not old.pending_replacement:
            old.delete = step.marks_old
            old = None
        self._snapshot.settle(new, instead_of=old)

    def _succeed(self, step: Step) -> None:
        op = step.result or step.op
        is_news = op is not Op.READ or (step.old is not None and step.old.outputs != step.resource.outputs)
        if op in COUNTED and not step.is_internal and is_news:
            self.changes[op] += 1
        if step.resource.custom or self._dry_run or step.op in (Op.REFRESH, *DELETES):
            # A component is done when its outputs are there.
            self._reporter.tell(StepDone(step, op))

    def _fail(self, step: Step, message: str, *, halts: bool = True) -> bool:
        if not self.is_cut_off:
            text = f"Preview failed: {message}" if self._dry_run else message
            self._reporter.error(text, "" if step.is_internal else step.urn)
            self._reporter.tell(StepFailed(step))
        self.failed = True
        self.halted = self.halted or halts
        return False


def init_error_text(reasons: Sequence[str]) -> str:
    """The reasons why a resource is not initialised, as the CLI words them."""
    plural = "error" if len(reasons) == 1 else "errors"
    return f"{len(reasons)} {plural} occurred:\n" + "".join(f"\t* {reason}\n" for reason in reasons) + "\n"
