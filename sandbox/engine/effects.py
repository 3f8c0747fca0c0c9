"""What each step does: calls the provider and fills in the resource's new state."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from .errors import ProtectedError, ProviderError
from .steps import DELETES, Op, Step
from .values import UNKNOWN, is_secret, secret

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .appraiser import Appraiser
    from .events import Reporter
    from .provider import Provider, Result
    from .providers import Providers
    from .state import Resource


class Effects:
    """Carries steps out.

    Args:
        providers: Whom to call.
        appraiser: Judges what a refresh found.
        reporter: Told of resources that a refresh found not initialised.
        is_deleted: Whether a resource is deleted in this run.
        dry_run: Whether nothing is to be deleted; creates and updates are the provider's to leave out.
    """

    def __init__(
        self,
        providers: Providers,
        appraiser: Appraiser,
        reporter: Reporter,
        is_deleted: Callable[[str], bool],
        *,
        dry_run: bool,
    ) -> None:
        self._providers = providers
        self._appraiser = appraiser
        self._reporter = reporter
        self._is_deleted = is_deleted
        self._dry_run = dry_run

    async def carry_out(self, step: Step) -> Sequence[str]:
        """Do what a step says.

        Returns:
            Why the resource is not initialised yet, if it is not.

        Raises:
            ProviderError: It could not be done.
        """
        match step.op:
            case Op.CREATE | Op.CREATE_REPLACEMENT:
                init_errors = await self._create(step)
            case Op.UPDATE:
                init_errors = await self._update(step)
            case Op.READ | Op.READ_REPLACEMENT:
                init_errors = await self._read(step)
            case Op.REFRESH:
                init_errors = await self._refresh(step)
            case _:
                init_errors = ()
                await self._carry_out_other(step)
        if step.new is not None and step.op is not Op.REPLACE:
            _mark_secrets(step.new)
        return init_errors

    async def _carry_out_other(self, step: Step) -> None:
        if step.op in DELETES:
            await self._delete(step)
        if step.op is Op.SAME:
            old, new = step.both()
            new.id, new.outputs = old.id, old.outputs
            if new.is_provider:
                await self._providers.load(old)

    async def _create(self, step: Step) -> Sequence[str]:
        new = step.resource
        new.created = ""
        provider = self._providers.of(new)
        if provider is None:
            new.touch()
            return ()
        return _fill(new, await provider.create(new))

    async def _update(self, step: Step) -> Sequence[str]:
        old, new = step.both()
        new.id = old.id
        provider = self._providers.of(new)
        if provider is None:
            return ()
        init_errors = _fill(new, await provider.update(old, new))
        if init_errors:
            # The new inputs have not been put into effect, or nobody knows whether they have.
            new.inputs = copy.deepcopy(old.inputs)
        return init_errors

    async def _delete(self, step: Step) -> None:
        old = step.resource
        if old.protect and step.op is Op.DELETE:
            raise ProtectedError(old.urn)
        provider = self._providers.of(old)
        is_kept = old.external or old.retain_on_delete or self._is_deleted(old.deleted_with)
        if provider is not None and not is_kept and not self._dry_run:
            await provider.delete(old)
        old.pending_replacement = step.is_first_half

    async def _read(self, step: Step) -> Sequence[str]:
        new = step.resource
        if new.id == UNKNOWN:
            return ()
        result = await self._provider(new).read(new, new.inputs)
        if not result.outputs:
            raise ProviderError(f"resource '{new.id}' does not exist")
        modified, id_ = new.modified, result.id or new.id
        init_errors = _fill(new, result)
        new.id = id_
        if step.old is None or (step.old.inputs, step.old.outputs) == (new.inputs, new.outputs):
            new.modified = modified
        return init_errors

    async def _refresh(self, step: Step) -> Sequence[str]:
        old, _ = step.both()
        step.result = Op.SAME
        if not old.custom or old.is_provider or old.pending_replacement:
            return ()
        result = await self._provider(old).read(old, old.outputs)
        if not result.id:
            step.new, step.result = None, Op.DELETE
            return ()
        step.new = new = copy.copy(old)
        init_errors = _fill(new, result)
        if result.inputs is not None:
            new.inputs = result.inputs
        if init_errors:
            reasons = "\n* ".join(init_errors)
            self._reporter.warning(f"Refreshed resource is in an unhealthy state:\n* {reasons}", old.urn)
        if (new.inputs, new.outputs) == (old.inputs, old.outputs):
            new.modified = old.modified
        if await self._has_drifted(old, new):
            step.result = Op.UPDATE
        return init_errors

    async def _has_drifted(self, old: Resource, new: Resource) -> bool:
        """Whether an update with the inputs of before would find something to do."""
        if old.external:
            return old.outputs != new.outputs
        return bool((await self._appraiser.verdict(new, old.inputs)).changes)

    def _provider(self, resource: Resource) -> Provider:
        provider = self._providers.of(resource)
        if provider is None:
            raise AssertionError("only custom resources are read")
        return provider


def _fill(new: Resource, result: Result) -> Sequence[str]:
    new.id, new.outputs, new.init_errors = result.id, result.outputs, list(result.init_errors)
    new.touch()
    return result.init_errors


def _mark_secrets(new: Resource) -> None:
    """Outputs named secret by the program, or like a secret input, are secret."""
    hidden = {*new.additional_secret_outputs, *(key for key, value in new.inputs.items() if is_secret(value))}
    new.outputs = {key: secret(value) if key in hidden else value for key, value in new.outputs.items()}
