"""Which resource of the state a resource of the program is: by its URN, or by an alias that it once had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import PlanError
from .urn import child_urn, make_urn, name_of, type_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .goal import Goal
    from .project import Project
    from .state import Resource


class Names:
    """The URNs of one run.

    Args:
        project: The project and stack.
        olds: The state's resources by their URNs, those that only wait for their deletion left out.
    """

    def __init__(self, project: Project, olds: Mapping[str, Resource]) -> None:
        self._project = project
        self._olds = olds
        self._claimed: set[str] = set()
        self._renamed: dict[str, str] = {}
        self._former: dict[str, str] = {}

    def claim(self, goal: Goal) -> str:
        """The goal's URN.

        Raises:
            PlanError: Another resource of the program has it.
        """
        urn = make_urn(self._project.stack, self._project.name, goal.parent, goal.type, goal.name)
        if urn in self._claimed:
            raise PlanError(f"Duplicate resource URN '{urn}'; try giving it a unique name", urn)
        self._claimed.add(urn)
        return urn

    def find(self, urn: str, goal: Goal) -> Resource | None:
        """The state of the goal's resource, if there is one.

        Raises:
            PlanError: Two resources of the program lay claim to the same one of the state.
        """
        if urn in self._renamed:
            holder = self._renamed[urn]
            message = f"Duplicate resource URN '{urn}' conflicting with alias on resource with URN '{holder}'"
            raise PlanError(message, urn)
        name = next((name for name in (urn, *self._aliases(goal)) if name in self._olds), None)
        if name is None:
            return None
        if name != urn:
            self._rename(name, urn)
        return self._olds[name]

    def current(self, urn: str) -> str:
        """The URN that a resource of the state goes by in this run."""
        return self._renamed.get(urn, urn)

    def _rename(self, former: str, urn: str) -> None:
        holder = self._renamed.get(former, urn if former in self._claimed else "")
        if holder:
            raise PlanError(
                f"Duplicate resource alias '{former}' applied to resource with URN '{urn}' "
                f"conflicting with resource with URN '{holder}'",
                urn,
            )
        self._renamed[former] = urn
        self._former[urn] = former

    def _aliases(self, goal: Goal) -> list[str]:
        """The URNs that the resource may have had: its own aliases, and those of a renamed parent."""
        stack, project = self._project.stack, self._project.name
        own = [alias.resolve(goal, stack, project, self._former) for alias in goal.aliases]
        former_parent = self._former.get(goal.parent)
        if former_parent is None:
            return own
        kinds = [(goal.type, goal.name), *((type_of(alias), name_of(alias)) for alias in own)]
        return own + [self._inherited(goal, former_parent, type_, name) for type_, name in kinds]

    @staticmethod
    def _inherited(goal: Goal, former_parent: str, type_: str, name: str) -> str:
        """A child's URN under its parent's former name; a name that starts with the parent's follows it."""
        parent_name = name_of(goal.parent)
        if name.startswith(parent_name):
            name = name_of(former_parent) + name.removeprefix(parent_name)
        return child_urn(former_parent, type_, name)
