"""Lists that come in pages: one workflow run a page, until there is no next one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from ..errors import LimitError

if TYPE_CHECKING:
    from ..kinds.parts import Workflow
    from .session import Session

MOST: Final = 1_000
"""Pages after which a service that never ends its list is given up."""


def listed(
    workflow: Workflow, output: str, session: Session, inputs: Mapping[str, Any] | None = None
) -> Iterator[Mapping[str, Any]]:
    """Yield the items of a list.

    Args:
        workflow: Lists one page; takes ``nextToken`` (or ``NextToken``) and puts out ``nextToken``.
        output: Its output with the items.
        session: The verb's session.
        inputs: Its other inputs.

    Raises:
        LimitError: The list does not end.
    """
    page: dict[str, Any] = dict(inputs or {})
    seen: set[Any] = set()
    for _ in range(MOST):
        outputs = session.run(workflow, page, is_look=True).outputs
        yield from outputs.get(output) or ()
        following = outputs.get("nextToken")
        if not following:
            return
        if following in seen:
            break
        seen.add(following)
        page |= {"nextToken": following, "NextToken": following}
    raise LimitError(f"the list of {workflow.workflow_id} does not end", hint="run again later")
