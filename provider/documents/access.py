"""What running documents needs in IAM beside the actions that they call, as a service's rows say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

EVERYTHING: Final = "*"
KEYS: Final = "arn:aws:kms:*:*:key/*"
FUNCTIONS: Final = "arn:aws:lambda:*:*:function:*"

KEY_USE: Final = ("kms:DescribeKey", "kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt")
"""What a service does with a key of the caller's own, in the caller's name."""


@dataclass(frozen=True, slots=True)
class Through:
    """What a service does in the caller's name with what a member names.

    Attributes:
        actions: The actions.
        resource: What they are on.
        operations: The operations that do it; empty for all that have the member.
    """

    actions: tuple[str, ...]
    resource: str
    operations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Access:
    """What IAM has to know of a service.

    Attributes:
        prefix: IAM's prefix of the service.
        arn: The ARNs of its resources.
        on_nothing: The operations that act on none that exists, so that IAM takes no resource for them.
        beside: The actions of other services that an operation needs, on everything.
        members: What is done with what a member names, by the member.
    """

    prefix: str
    arn: str = EVERYTHING
    on_nothing: frozenset[str] = frozenset()
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    members: Mapping[str, Through] = field(default_factory=dict)

    def resource(self, operation: str) -> str:
        """Return what an operation acts on."""
        return EVERYTHING if operation in self.on_nothing else self.arn

    def more(self, operation: str, members: AbstractSet[str]) -> Iterator[tuple[str, str]]:
        """Yield the actions that a call needs beside its own, each with the resource it is on.

        Args:
            operation: The operation's name.
            members: The names of all members, at any depth, that the call may send.
        """
        for action in self.beside.get(operation, ()):
            yield action, EVERYTHING
        for member in sorted(members & self.members.keys()):
            through = self.members[member]
            if not through.operations or operation in through.operations:
                yield from ((action, through.resource) for action in through.actions)
