"""Asks AWS: every question is a workflow that makes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ...arazzo import run
from ...arazzo.runner import Patience
from ...documents.loading import load_once
from ...kinds.parts import Workflow
from ...kinds.tagging import Listed
from ...timing.clock import SYSTEM_CLOCK, chance
from ...verbs.account_guard import IDENTIFY
from ...verbs.session import WorkflowError

if TYPE_CHECKING:
    from ...arazzo import Caller
    from ...kinds.row import Row
    from .permissions import Question

_DOCUMENT: Final = Path(__file__).parent / "permissions.arazzo.yaml"
_SIMULATE: Final = Workflow(_DOCUMENT, "simulate-permissions")
_FIND_ROLE: Final = Workflow(_DOCUMENT, "find-role")
_PATIENCE: Final = Patience(stranger=1.0, known=1.0)
"""Whoever asks how things stand wants to know at once."""


class Questions:
    """What is asked of AWS; every answer that is a refusal raises WorkflowError, none raises NoAnswerError.

    Args:
        caller: Sends the requests.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def identity(self) -> tuple[str, str]:
        """Return the ARN of who calls, and the account."""
        outputs = self._run("the caller", IDENTIFY, {})
        return str(outputs["arn"]), str(outputs["account"])

    def stores(self, kind: Row) -> Iterator[Listed]:
        """Yield the stores of a kind in the region, as the service lists them."""
        page: dict[str, Any] = {}
        listing = kind.tags.listing if kind.tags else None
        while listing is not None:
            outputs = self._run(kind.label, kind.workflows["list"], page)
            yield from filter(None, map(listing.read, outputs.get(listing.output) or ()))
            following = outputs.get("nextToken")
            if not following:
                return
            page = {"nextToken": following, "NextToken": following}

    def decisions(self, principal: str, question: Question) -> list[Mapping[str, Any]]:
        """Return what IAM decides on some actions."""
        outputs = self._run("the permissions", _SIMULATE, question.inputs(principal))
        return list(outputs.get("decisions") or ())

    def role(self, name: str) -> str:
        """Return the ARN of a role, with its path."""
        return str(self._run("the role", _FIND_ROLE, {"role": name})["arn"])

    def _run(self, label: str, workflow: Workflow, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        document = load_once(workflow.document)
        result = run(
            document,
            workflow.workflow_id,
            inputs,
            caller=self._caller,
            clock=SYSTEM_CLOCK,
            random=chance,
            patience=_PATIENCE,
        )
        if result.failure is not None:
            raise WorkflowError(result.failure, label=label, document=document)
        return result.outputs
