"""A server for ``runners``: a HealthImaging that holds any number of stores, each ACTIVE at its last look.

``python -m benchmarks._store LOOKS`` prints its address and serves until it is stopped. It signs for nothing
and waits for nothing, so that what is measured is the client.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Store(BaseHTTPRequestHandler):
    """``POST /datastore`` and ``GET /datastore/{id}``, as in the service's model."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # an answer is one packet
    looks = 0
    left: dict[str, int] = {}  # noqa: RUF012 - of the one server in this process

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        store = f"{len(self.left):032x}"
        self.left[store] = self.looks
        self._answer({"datastoreId": store, "datastoreStatus": "CREATING"})

    def do_GET(self) -> None:
        store = self.path.rpartition("/")[2]
        self.left[store] -= 1
        status = "CREATING" if self.left[store] else "ACTIVE"
        properties = {"datastoreId": store, "datastoreStatus": status, "datastoreArn": "arn:aws:x"}
        self._answer({"datastoreProperties": {**properties, "datastoreName": "scans"}})

    def _answer(self, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


def main() -> None:
    Store.looks = int(sys.argv[1])
    with ThreadingHTTPServer(("127.0.0.1", 0), Store) as server:
        server.daemon_threads = True
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
