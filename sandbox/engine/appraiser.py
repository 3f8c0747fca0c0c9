"""Asks the provider about a resource: are its inputs in order, and what does a change of them do?"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from . import paths
from .errors import PlanError
from .provider import Diff
from .urn import name_of
from .values import masked, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .events import Reporter
    from .goal import Goal
    from .provider import CheckFailure
    from .providers import Providers
    from .state import Resource
    from .values import Properties

INIT_ERROR = "#initerror"


class Appraiser:
    """Turns the providers' answers into what the planner decides by."""

    def __init__(self, providers: Providers, reporter: Reporter) -> None:
        self._providers = providers
        self._reporter = reporter

    async def complete(self, goal: Goal, new: Resource, old: Resource | None, seed: bytes) -> None:
        """Fill in a resource's inputs: the goal's, what is ignored put back, as the provider completes them.

        Args:
            goal: What the program wants.
            new: The resource that gets the inputs.
            old: Its state, where that counts.
            seed: The randomness that the provider may make names from.

        Raises:
            PlanError: The provider refuses them; each reason has been shown.
        """
        new.inputs = copy.deepcopy(goal.properties)
        if old is not None:
            self._restore_ignored(goal, old, new)
        provider = self._providers.of(new)
        if provider is None:
            return
        new.inputs, failures = await provider.check(new.urn, old.inputs if old else {}, new.inputs, seed)
        for failure in failures:
            self._reporter.error(_failure_text(new, failure), new.urn)
        if failures:
            raise PlanError(f"resource {new.urn} is invalid", new.urn, is_shown=True)

    def _restore_ignored(self, goal: Goal, old: Resource, new: Resource) -> None:
        ignored = [(path, paths.parse_path(path)) for path in goal.ignore_changes]
        lost = [text for text, path in ignored if not paths.reset(path, old.inputs, new.inputs)]
        if lost:
            names = ", ".join(lost)
            note = f'cannot ignore changes in added or removed elements of the path: "{names}"'
            self._reporter.info(note, new.urn)

    async def compare(self, old: Resource, new: Resource) -> Diff:
        """What it takes to bring a resource from its state to its new inputs and options."""
        if bool(old.provider) != bool(new.provider):
            return Diff(changes=True, replaces=["provider"])
        if self._providers.of(new) is None:
            return Diff(changes=old.inputs != new.inputs)
        subject = copy.copy(old)
        subject.urn, subject.type = new.urn, new.type
        subject.ignore_changes, subject.replace_on_changes = new.ignore_changes, new.replace_on_changes
        return await self.diff(subject, new.inputs)

    async def diff(self, resource: Resource, inputs: Properties) -> Diff:
        """What other inputs would do to a resource, its own ``replace_on_changes`` applied."""
        diff = await self.verdict(resource, inputs)
        return _with_triggers(diff, resource.replace_on_changes, has_init_errors=bool(resource.init_errors))

    async def verdict(self, resource: Resource, inputs: Properties) -> Diff:
        """What other inputs would do to a resource, as the provider sees it.

        Where the provider leaves it open whether there is a change, a comparison of the inputs decides.
        """
        provider = self._providers.of(resource)
        if provider is None:
            raise AssertionError("components have no provider to ask")
        diff = await provider.diff(resource, inputs, resource.ignore_changes)
        if diff.changes is not None:
            return diff
        before, after = plain(resource.inputs), plain(inputs)
        changed = sorted(key for key in before | after if before.get(key) != after.get(key))
        return replace(diff, changes=bool(changed), changed=changed)


def _with_triggers(diff: Diff, replace_on_changes: Sequence[str], *, has_init_errors: bool) -> Diff:
    """The diff, with a replacement for every change at a path that asks for one."""
    triggers = [paths.parse_path(path) for path in replace_on_changes]
    hit = [key for key in diff.changed if any(paths.covers(path, paths.parse_path(key)) for path in triggers)]
    if has_init_errors and any(paths.covers(path, (INIT_ERROR,)) for path in triggers):
        return replace(diff, changes=True, replaces=[*diff.replaces, *hit, INIT_ERROR])
    return replace(diff, replaces=[*diff.replaces, *hit])


def _failure_text(new: Resource, failure: CheckFailure) -> str:
    subject = f"{new.type} resource '{name_of(new.urn)}'"
    if not failure.property:
        return f"{subject} has a problem: {failure.reason}"
    value = masked(new.inputs.get(failure.property))
    return f"{subject}: property {failure.property} value {{{value}}} has a problem: {failure.reason}"
