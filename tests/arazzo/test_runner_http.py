"""A caller over plain HTTP: the interpreter serves any API, by method and path, without AWS."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import yaml

from provider.arazzo import Document, load, run
from provider.arazzo.protocol import MISSING, Operation, Request, Response
from provider.errors import NoAnswerError
from tests.arazzo.worlds import VirtualClock

DOCUMENT = """
arazzo: 1.0.1
info: {title: A print job, version: "1"}
sourceDescriptions: [{name: printer, url: $URL, type: openapi}]
workflows:
- workflowId: print
  inputs: {type: object, required: [text], properties: {text: {type: string}}}
  steps:
  - stepId: submit
    operationPath: '{$sourceDescriptions.printer.url}#/paths/~1jobs/post'
    parameters: [{name: copies, in: query, value: 2}, {name: X-From, in: header, value: tests}]
    requestBody: {contentType: application/json, payload: {text: $inputs.text}}
    successCriteria: [{condition: $statusCode == 201}]
    outputs: {id: $response.body#/id}
  - stepId: watch
    operationPath: '{$sourceDescriptions.printer.url}#/paths/~1jobs~1{id}/get'
    parameters: [{name: id, in: path, value: $steps.submit.outputs.id}]
    onSuccess:
    - {name: done, type: end, criteria: [{condition: $response.body#/state == 'printed'}]}
    - {name: again, type: goto, stepId: watch, criteria: [{condition: $response.body#/state == 'printing'}]}
    outputs: {pages: $response.body#/pages, kind: $response.header.Content-Type}
  outputs: {pages: $steps.watch.outputs.pages, kind: $steps.watch.outputs.kind}
"""


class HttpCaller:
    """Sends requests to the API at an address."""

    def __init__(self, address: str) -> None:
        self._address = address

    def call(self, operation: Operation, request: Request) -> Response:
        path = operation.path or ""
        for name, value in request.path.items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        url = f"{self._address}{path}" + (f"?{urlencode(request.query)}" if request.query else "")
        body = None if request.body is MISSING else json.dumps(request.body).encode()
        method = (operation.method or "get").upper()
        asked = urllib.request.Request(url, body, {**request.header}, method=method)  # noqa: S310  # a test's
        try:
            with urllib.request.urlopen(asked, timeout=5) as answer:  # noqa: S310  # own server
                return _response(answer, url, method)
        except urllib.error.HTTPError as error:
            return _response(error, url, method)
        except OSError as error:
            raise NoAnswerError(f"no answer from {self._address}", reason=str(error)) from error


def _response(answer: Any, url: str, method: str) -> Response:
    return Response(answer.status, dict(answer.headers), json.loads(answer.read() or "null"), url, method)


class Printer(BaseHTTPRequestHandler):
    """Prints a page with each look; its second answer is that it is out of paper for a moment."""

    server: PrintServer

    def do_POST(self) -> None:
        self.server.submitted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, self.headers["X-From"]))
        self._answer(201, {"id": "job/1"})

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers["X-From"]))
        looks = len(self.server.seen) - 1
        if looks == 2:
            self._answer(503, {"error": "out of paper"})
        else:
            self._answer(200, {"state": "printed" if looks > 3 else "printing", "pages": looks})

    def _answer(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


class PrintServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Printer)
        self.seen: list[tuple[str, str | None]] = []
        self.submitted: Any = None


@contextmanager
def printing() -> Iterator[tuple[PrintServer, str]]:
    server = PrintServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def document(url: str) -> Document:
    return load(yaml.safe_dump(yaml.safe_load(DOCUMENT.replace("$URL", url)), sort_keys=False))


def test_a_workflow_of_any_api_runs_over_plain_http() -> None:
    with printing() as (server, url):
        clock = VirtualClock()
        result = run(document(url), inputs={"text": "hello"}, caller=HttpCaller(url), clock=clock)
    assert result.succeeded, result.failure
    assert result.outputs == {"pages": 4, "kind": "application/json"}
    assert server.submitted == {"text": "hello"}
    assert server.seen[0] == ("/jobs?copies=2", "tests")
    assert {path for path, _ in server.seen[1:]} == {"/jobs/job%2F1"}
    assert len(clock.slept) == 3  # two polls, and one resend after the 503


def test_a_server_that_is_gone_is_told_by_its_callers_words() -> None:
    with printing() as (_, url):
        loaded = document(url)
    with pytest.raises(NoAnswerError, match=f"no answer from {url}"):
        run(loaded, inputs={"text": "hello"}, caller=HttpCaller(url), clock=VirtualClock())
