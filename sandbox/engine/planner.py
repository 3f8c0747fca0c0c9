"""Decides the steps: what the program wants is compared with the state, with the provider's help."""

from __future__ import annotations

import copy
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from sandbox.engine import paths
from sandbox.engine.errors import PlanError, UnsupportedError
from sandbox.engine.goal import DYNAMIC_PACKAGE
from sandbox.engine.graph import deletion_waves, dependents
from sandbox.engine.host import Diff
from sandbox.engine.state import Resource
from sandbox.engine.steps import Op, Step, delete_step, replace_steps
from sandbox.engine.urn import make_urn, name_of, package_of, qualified_type, type_of
from sandbox.engine.values import UNKNOWN, masked, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.engine.goal import Goal
    from sandbox.engine.host import CheckFailure, Provider
    from sandbox.engine.project import Project
    from sandbox.engine.registry import ProviderRegistry
    from sandbox.engine.state import Snapshot
    from sandbox.engine.values import Properties

INIT_ERROR = "#initerror"


class Reporter(Protocol):
    """Takes what the user is to be told while steps are decided."""

    def error(self, message: str, urn: str = "") -> None:
        """Show an error."""

    def info(self, message: str, urn: str = "") -> None:
        """Show a note."""


class Planner:
    """Decides the steps of one run. Not for concurrent use: one registration is decided after the other.

    Args:
        project: The project and stack.
        snapshot: The state as it is before the first step.
        host: Manages dynamic resources.
        registry: Manages the default provider.
        dry_run: Whether this is a preview: unknowns pass, and protection is shown and gone past.
    """

    def __init__(
        self,
        project: Project,
        snapshot: Snapshot,
        host: Provider,
        registry: ProviderRegistry,
        reporter: Reporter,
        *,
        dry_run: bool,
    ) -> None:
        self._project = project
        self._host = host
        self._registry = registry
        self._reporter = reporter
        self._dry_run = dry_run
        self._before = list(snapshot)
        self._olds = {resource.urn: resource for resource in self._before if not resource.delete}
        self._seen: set[str] = set()
        self._decided: dict[str, Op] = {}
        self._deleted: set[str] = set()
        self._gone_early: set[Resource] = set()
        self._new_name: dict[str, str] = {}
        self._old_name: dict[str, str] = {}

    def provider_of(self, resource: Resource) -> Provider | None:
        """Who manages a resource; None for components."""
        if not resource.custom:
            return None
        if package_of(resource.type) == DYNAMIC_PACKAGE:
            return self._host
        if resource.is_provider and name_of_package(resource.type) == DYNAMIC_PACKAGE:
            return self._registry
        raise UnsupportedError(f"the package of {resource.urn}")

    async def load_provider(self, resource: Resource) -> None:
        """Make sure that a resource of the state can be managed though the program does not speak of it."""
        provider = self._olds.get(resource.provider_urn)
        if provider is not None and self.provider_of(provider) is self._registry:
            await self._registry.load(provider)

    def urn(self, goal: Goal) -> str:
        """The goal's URN.

        Raises:
            PlanError: Another resource of the program has it.
        """
        urn = make_urn(self._project.stack, self._project.name, goal.parent, goal.type, goal.name)
        if urn in self._seen:
            raise PlanError(f"Duplicate resource URN '{urn}'; try giving it a unique name", urn)
        self._seen.add(urn)
        return urn

    async def plan_read(self, goal: Goal) -> list[Step]:
        """The steps for a resource that is read and not managed."""
        urn = self.urn(goal)
        old = self._find_old(urn, goal)
        new = _desired(urn, goal, old)
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
            PlanError: It is invalid or protected; shown already.
        """
        urn = self.urn(goal)
        old = self._find_old(urn, goal)
        new = _desired(urn, goal, old)
        provider = self.provider_of(new)
        recreating = urn in self._deleted
        seed = secrets.token_bytes(32)
        owned = old if old is not None and not old.external and not recreating else None
        await self._check(goal, new, owned, seed, provider)
        if recreating and old is not None:
            return self._recreate(old, new)
        if old is None:
            self._decided[urn] = Op.CREATE
            return [Step(Op.CREATE, new=new)]
        if old.external:
            self._decided[urn] = Op.CREATE
            return replace_steps(old, new, before_delete=True)
        diff = await self._diff(goal, old, new, provider)
        return await self._plan_change(goal, old, new, diff, seed, provider)

    def _recreate(self, old: Resource, new: Resource) -> list[Step]:
        """What was deleted early, because something that it depends on was, comes back."""
        self._deleted.discard(new.urn)
        self._decided[new.urn] = Op.REPLACE
        return replace_steps(old, new, before_delete=False)

    async def _plan_change(
        self, goal: Goal, old: Resource, new: Resource, diff: Diff, seed: bytes, provider: Provider | None
    ) -> list[Step]:
        changed = diff.changes or old.pending_replacement
        if changed and (diff.replaces or old.pending_replacement):
            return await self._replace(goal, old, new, diff, seed, provider)
        self._decided[new.urn] = Op.UPDATE if changed or old.init_errors else Op.SAME
        return [Step(self._decided[new.urn], old=old, new=new)]

    async def _replace(
        self, goal: Goal, old: Resource, new: Resource, diff: Diff, seed: bytes, provider: Provider | None
    ) -> list[Step]:
        if new.protect and old.protect:
            self._refuse_replacement(new.urn)
        self._decided[new.urn] = Op.REPLACE
        await self._check(goal, new, None, seed, provider)
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

    def _refuse_replacement(self, urn: str) -> None:
        message = (
            f'unable to replace resource "{urn}"\nas it is currently marked for protection. To unprotect the resource, '
            "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`"
        )
        self._reporter.error(message, urn)
        if not self._dry_run:
            raise PlanError(message, urn)

    async def _delete_dependents(self, root: Resource) -> list[Step]:
        """Delete early what cannot outlive a resource that is deleted before its replacement."""
        steps: list[Step] = []
        for resource in reversed(await self._dependent_replacements(root)):
            if resource in self._gone_early:
                continue
            if resource.protect and not resource.delete:
                message = (
                    f'unable to replace resource "{resource.urn}" as part of replacing "{root.urn}" as it is currently '
                    "marked for protection. To unprotect the resource, remove the `protect` flag from the resource in "
                    "your Pulumi program and run `pulumi up`"
                )
                self._reporter.error(message, root.urn)
                raise PlanError(message, root.urn)
            steps.append(
                delete_step(resource, replacing=not resource.delete, is_first_half=not resource.delete)
            )
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
        return found + [resource for resource in self._before if resource.deleted_with == root.urn]

    async def _is_replaced_with(self, resource: Resource, replaced: set[str]) -> bool:
        if resource.provider_urn in replaced or resource.deleted_with in replaced:
            return True
        affected = {
            key for key, urns in resource.property_dependencies.items() if replaced.intersection(urns)
        }
        inputs = {key: UNKNOWN if key in affected else value for key, value in resource.inputs.items()}
        if inputs == resource.inputs:
            return False
        await self.load_provider(resource)
        diff = await self._provider_diff(resource, inputs, resource.ignore_changes)
        return bool(
            _with_replace_on_changes(diff, resource.replace_on_changes, has_init_errors=False).replaces
        )

    async def _check(
        self, goal: Goal, new: Resource, old: Resource | None, seed: bytes, provider: Provider | None
    ) -> None:
        """Fill in the new inputs: the goal's, with what is ignored put back, as the provider completes them."""
        new.inputs = copy.deepcopy(goal.properties)
        if old is not None:
            self._restore_ignored(goal, old, new)
        if provider is None:
            return
        new.inputs, failures = await provider.check(new.urn, old.inputs if old else {}, new.inputs, seed)
        for failure in failures:
            self._reporter.error(_failure_text(new, failure), new.urn)
        if failures:
            raise PlanError(f"resource {new.urn} is invalid", new.urn)

    def _restore_ignored(self, goal: Goal, old: Resource, new: Resource) -> None:
        lost = [
            path
            for path in goal.ignore_changes
            if not paths.reset(paths.parse_path(path), old.inputs, new.inputs)
        ]
        if lost:
            elements = ", ".join(lost)
            self._reporter.info(
                f'cannot ignore changes in added or removed elements of the path: "{elements}"', new.urn
            )

    async def _diff(self, goal: Goal, old: Resource, new: Resource, provider: Provider | None) -> Diff:
        if bool(old.provider) != bool(new.provider):
            return Diff(changes=True, replaces=["provider"])
        if new.deleted_with and self._decided.get(new.deleted_with) == Op.REPLACE:
            return Diff(changes=True, replaces=["deletedWith"])
        if provider is None:
            return Diff(changes=old.inputs != new.inputs)
        diff = await self._provider_diff(old, new.inputs, goal.ignore_changes, urn=new.urn)
        return _with_replace_on_changes(diff, goal.replace_on_changes, has_init_errors=bool(old.init_errors))

    async def would_change(self, resource: Resource, inputs: Properties) -> bool:
        """Whether an update of a resource with these inputs would find something to do."""
        return bool((await self._provider_diff(resource, inputs, resource.ignore_changes)).changes)

    async def _provider_diff(
        self, old: Resource, inputs: Properties, ignore_changes: Sequence[str], urn: str = ""
    ) -> Diff:
        """The provider's verdict; where it leaves it open, that of a comparison of the inputs."""
        provider = self.provider_of(old)
        if provider is None:
            raise AssertionError("components have no provider to ask")
        subject = copy.copy(old)
        subject.urn = urn or old.urn
        diff = await provider.diff(subject, inputs, ignore_changes)
        if diff.changes is not None:
            return diff
        before, after = plain(old.inputs), plain(inputs)
        changed = sorted(key for key in before | after if before.get(key) != after.get(key))
        return replace(diff, changes=bool(changed), changed=changed)

    def _find_old(self, urn: str, goal: Goal) -> Resource | None:
        """The state of the resource, under its name or an alias."""
        if urn in self._new_name:
            message = f"Duplicate resource URN '{urn}' conflicting with alias on resource with URN '{self._new_name[urn]}'"
            raise PlanError(message, urn)
        for name in (urn, *self._aliases(goal)):
            old = self._olds.get(name)
            if old is None:
                continue
            if name != urn:
                self._note_rename(name, urn)
            return old
        return None

    def _note_rename(self, old_name: str, urn: str) -> None:
        holder = self._new_name.get(old_name, urn if old_name in self._seen else "")
        if holder:
            message = (
                f"Duplicate resource alias '{old_name}' applied to resource with URN '{urn}' "
                f"conflicting with resource with URN '{holder}'"
            )
            raise PlanError(message, urn)
        self._new_name[old_name] = urn
        self._old_name[urn] = old_name

    def _aliases(self, goal: Goal) -> list[str]:
        """The URNs that the resource may have had: its own aliases, and those that a renamed parent brings."""
        own = [
            alias.resolve(goal, self._project.stack, self._project.name, self._old_name)
            for alias in goal.aliases
        ]
        former = self._old_name.get(goal.parent)
        if former is None:
            return own
        inherited = [self._inherited(goal, former, goal.type, goal.name)]
        inherited += [self._inherited(goal, former, type_of(alias), name_of(alias)) for alias in own]
        return own + inherited

    def _inherited(self, goal: Goal, former: str, type_: str, name: str) -> str:
        """A child's URN under its parent's former name; a name that starts with the parent's follows it."""
        parent_name = name_of(goal.parent)
        if name.startswith(parent_name):
            name = name_of(former) + name.removeprefix(parent_name)
        return f"urn:pulumi:{self._project.stack}::{self._project.name}::{qualified_type(former)}${type_}::{name}"

    async def plan_deletes(self) -> list[list[Step]]:
        """Waves of deletions: what the program no longer has, and what replacements left behind."""
        steps: dict[Resource, Step] = {}
        for resource in self._before:
            if resource.delete and resource not in self._gone_early:
                steps[resource] = delete_step(resource, replacing=True)
            elif not resource.delete and not self._is_decided(resource.urn):
                pending = resource.pending_replacement
                steps[resource] = (
                    Step(Op.REMOVE_PENDING_REPLACE, old=resource) if pending else delete_step(resource)
                )
            if resource in steps:
                self._deleted.add(resource.urn)
                await self.load_provider(resource)
        return [[steps[resource] for resource in wave] for wave in deletion_waves(steps, self._before)]

    def is_deleted(self, urn: str) -> bool:
        """Whether a resource is deleted in this run."""
        return urn in self._deleted

    def _is_decided(self, urn: str) -> bool:
        return self._decided.get(self._new_name.get(urn, urn), Op.CREATE) is not Op.CREATE


