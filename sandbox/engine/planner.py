"""Decides the steps: what the program wants is compared with the state."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from .errors import PlanError
from .graph import deletion_waves, dependents
from .names import Names
from .provider import Diff
from .state import Resource
from .steps import Op, Step, delete_step, replace_steps
from .values import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .appraiser import Appraiser
    from .events import Reporter
    from .goal import Goal
    from .project import Project
    from .providers import Providers

_PROTECTED = (
    "as it is currently marked for protection. To unprotect the resource, remove the `protect` flag from the "
    "resource in your Pulumi program and run `pulumi up`"
)


class Planner:
    """Decides the steps of one run. Not for concurrent use: one registration is decided after the other.

    Args:
        project: The project and stack.
        resources: The state as it is before the first step, in order.
        providers: The managers of the resources.
        appraiser: Asks them.
        reporter: Shows what is wrong.
        dry_run: Whether this is a preview: protection is shown and gone past then.
    """

    def __init__(
        self,
        project: Project,
        resources: Sequence[Resource],
        providers: Providers,
        appraiser: Appraiser,
        reporter: Reporter,
        *,
        dry_run: bool,
    ) -> None:
        self._before = resources
        self._names = Names(
            project, {resource.urn: resource for resource in resources if not resource.delete}
        )
        self._providers = providers
        self._appraiser = appraiser
        self._reporter = reporter
        self._dry_run = dry_run
        self._decided: dict[str, Op] = {}
        self._deleted: set[str] = set()
        self._gone_early: set[Resource] = set()

    def is_deleted(self, urn: str) -> bool:
        """Whether a resource is deleted in this run."""
        return urn in self._deleted

    async def plan_read(self, goal: Goal) -> list[Step]:
        """The steps for a resource that is read and not managed."""
        urn = self._names.claim(goal)
        old = self._names.find(urn, goal)
        new = desired(urn, goal, old)
        new.id, new.external = goal.read_id, True
        if old is not None and not old.external and old.id != new.id:
            self._decided[urn] = Op.REPLACE
            read = Step(Op.READ_REPLACEMENT, old=old, new=new, marks_old=True)
            return [read, Step(Op.REPLACE, old=old, new=new)]
        self._decided[urn] = Op.READ
        return [Step(Op.READ, old=old, new=new)]

    async def plan(self, goal: Goal) -> list[Step]:
        """The steps for a resource that is managed.

        Raises:
            PlanError: It is invalid, protected or there twice.
        """
        urn = self._names.claim(goal)
        old = self._names.find(urn, goal)
        new = desired(urn, goal, old)
        seed = secrets.token_bytes(32)
        is_recreated = urn in self._deleted
        counts = old is not None and not old.external and not is_recreated
        await self._appraiser.complete(goal, new, old if counts else None, seed)
        if old is None:
            self._decided[urn] = Op.CREATE
            return [Step(Op.CREATE, new=new)]
        if is_recreated:
            self._deleted.discard(urn)
            self._decided[urn] = Op.REPLACE
            return replace_steps(old, new, before_delete=False)
        if old.external:
            self._decided[urn] = Op.CREATE
            return replace_steps(old, new, before_delete=True)
        return await self._plan_change(goal, old, new, seed)

    async def _plan_change(self, goal: Goal, old: Resource, new: Resource, seed: bytes) -> list[Step]:
        diff = await self._compare(old, new)
        changed = diff.changes or old.pending_replacement
        if changed and (diff.replaces or old.pending_replacement):
            if new.protect and old.protect:
                self._refuse_replacement(new.urn)
            self._decided[new.urn] = Op.REPLACE
            # What the provider had carried over from the old resource does not count any more.
            await self._appraiser.complete(goal, new, None, seed)
            return await self._replace(goal, old, new, diff)
        self._decided[new.urn] = Op.UPDATE if changed or old.init_errors else Op.SAME
        return [Step(self._decided[new.urn], old=old, new=new)]

    async def _compare(self, old: Resource, new: Resource) -> Diff:
        if new.deleted_with and self._decided.get(new.deleted_with) is Op.REPLACE:
            return Diff(changes=True, replaces=["deletedWith"])
        return await self._appraiser.compare(old, new)

    def _refuse_replacement(self, urn: str) -> None:
        message = f'unable to replace resource "{urn}"\n{_PROTECTED}'
        if not self._dry_run:
            raise PlanError(message, urn)
        self._reporter.error(message, urn)

    async def _replace(self, goal: Goal, old: Resource, new: Resource, diff: Diff) -> list[Step]:
        delete_first = diff.delete_before_replace
        if goal.delete_before_replace is not None:
            delete_first = goal.delete_before_replace
        if not delete_first:
            return replace_steps(old, new, diff.replaces, before_delete=True)
        steps = await self._delete_dependents(old)
        if not old.pending_replacement:
            self._deleted.add(old.urn)
            steps.append(delete_step(old, replacing=True, is_first_half=True))
        return [*steps, *replace_steps(old, new, diff.replaces, before_delete=False)]

    async def _delete_dependents(self, root: Resource) -> list[Step]:
        """Delete early what cannot outlive a resource that is deleted before its replacement is there."""
        steps: list[Step] = []
        for resource in reversed(await self._dependent_replacements(root)):
            if resource in self._gone_early:
                continue
            if resource.protect and not resource.delete:
                subject = f'unable to replace resource "{resource.urn}" as part of replacing "{root.urn}"'
                raise PlanError(f"{subject} {_PROTECTED}", root.urn)
            is_first = not resource.delete
            steps.append(delete_step(resource, replacing=is_first, is_first_half=is_first))
            self._deleted.add(resource.urn)
            self._gone_early.add(resource)
        return steps

    async def _dependent_replacements(self, root: Resource) -> list[Resource]:
        """The dependents that would be replaced if what they use of the replaced ones were unknown."""
        replaced = {root.urn}
        found: list[Resource] = []
        for resource in dependents(root, self._before, set(self._decided) | self._deleted):
            if resource.custom and not resource.external and await self._is_replaced_with(resource, replaced):
                found.append(resource)
                replaced.add(resource.urn)
        return found

    async def _is_replaced_with(self, resource: Resource, replaced: set[str]) -> bool:
        if {resource.provider_urn, resource.deleted_with} & replaced:
            return True
        affected = {
            key for key, urns in resource.property_dependencies.items() if replaced.intersection(urns)
        }
        inputs = {key: UNKNOWN if key in affected else value for key, value in resource.inputs.items()}
        if inputs == resource.inputs:
            return False
        await self._providers.load(resource)
        return bool((await self._appraiser.diff(resource, inputs)).replaces)

    async def plan_deletes(self) -> list[list[Step]]:
        """Waves of deletions: what the program no longer has, and what replacements left behind."""
        steps: dict[Resource, Step] = {}
        for resource in self._before:
            if resource.delete and resource not in self._gone_early:
                steps[resource] = delete_step(resource, replacing=True)
            elif not resource.delete and not self._is_kept(resource):
                steps[resource] = _forget_step(resource)
        for resource in steps:
            self._deleted.add(resource.urn)
            await self._providers.load(resource)
        return [[steps[resource] for resource in wave] for wave in deletion_waves(steps, self._before)]

    def _is_kept(self, resource: Resource) -> bool:
        """Whether the program has the resource; one that it creates takes no resource of the state over."""
        return self._decided.get(self._names.current(resource.urn), Op.CREATE) is not Op.CREATE


def desired(urn: str, goal: Goal, old: Resource | None) -> Resource:
    """The resource as the program wants it, before the provider has been asked."""
    return Resource(
        urn=urn,
        custom=goal.custom,
        type=goal.type,
        inputs=dict(goal.properties),
        parent=goal.parent,
        protect=bool(goal.protect),
        dependencies=list(goal.dependencies),
        provider=goal.provider,
        property_dependencies={key: list(urns) for key, urns in goal.property_dependencies.items()},
        additional_secret_outputs=list(goal.additional_secret_outputs),
        aliases=[old.urn] if old is not None and old.urn != urn else [],
        custom_timeouts=dict(goal.custom_timeouts),
        retain_on_delete=bool(goal.retain_on_delete),
        deleted_with=goal.deleted_with,
        created=old.created if old else "",
        modified=old.modified if old else "",
        ignore_changes=list(goal.ignore_changes),
        replace_on_changes=list(goal.replace_on_changes),
    )


def _forget_step(resource: Resource) -> Step:
    if resource.pending_replacement:
        return Step(Op.REMOVE_PENDING_REPLACE, old=resource)
    return delete_step(resource)
