"""How a call tells the engine that it failed: a ``google.rpc.Status`` in the call's trailing metadata.

Source: the engine reads the status from ``grpc-status-details-bin``; its message is what the user sees. An
``ErrorResourceInitFailed`` among its details (``provider.proto``) keeps the resource's id and outputs, so
that the next ``up`` calls ``update``.
"""

from __future__ import annotations

from typing import Any, Final

TRAILER: Final = "grpc-status-details-bin"
"""The key of the trailing metadata that carries the status."""

UNKNOWN: Final = 2
"""The status's code: ``grpc.StatusCode.UNKNOWN``."""


LONGEST: Final = 4_000
"""Characters of a message: gRPC refuses what makes its trailing metadata too large."""


HUGE: Final = 1_000_000
"""Characters of a single output: what is larger does not go into trailing metadata."""


def check_failure(path: str, reason: str, value: Any) -> tuple[str, str]:
    """Return the property that a failed check names, or an empty string, and what it says.

    Of a property that is named the engine prints the input of just that name: ``{<nil>}`` where there is
    none, as of a path into one, and Go's notation of an object. So only a plain value's property is named;
    elsewhere the message itself begins with the path.

    Args:
        path: The property's path, as the user writes it.
        reason: What is wrong there.
        value: The input of the whole path's name; None where there is none, or none that may be shown.
    """
    if isinstance(value, str | bool | int | float):
        return path, reason
    return "", f"{path}: {reason}"


def cut(message: str) -> str:
    """Return a message without its middle where it is longer than anybody reads, and than gRPC carries."""
    if len(message) <= LONGEST:
        return message
    half = LONGEST // 2
    return f"{message[:half]} [... {len(message) - 2 * half} characters ...] {message[-half:]}"


def grpc_status(message: str) -> Any:
    """Build a google.rpc.Status from whichever package brought it: two cannot be loaded into one process."""
    from google.protobuf import descriptor_pool, message_factory  # noqa: PLC0415

    pool = descriptor_pool.Default()
    try:
        descriptor = pool.FindMessageTypeByName("google.rpc.Status")
    except KeyError:
        from pulumi.runtime.proto import status_pb2  # noqa: PLC0415

        descriptor = status_pb2.Status.DESCRIPTOR
    return message_factory.GetMessageClass(descriptor)(code=UNKNOWN, message=cut(message))
