"""How a call fails: one line for the user, and a created resource kept in the state as not yet initialised.

Source: the engine reads a ``google.rpc.Status`` from the trailing metadata ``grpc-status-details-bin``; its
message takes the place of the host's traceback, and an ``ErrorResourceInitFailed`` among its details
(``provider.proto``) keeps the resource's id and outputs, so that the next ``up`` calls ``update``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import grpc
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2

from ...engine.failures import HUGE, TRAILER, grpc_status
from ...errors import ProviderError
from . import internals


class RefusedError(ProviderError):
    """A call failed and left nothing behind."""


class InitializationFailedError(ProviderError):
    """A resource exists, and is not finished.

    Attributes:
        id: The resource's id.
        outputs: Its outputs so far.
        reasons: What went wrong, a line each.
        inputs: The inputs to store with it, if they changed (read only).
    """

    def __init__(
        self,
        id: str,  # noqa: A002 - Pulumi's name for it
        outputs: Mapping[str, Any],
        reasons: Sequence[str],
        inputs: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(
            "; ".join(reasons), hint=f"the resource exists with the id {id}, which the state may not know"
        )
        self.id = id
        self.outputs = dict(outputs)
        self.reasons = tuple(reasons)
        self.inputs = None if inputs is None else dict(inputs)


def refuse(servicing: internals.Servicing, message: str) -> None:
    """Make ``message`` all that the user sees of this call's failure.

    Raises:
        MissingPartError: The context takes no trailing metadata, or the SDK lacks the messages.
    """
    _attach(servicing, grpc_status(message))


def keep(servicing: internals.Servicing, error: InitializationFailedError) -> None:
    """Make the failure of this call keep the resource.

    Raises:
        MissingPartError: As ``refuse``, or ``__provider`` is not in the request.
    """
    provider = internals.provider_property(servicing.request)
    outputs, reasons = _struct_or_nothing(_carried(error.outputs), error.reasons)
    outputs.fields[internals.PROVIDER_KEY].CopyFrom(provider)
    detail = provider_pb2.ErrorResourceInitFailed(id=error.id, properties=outputs, reasons=reasons)
    if error.inputs is not None:
        detail.inputs.CopyFrom(_struct(error.inputs))
        detail.inputs.fields[internals.PROVIDER_KEY].CopyFrom(provider)
    failed = grpc_status("; ".join(reasons))
    failed.details.add().Pack(detail)
    _attach(servicing, failed)


def check_failing(servicing: internals.Servicing) -> None:
    """Check that both ways to fail are there.

    Raises:
        MissingPartError: One is not.
    """
    if not hasattr(provider_pb2, "ErrorResourceInitFailed"):
        raise internals.MissingPartError("the SDK has no ErrorResourceInitFailed")
    grpc_status("")
    _setter(servicing.context)
    internals.provider_property(servicing.request)


def _struct_or_nothing(outputs: Mapping[str, Any], reasons: Sequence[str]) -> tuple[Any, list[str]]:
    try:
        return _struct(outputs), list(reasons)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the outputs, the id must not be lost
        return _struct({}), [*reasons, f"its outputs could not be stored: {error}"]


def _carried(outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs that the trailing metadata carries: what is huge is read again by the next run."""
    return {name: value for name, value in outputs.items() if len(repr(value)) <= HUGE}


def _struct(properties: Mapping[str, Any]) -> Any:
    """Serialise properties as the host does for an answer."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(rpc.serialize_properties(dict(properties), {}))
    finally:
        loop.close()


def _attach(servicing: internals.Servicing, failed: Any) -> None:
    _setter(servicing.context)(((TRAILER, failed.SerializeToString()),))


def _setter(context: grpc.ServicerContext) -> Any:
    setter = getattr(context, "set_trailing_metadata", None)
    if not callable(setter):
        raise internals.MissingPartError("the call's context takes no trailing metadata")
    return setter
