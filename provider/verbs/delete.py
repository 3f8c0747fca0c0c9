"""Delete: until it is gone; what is gone already is what was wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from provider.session import WorkflowError

if TYPE_CHECKING:
    from provider.kind import Kind
    from provider.session import Session


def delete(kind: Kind, resource_id: str, props: Mapping[str, Any], session: Session) -> None:
    """Delete a resource and wait until it is gone; a kind without a delete workflow leaves nothing to do.

    Raises:
        ProviderError: It could not be deleted, or not in time.
    """
    workflow = kind.workflows.get("delete")
    if workflow is None:
        return
    try:
        session.run(workflow, kind.keys({**props, kind.id_property: resource_id}), judged=False)
    except WorkflowError as error:
        if not error.not_found:
            raise
