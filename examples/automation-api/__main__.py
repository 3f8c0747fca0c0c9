"""The stack inside a program of one's own, by Pulumi's Automation API, with the progress as callbacks.

    python examples/automation-api up | destroy

It needs the pulumi CLI on PATH, a backend (PULUMI_BACKEND_URL or `pulumi login`) and AWS credentials.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pulumi
from pulumi import automation
from pulumi.automation.events import EngineEvent

from provider import HealthImagingDatastore


def program() -> None:
    """Declare the resources, as a `__main__.py` would."""
    images = HealthImagingDatastore("images", tags={"made": "by the Automation API"})
    pulumi.export("imagesId", images.datastore_id)
    pulumi.export("imagesStatus", images.datastore_status)


def told(event: EngineEvent) -> None:
    """Take one event of the engine: what a user interface would show."""
    if event.diagnostic_event and event.diagnostic_event.ephemeral:
        name = event.diagnostic_event.urn.rpartition("::")[2] if event.diagnostic_event.urn else ""
        print(f"progress: {name}: {event.diagnostic_event.message.strip()}", flush=True)
    elif event.res_outputs_event:
        metadata = event.res_outputs_event.metadata
        print(f"done: {metadata.op.value} {metadata.urn.rpartition('::')[2]}", flush=True)


def main(command: str) -> None:
    """Bring the stack up, or destroy it."""
    # The engine starts the resources' provider with the interpreter that this names.
    os.environ.setdefault("PULUMI_PYTHON_CMD", sys.executable)
    stack = automation.create_or_select_stack(
        stack_name="dev",
        project_name="automation-api",
        program=program,
        opts=automation.LocalWorkspaceOptions(work_dir=str(Path.cwd())),
    )
    stack.set_config("aws:region", automation.ConfigValue(os.environ.get("AWS_REGION", "us-east-1")))
    if command == "destroy":
        stack.destroy(on_event=told)
        return
    outputs = stack.up(on_event=told).outputs
    print(f"imagesStatus: {outputs['imagesStatus'].value}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "up")
