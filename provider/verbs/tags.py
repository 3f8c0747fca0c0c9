"""Tags of one resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..kinds.properties import tags_to_map
from .session import WorkflowError

if TYPE_CHECKING:
    from ..kinds.kind import Kind
    from .session import Session


def read_tags(kind: Kind, session: Session, arn: str) -> dict[str, str]:
    """Return a store's tags; one that has gone meanwhile has none."""
    if kind.tags is None:
        return {}
    try:
        result = session.run(kind.workflows["list-tags"], {kind.tags.arn: arn}, is_look=True)
    except WorkflowError as error:
        if error.not_found:
            return {}
        raise
    return tags_to_map(result.outputs.get("tags"))
