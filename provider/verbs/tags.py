"""Tags of one resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..kinds.properties import tags_to_list, tags_to_map
from .session import WorkflowError

if TYPE_CHECKING:
    from ..kinds.kind import Kind, Tags
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


def tag_inputs(spelling: Tags, arn: Any, tags: Mapping[str, str]) -> dict[str, Any]:
    """Return the inputs of the workflow that puts tags on."""
    return {spelling.arn: arn, spelling.tags: tags_to_list(tags) if spelling.listed else dict(tags)}
