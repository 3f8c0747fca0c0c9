"""Any workflow as a resource that programs declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import pulumi

from ..documents.fingerprints import fingerprint
from ..dynamic import providers
from .arguments import ConnectionArgs, TimeoutsArgs
from .declaration import HealthResource


class ArazzoWorkflow(HealthResource, module="health", name="ArazzoWorkflow"):
    """Anything that the workflows of an Arazzo document make, read, change and delete.

    Every workflow but ``create`` gets the inputs and, over them, the outputs so far, each by its name.

    Args:
        name: The resource's name in the program.
        document: The document's path, from the project's folder. A changed text counts as a change.
        create: The workflowId that makes the resource.
        inputs: That workflow's inputs. A change runs ``update``, or replaces where there is none.
        read: The workflowId that reads it on a refresh; its outputs take the place of those of ``create``.
        update: The workflowId that changes it in place.
        delete: The workflowId that deletes it; nothing is called where left out.
        id_output: The output that is the resource's id; one is made up where left out.
        replace_on: The inputs whose change replaces the resource, though there is ``update``.
        triggers: Any values; a change of them counts as a change.
        region: The stack's ``aws:region`` or AWS's own chain where left out. A change replaces.
        timeouts: Where ``custom_timeouts`` cannot be used: durations like ``40m`` for create, update, delete.
        connection: Another profile, role or endpoint than the stack's for this one resource.
        opts: Pulumi's resource options.

    Attributes:
        outputs: The workflows' outputs.
    """

    outputs: pulumi.Output[dict[str, Any]]
    inputs: pulumi.Output[dict[str, Any] | None]
    document_hash: pulumi.Output[str]
    region: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        document: str | PathLike[str],
        create: str,
        inputs: pulumi.Input[Mapping[str, Any]] | None = None,
        read: str | None = None,
        update: str | None = None,
        delete: str | None = None,
        id_output: str | None = None,
        triggers: pulumi.Input[Mapping[str, Any]] | None = None,
        region: pulumi.Input[str] | None = None,
        timeouts: TimeoutsArgs | None = None,
        connection: pulumi.Input[ConnectionArgs] | None = None,
        replace_on: Sequence[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "document": fspath(document),
            "document_hash": fingerprint(Path(document)),
            "create": create,
            "inputs": inputs,
            "read": read,
            "update": update,
            "delete": delete,
            "id_output": id_output,
            "replace_on": None if replace_on is None else list(replace_on),
            "triggers": triggers,
            "region": region,
            "timeouts": timeouts,
            "connection": connection,
        }
        super().__init__(providers.ArazzoWorkflow(), name, props, ("outputs",), opts)
