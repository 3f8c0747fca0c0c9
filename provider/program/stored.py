"""The program tells the provider that the engine has stored a resource: its claim may come off.

An engine answers RegisterResource only once it has written the state, so the program's process, where the
resource's outputs resolve then, is the first to know. The provider's host is another process; a call of one
of its functions goes there through the engine, and the program does not end before it is answered.
"""

from __future__ import annotations

from typing import Any

import pulumi

from ..dynamic.names import STORED
from ..kinds.hidden import CLAIMED


def tell_stored(resource: pulumi.CustomResource) -> None:
    """Tell the provider when a resource that may carry a claim has been stored; in a preview none is."""
    claimed = resource.__dict__.get(CLAIMED)
    if claimed is not None and not pulumi.runtime.is_dry_run():
        pulumi.Output.all(resource.urn, resource.id, claimed).apply(_tell)  # type: ignore[arg-type]  # a future of None is one


async def _tell(told: list[Any]) -> None:
    urn, resource_id, claimed = told
    if not claimed:
        return
    try:
        await pulumi.runtime.invoke_async(STORED, {"urn": urn, "id": resource_id})
    except Exception as error:  # noqa: BLE001 - the resource is as it should be; a later run takes the claim off
        pulumi.log.debug(f"the claim on {resource_id} stays on it for now: {error}")
