"""Messages to the engine: live progress and warnings on a resource's own line.

Source: ``pulumirpc.Engine.Log`` (``pulumi/engine.proto``). An ephemeral message shows in the Status column
and is not kept; any other one stays under Diagnostics.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Callable
from typing import Any, Final, Literal

from .failures import cut

Severity = Literal["DEBUG", "INFO", "WARNING", "ERROR"]

_SECONDS_PER_MESSAGE: Final = 5.0
_LOGGER = logging.getLogger("pulumi_health.engine")


class NoEngineError(Exception):
    """The engine cannot be spoken to; the message says why."""


class EngineLog:
    """Sends messages over one channel, which is made at the first one. Sending never fails the sender.

    Without an engine, messages go to the logger ``pulumi_health.engine``, which prints warnings on stderr.

    Args:
        address: Returns the engine's ``host:port``, or None where there is no engine; raises NoEngineError
            where there is one and its address cannot be found.
    """

    def __init__(self, address: Callable[[], str | None]) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._stub: Any = None
        self._complained = False

    def address(self) -> str | None:
        """Return where the engine is, or None where there is none; raises NoEngineError as the class says."""
        return self._address()

    def attach(self, address: str) -> None:
        """Speak to the engine at another address (``host:port``) from now on."""
        with self._lock:
            self._address, self._stub = lambda: address, None

    def send(self, severity: Severity, urn: str, message: str, *, ephemeral: bool = False) -> None:
        """Show a message on a resource's line, or on the stack's where ``urn`` is empty; cut where long."""
        message = cut(message)
        try:
            if self._engine() is None:
                _LOGGER.log(logging.getLevelNamesMapping()[severity], "%s", message)
                return
            self._log(severity, urn, message, ephemeral=ephemeral)
        except Exception as error:  # noqa: BLE001 - whatever keeps a message from being shown must not stop the work
            self._complain(error, severity, message)

    def reachable(self) -> None:
        """Check that the engine can be spoken to.

        Raises:
            NoEngineError: There is no address, or the SDK has no stub for the engine.
        """
        if self._engine() is None:
            raise NoEngineError("there is no engine")

    def _log(self, severity: Severity, urn: str, message: str, *, ephemeral: bool) -> None:
        from pulumi.runtime.proto import engine_pb2  # noqa: PLC0415 - as in _connect

        request = engine_pb2.LogRequest(
            severity=engine_pb2.LogSeverity.Value(severity), urn=urn, message=message, ephemeral=ephemeral
        )
        self._engine().Log(request, timeout=_SECONDS_PER_MESSAGE)

    def _engine(self) -> Any:
        """Return the engine's stub, or None where there is no engine."""
        with self._lock:
            if self._stub is None:
                address = self._address()
                self._stub = None if address is None else _connect(address)
            return self._stub

    def _complain(self, error: Exception, severity: Severity, message: str) -> None:
        with self._lock:
            first, self._complained = not self._complained, True
        if first:
            _LOGGER.warning("progress cannot be shown, the engine takes no messages: %s", _one_line(error))
        if severity in ("WARNING", "ERROR"):
            _LOGGER.warning("%s", message)


def _connect(address: str) -> Any:
    import grpc  # noqa: PLC0415 - the plugin starts quicker without
    from pulumi.runtime.proto import engine_pb2_grpc  # noqa: PLC0415

    # The engine is on this machine: a proxy in the environment is not meant for it.
    channel = grpc.insecure_channel(address, options=(("grpc.enable_http_proxy", 0),))
    atexit.register(channel.close)
    stub = engine_pb2_grpc.EngineStub(channel)
    if not callable(getattr(stub, "Log", None)):
        raise NoEngineError("the engine's stub has no Log")
    return stub


def _one_line(error: Exception) -> str:
    details = getattr(error, "details", None)
    return str(details() if callable(details) else error).replace("\n", " ")
