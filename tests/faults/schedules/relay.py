"""The proxy on a port: what boto3 in other processes sends to the sandbox goes through it."""

from __future__ import annotations

import contextlib
import http.client
import socket
import struct
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs, urlsplit

from sandbox.aws.gateway import Outcome
from sandbox.aws.wire import Answer
from tests.faults.schedules.proxy import Proxy

_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
_OWN_LENGTH: Final = frozenset({"content-length", "transfer-encoding", "connection", "date", "server"})
_REST: Final = {
    ("POST", "datastore"): ("CreateDatastore", "CreateDatastore"),
    ("GET", "datastore"): ("ListDatastores", "GetDatastore"),
    ("DELETE", "datastore"): ("DeleteDatastore", "DeleteDatastore"),
    ("GET", "tags"): ("ListTagsForResource", "ListTagsForResource"),
    ("POST", "tags"): ("TagResource", "TagResource"),
    ("DELETE", "tags"): ("UntagResource", "UntagResource"),
}
"""By method and the path's first part: the operation without and with an id."""


def operation_of(method: str, path: str, target: str, body: bytes) -> str:
    """Return the name of the operation that a request asks for, or an empty text."""
    if target:
        return target.rpartition(".")[2]
    parts = [part for part in urlsplit(path).path.split("/") if part]
    if not parts:
        return parse_qs(body.decode(errors="replace")).get("Action", [""])[0]
    return _REST.get((method, parts[0]), ("", ""))[len(parts) > 1]


class _Handler(BaseHTTPRequestHandler):
    """Passes on one request after the other."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def _relay(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        target = self.headers.get("X-Amz-Target") or ""
        operation = operation_of(self.command, self.path, target, body)
        with contextlib.suppress(ConnectionError):  # who asked is gone
            self._answer(self.server.proxy.carry(operation, lambda: self._forwarded(body)))

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = _relay  # noqa: N815 - http.server's names

    def _forwarded(self, body: bytes) -> Outcome:
        place = urlsplit(self.server.target)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            headers = {key: value for key, value in response.getheaders() if key.lower() not in _OWN_LENGTH}
            return Outcome(Answer(response.status, response.read(), headers))
        except (http.client.HTTPException, OSError):
            return Outcome(None)
        finally:
            connection.close()

    def _answer(self, outcome: Outcome) -> None:
        if outcome.answer is None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.close_connection = True
            return
        self.send_response_only(outcome.answer.status)
        length = {"Content-Length": str(len(outcome.answer.body))}
        for name, value in {**outcome.answer.headers, **length}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(outcome.answer.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, target: str, proxy: Proxy) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = target
        self.proxy = proxy

    def shutdown_request(self, request: object) -> None:
        """Close a connection without the usual shutdown, so that a reset is one."""
        self.close_request(request)  # type: ignore[arg-type]  # a socket, as the base has it

    def handle_error(self, *_: object) -> None:
        """A client that is gone is none of the relay's."""


@contextlib.contextmanager
def relaying(target: str, proxy: Proxy) -> Iterator[str]:
    """Relay requests until the block ends; yields the URL to send them to."""
    server = _Server(target, proxy)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