def name_of_package(provider_type: str) -> str:
    """The package in a provider's type."""
    return provider_type.rsplit(":", 1)[-1]


def _desired(urn: str, goal: Goal, old: Resource | None) -> Resource:
    return Resource(
        urn=urn,
        custom=goal.custom,
        type=goal.type,
        inputs=copy.deepcopy(goal.properties),
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
        source_position=goal.source_position,
        ignore_changes=list(goal.ignore_changes),
        replace_on_changes=list(goal.replace_on_changes),
    )


def _with_replace_on_changes(diff: Diff, replace_on_changes: Sequence[str], *, has_init_errors: bool) -> Diff:
    if not diff.changes and not has_init_errors:
        return diff
    triggers = [paths.parse_path(path) for path in replace_on_changes]
    hit = [key for key in diff.changed if any(paths.covers(path, paths.parse_path(key)) for path in triggers)]
    failed = has_init_errors and any(paths.covers(path, (INIT_ERROR,)) for path in triggers)
    replaces = [*diff.replaces, *hit, *([INIT_ERROR] if failed else [])]
    return replace(diff, changes=diff.changes or failed, replaces=replaces)


def _failure_text(new: Resource, failure: CheckFailure) -> str:
    subject = f"{new.type} resource '{name_of(new.urn)}'"
    if not failure.property:
        return f"{subject} has a problem: {failure.reason}"
    value = masked(new.inputs.get(failure.property))
    return f"{subject}: property {failure.property} value {{{value}}} has a problem: {failure.reason}"
