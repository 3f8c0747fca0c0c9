"""What came of a run: its steps and messages from the event log, its resources from the state."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.e2e.states import in_clear

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_STAGES = {"resourcePreEvent": "started", "resOutputsEvent": "done", "resOpFailedEvent": "failed"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of a run.

    Attributes:
        op: Pulumi's name of it: ``create``, ``same``, ``update``, ``replace``, ``create-replacement``,
            ``delete-replaced``, ``delete``, ``read``, ``refresh``, ...; once a refresh is done, what it found
            (``same``, ``update`` or ``delete``).
        urn: The resource.
        stage: ``started`` (in a preview: planned), ``done`` or ``failed``.
    """

    op: str
    urn: str
    stage: str

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rsplit("::", 1)[-1]


@dataclass(frozen=True, slots=True)
class Message:
    """A diagnostic; ``severity`` is ``info``, ``info#err``, ``warning`` or ``error``."""

    severity: str
    text: str
    urn: str = ""
    ephemeral: bool = False


@dataclass(slots=True)
class Events:
    """What an event log holds; both engines write the same kinds of records."""

    operations: list[Operation] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    changes: dict[str, int] = field(default_factory=dict)

    def take(self, record: Mapping[str, Any]) -> None:
        """Take one record in; those on the default provider and debugging messages are left out."""
        for kind, stage in _STAGES.items():
            metadata = record.get(kind, {}).get("metadata")
            if metadata and not metadata["type"].startswith("pulumi:providers:"):
                self.operations.append(Operation(metadata["op"], metadata["urn"], stage))
        if "summaryEvent" in record:
            self.changes = record["summaryEvent"]["resourceChanges"] or {}
        diagnostic = record.get("diagnosticEvent", {"severity": "debug"})
        if diagnostic["severity"] != "debug":
            text = diagnostic["message"].removesuffix("\n")
            urn, ephemeral = diagnostic.get("urn", ""), diagnostic.get("ephemeral", False)
            self.messages.append(Message(diagnostic["severity"], text, urn, ephemeral=ephemeral))


def read_events(path: Path) -> Events:
    """Read an event log, also one that is still being written."""
    events = Events()
    lines = path.read_text(errors="replace").splitlines(keepends=True) if path.exists() else []
    for line in lines:
        if line.endswith("\n"):
            events.take(json.loads(line))
    return events


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """What a run did.

    Attributes:
        operations: Every step, in order, without those of the default provider.
        changes: How many resources each operation was done on (in a preview: would be), from the summary.
        deployment: The ``deployment`` of the state file after the run; a secret is
            ``{signature, "plaintext": JSON}``.
    """

    exit_code: int
    stdout: str
    stderr: str
    operations: Sequence[Operation]
    messages: Sequence[Message]
    changes: Mapping[str, int]
    deployment: Mapping[str, Any]
    seconds: float

    @property
    def text(self) -> str:
        """All that was printed."""
        return self.stdout + self.stderr

    @property
    def resources(self) -> Sequence[Mapping[str, Any]]:
        """The resources of the state, the default provider left out."""
        found: Sequence[Mapping[str, Any]] = self.deployment.get("resources") or []
        return [resource for resource in found if not resource["type"].startswith("pulumi:providers:")]

    @property
    def pending_operations(self) -> Sequence[Mapping[str, Any]]:
        """The operations that the state holds as not ended."""
        return self.deployment.get("pending_operations") or []

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs in the state, secrets in clear."""
        stacks = [resource for resource in self.resources if resource["type"] == "pulumi:pulumi:Stack"]
        clear: Mapping[str, Any] = in_clear(stacks[0].get("outputs") or {}) if stacks else {}
        return clear

    def resource(self, name: str) -> Mapping[str, Any]:
        """The one resource of that name in the state; fails where there is none or are several."""
        (found,) = [resource for resource in self.resources if resource["urn"].rsplit("::", 1)[-1] == name]
        return found

    def names(self) -> Sequence[str]:
        """The names of the resources in the state, without the stack, in order."""
        urns = [resource["urn"] for resource in self.resources if resource["type"] != "pulumi:pulumi:Stack"]
        return [urn.rsplit("::", 1)[-1] for urn in urns]

    def steps(self, name: str, stage: str = "started") -> Sequence[str]:
        """The operations on the resource of that name, in order."""
        return [op.op for op in self.operations if op.name == name and op.stage == stage]

    def order(self, op: str, stage: str = "done") -> Sequence[str]:
        """The names of the resources that had that operation, in order."""
        return [
            operation.name for operation in self.operations if (operation.op, operation.stage) == (op, stage)
        ]

    def errors(self) -> Sequence[str]:
        """The strings of the errors shown."""
        return [message.text for message in self.messages if message.severity == "error"]

    def __repr__(self) -> str:
        """What a failing test needs to show."""
        return f"exit {self.exit_code} after {self.seconds:.1f}s\n{self.text}"
