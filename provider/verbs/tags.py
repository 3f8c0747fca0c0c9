"""Tags of one resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..kinds.properties import tags_to_map
from .ignored_tags import without
from .session import WorkflowError

if TYPE_CHECKING:
    from ..kinds.kind import Kind
    from .session import Session


def read_tags(kind: Kind, session: Session, name: str) -> dict[str, str]:
    """Return a store's tags; one that has gone meanwhile has none.

    Args:
        kind: What it is.
        session: The verb's session.
        name: What the tag workflows take it by.
    """
    if kind.tags is None:
        return {}
    try:
        result = session.run(kind.workflows["list-tags"], {kind.tags.input: name}, is_look=True)
    except WorkflowError as error:
        if error.not_found:
            return {}
        raise
    return shown_tags(result.outputs, session)


def shown_tags(outputs: Mapping[str, Any], session: Session) -> dict[str, str]:
    """Return the tags that a workflow has put out, without those of others."""
    return without(tags_to_map(outputs.get("tags")), session.ignored_tags)
