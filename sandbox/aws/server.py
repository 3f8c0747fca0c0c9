"""HTTP: one port, a thread per connection, keep-alive, and connections that can be broken on purpose."""

from __future__ import annotations

import contextlib
import io
import ipaddress
import json
import socket
import struct
import threading
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from moto.core.request import Request
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from ..errors import AddressError, CommandError
from .commands import Commands
from .gateway import Cloud
from .wire import Answer

CONTROL_PREFIX: Final = "/_sandbox"
BACKLOG: Final = 1024
MAX_BODY: Final = 64 * 1024 * 1024
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


class _Handler(WSGIRequestHandler):
    """Reads a request, has it carried out, answers; werkzeug's own handler closes after each one."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: HealthServer

    def run_wsgi(self) -> None:
        """Serve one request on this connection."""
        length = self.headers.get("Content-Length") or "0"
        if not (length.isascii() and length.isdigit() and int(length) <= MAX_BODY):
            self.close_connection = True
            self._send(
                _refused(f"the Content-Length {length[:40]!r} is not a number of bytes up to {MAX_BODY}")
            )
            return
        body = self.rfile.read(int(length))
        if urlsplit(self.path).path.startswith(f"{CONTROL_PREFIX}/"):
            self._send(self._strange() or self.server.command(self.path, body))
            return
        environ = self.make_environ() | {"wsgi.input": io.BytesIO(body)}
        outcome = self.server.cloud.handle(Request(environ), body)
        if outcome.delay:
            self.server.stopping.wait(outcome.delay)
        if outcome.answer is None:
            self._reset()
        else:
            self._send(outcome.answer)

    def _strange(self) -> Answer | None:
        """Refuse orders of a web page: it names its origin, or comes here by a host name of its own."""
        host, origin = self.headers.get("Host") or "", self.headers.get("Origin")
        with contextlib.suppress(ValueError):
            name = urlsplit(f"//{host}").hostname or ""
            if origin is None and (name in {"localhost", self.server.host} or _is_address(name)):
                return None
        return _refused(
            f"orders are taken from this machine's programs only, not for host {host[:80]!r}"
            f" and origin {(origin or '')[:80]!r}",
            HTTPStatus.FORBIDDEN,
        )

    def finish(self) -> None:
        """Close the connection; what is left to send to a client that has gone is not sent."""
        with contextlib.suppress(ConnectionError):
            super().finish()

    def _send(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()

    def _reset(self) -> None:
        """Break the connection: the close that follows sends RST, not FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.close_connection = True


def _refused(reason: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> Answer:
    return Answer(status, json.dumps({"error": reason}).encode(), {"Content-Type": "application/json"})


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class HealthServer(ThreadedWSGIServer):
    """Listens for the requests to one emulated account."""

    daemon_threads = True

    def __init__(self, cloud: Cloud, host: str, port: int) -> None:
        """Listen at once; ``url`` is valid from then on.

        Raises:
            AddressError: The address cannot be had.
        """
        self.cloud = cloud
        self.stopping = threading.Event()
        self._commands = Commands(cloud)
        self._connections: set[socket.socket] = set()
        try:
            listener = socket.create_server((host, port), backlog=BACKLOG)
        except OSError as error:
            raise AddressError(f"cannot listen on {host}:{port}: {error.strerror}") from error
        with listener:
            super().__init__(host, port, lambda _environ, _start: [], _Handler, fd=listener.fileno())

    @property
    def url(self) -> str:
        """Where it listens, as an endpoint URL."""
        return f"http://{self.host}:{self.port}"

    def command(self, path: str, body: bytes) -> Answer:
        """Carry out a command of the control endpoint."""
        name = urlsplit(path).path.removeprefix(f"{CONTROL_PREFIX}/")
        try:
            result: Any = {"result": self._commands.run(name, body)}
            status = HTTPStatus.OK
        except CommandError as error:
            result, status = {"error": str(error)}, HTTPStatus.BAD_REQUEST
        return Answer(status, json.dumps(result).encode(), {"Content-Type": "application/json"})

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that stopping can end it."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection; without the usual shutdown, so that a reset is one."""
        self._connections.discard(request)
        self.close_request(request)

    def stop(self) -> None:
        """Stop listening and end every connection."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):  # closed by its own thread meanwhile
                connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def listening(cloud: Cloud, host: str = "127.0.0.1", port: int = 0) -> Iterator[HealthServer]:
    """Serve an account from a thread of its own until the block ends.

    Raises:
        AddressError: The address cannot be had.
    """
    server = HealthServer(cloud, host, port)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="sandbox-aws", daemon=True
    )
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()
