"""The steps of a deployment: what they are called, and what each one does."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .state import Resource


class Op(StrEnum):
    """Pulumi's names of the steps."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REPLACE = "replace"
    CREATE_REPLACEMENT = "create-replacement"
    DELETE_REPLACED = "delete-replaced"
    READ = "read"
    READ_REPLACEMENT = "read-replacement"
    REFRESH = "refresh"
    DISCARD = "discard"
    DISCARD_REPLACED = "discard-replaced"
    REMOVE_PENDING_REPLACE = "remove-pending-replace"


DELETES = (Op.DELETE, Op.DELETE_REPLACED, Op.DISCARD, Op.DISCARD_REPLACED)
PENDING = {
    Op.CREATE: "creating",
    Op.CREATE_REPLACEMENT: "creating",
    Op.UPDATE: "updating",
    Op.READ: "reading",
    Op.READ_REPLACEMENT: "reading",
} | dict.fromkeys(DELETES, "deleting")
COUNTED = (Op.SAME, Op.CREATE, Op.UPDATE, Op.DELETE, Op.REPLACE, Op.READ, Op.DISCARD)


@dataclass(eq=False, slots=True)
class Step:
    """One step on one resource.

    Attributes:
        old: The state before, if there is one.
        new: The state after; filled in by the step.
        keys: The properties that force a replacement.
        marks_old: In a replacement: whether the old resource is deleted later (create before delete).
        is_first_half: In a replacement: whether this deletion comes before the creation.
        result: What a refresh found: same, update or delete.
    """

    op: Op
    old: Resource | None = None
    new: Resource | None = None
    keys: Sequence[str] = ()
    marks_old: bool = False
    is_first_half: bool = False
    result: Op | None = field(default=None)

    @property
    def resource(self) -> Resource:
        """The resource that the step is about: as it will be, else as it was."""
        found = self.new or self.old
        if found is None:
            raise AssertionError("a step without a resource")
        return found

    @property
    def urn(self) -> str:
        """The resource's URN."""
        return self.resource.urn

    def both(self) -> tuple[Resource, Resource]:
        """The states before and after, where the step has both."""
        if self.old is None or self.new is None:
            raise AssertionError(f"{self.op} needs an old and a new state")
        return self.old, self.new

    @property
    def is_internal(self) -> bool:
        """Whether the user is not bothered with it: the default provider's own steps."""
        return self.resource.is_provider


def delete_step(old: Resource, *, replacing: bool = False, is_first_half: bool = False) -> Step:
    """A deletion, under the name that fits what is deleted."""
    if old.external:
        op = Op.DISCARD_REPLACED if replacing else Op.DISCARD
    else:
        op = Op.DELETE_REPLACED if replacing else Op.DELETE
    return Step(op, old=old, is_first_half=is_first_half)


def replace_steps(
    old: Resource, new: Resource, keys: Sequence[str] = (), *, before_delete: bool
) -> list[Step]:
    """The creation of a replacement and the logical step that stands for the whole, in the engine's order."""
    create = Step(Op.CREATE_REPLACEMENT, old=old, new=new, keys=keys, marks_old=before_delete)
    logical = Step(Op.REPLACE, old=old, new=new, keys=keys)
    return [create, logical] if before_delete else [logical, create]
