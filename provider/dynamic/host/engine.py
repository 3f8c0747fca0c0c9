"""Messages to the engine: live progress and warnings on a resource's own line.

Source: ``pulumirpc.Engine.Log`` (``pulumi/engine.proto``). An ephemeral message shows in the Status column
and is not kept; any other one stays under Diagnostics.
"""

from __future__ import annotations

import atexit
import logging
import threading
from typing import Any, Final, Literal

from . import internals

Severity = Literal["DEBUG", "INFO", "WARNING", "ERROR"]

_SECONDS_PER_MESSAGE: Final = 5.0
_LOGGER = logging.getLogger("provider.dynamic.host")


class EngineLog:
    """Sends messages over one channel, which is made at the first one. Sending never fails the sender.

    Without an engine, messages go to the logger ``provider.dynamic.host``, which prints warnings on stderr.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stub: Any = None
        self._complained = False

    def send(self, severity: Severity, urn: str, message: str, *, ephemeral: bool = False) -> None:
        """Show a message on the line of a resource, or on the stack's where ``urn`` is empty."""
        if not internals.in_stock_host():
            _LOGGER.log(logging.getLevelNamesMapping()[severity], "%s", message)
            return
        try:
            self._log(severity, urn, message, ephemeral=ephemeral)
        except Exception as error:  # noqa: BLE001 - whatever keeps a message from being shown must not stop the work
            self._complain(error, severity, message)

    def is_there(self) -> bool:
        """Whether the engine still takes messages; the one that asks shows only where it debugs."""
        import grpc  # noqa: PLC0415 - only in a host, where it is loaded already

        try:
            self._log("DEBUG", "", "the dynamic host asks whether the engine is still there", ephemeral=True)
        except (internals.MissingPartError, grpc.RpcError):
            return False
        return True

    def reachable(self) -> None:
        """Check that the engine can be spoken to.

        Raises:
            MissingPartError: There is no address, or the SDK has no stub for the engine.
        """
        self._engine()

    def _log(self, severity: Severity, urn: str, message: str, *, ephemeral: bool) -> None:
        from pulumi.runtime.proto import engine_pb2  # noqa: PLC0415 - only in a host, where it is loaded already

        request = engine_pb2.LogRequest(
            severity=engine_pb2.LogSeverity.Value(severity), urn=urn, message=message, ephemeral=ephemeral
        )
        self._engine().Log(request, timeout=_SECONDS_PER_MESSAGE)

    def _engine(self) -> Any:
        with self._lock:
            if self._stub is None:
                self._stub = _connect(internals.engine_address())
            return self._stub

    def _complain(self, error: Exception, severity: Severity, message: str) -> None:
        with self._lock:
            first, self._complained = not self._complained, True
        if first:
            _LOGGER.warning("progress cannot be shown, the engine takes no messages: %s", _one_line(error))
        if severity in ("WARNING", "ERROR"):
            _LOGGER.warning("%s", message)


def _connect(address: str) -> Any:
    import grpc  # noqa: PLC0415 - only in a host, where it is loaded already
    from pulumi.runtime.proto import engine_pb2_grpc  # noqa: PLC0415

    # The engine is on this machine: a proxy in the environment is not meant for it.
    channel = grpc.insecure_channel(address, options=(("grpc.enable_http_proxy", 0),))
    atexit.register(channel.close)
    stub = engine_pb2_grpc.EngineStub(channel)
    if not callable(getattr(stub, "Log", None)):
        raise internals.MissingPartError("the engine's stub has no Log")
    return stub


def _one_line(error: Exception) -> str:
    details = getattr(error, "details", None)
    return str(details() if callable(details) else error).replace("\n", " ")


ENGINE: Final = EngineLog()
