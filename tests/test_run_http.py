"""``python -m provider run --http``: a real server, descriptions of each version, and what is not sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from provider.cli.main import main

DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "servers": [{"url": "{scheme}://127.0.0.1:1/v1", "variables": {"scheme": {"default": "http"}}}],
    "security": [{"key": []}],
    "paths": {
        "/orders/{id}": {
            "parameters": [{"$ref": "parts.yaml#/id"}],
            "get": {
                "operationId": "getOrder",
                "parameters": [
                    {"name": "tags", "in": "query", "style": "pipeDelimited", "explode": False},
                    {"name": "filter", "in": "query", "style": "deepObject", "explode": True},
                    {"name": "X-Ids", "in": "header"},
                ],
            },
        },
        "/orders": {
            "post": {
                "operationId": "createOrder",
                "requestBody": {"content": {"application/x-www-form-urlencoded": {}}},
                "security": [],
            }
        },
        "/busy": {"get": {"operationId": "busy", "security": [{"basic": []}, {}]}},
    },
    "components": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "query", "name": "api_key"},
            "basic": {"type": "http", "scheme": "basic"},
        }
    },
}

DOCUMENT = """\
arazzo: 1.0.1
info: {title: Shop, version: '1'}
sourceDescriptions: [{name: shop, url: shop.json, type: openapi}]
workflows:
- workflowId: order
  inputs: {type: object, required: [what], properties: {what: {type: string}, password: {type: string}}}
  steps:
  - stepId: create
    operationId: createOrder
    requestBody: {payload: {what: $inputs.what, many: [1, 2], secret: $inputs.password}}
    successCriteria: [{condition: $statusCode == 201}]
    outputs: {id: $response.body#/id, place: $response.header.Location}
  - stepId: look
    operationPath: '{$sourceDescriptions.shop.url}#/paths/~1orders~1{id}/get'
    parameters:
    - {name: id, in: path, value: $steps.create.outputs.id}
    - {name: tags, in: query, value: [a b, c]}
    - {name: filter, in: query, value: {state: new}}
    - {name: X-Ids, in: header, value: [1, 2]}
    successCriteria:
    - {condition: $statusCode == 200}
    - {context: $response.body, type: jsonpath, condition: '$[?@.path]'}
    outputs: {seen: $response.body}
  outputs: {id: $steps.create.outputs.id, place: $steps.create.outputs.place, seen: $steps.look.outputs.seen}
"""


class Shop(BaseHTTPRequestHandler):
    """Answers what it was asked."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        kind = self.headers["Content-Type"]
        self.answer(201, {"id": "a/1", "path": self.path, "body": body, "kind": kind}, Location="/orders/a")

    def do_GET(self) -> None:
        self.answer(
            200,
            [{"path": self.path, "ids": self.headers.get("X-Ids"), "team": self.headers.get("X-Team")}],
        )

    def answer(self, status: int, body: object, **headers: str) -> None:
        self.server.asked.append((self.command, self.path, body))  # type: ignore[attr-defined]
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        server.asked = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def document(tmp_path: Path) -> Path:
    (tmp_path / "shop.json").write_text(json.dumps(DESCRIPTION))
    (tmp_path / "parts.yaml").write_text("id: {name: id, in: path, required: true, schema: {type: string}}\n")
    path = tmp_path / "shop.arazzo.yaml"
    path.write_text(DOCUMENT)
    return path


def at(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}/v1"


def run(document: Path, *arguments: str) -> int:
    return main(["run", str(document), "--http", "--input", "what=tea & cake", *arguments])


@pytest.mark.parametrize("version", ["3.0.3", "3.1.1", "3.2.0"])
def test_a_workflow_runs_against_an_http_api(
    version: str,
    document: Path,
    server: ThreadingHTTPServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    document.with_name("shop.json").write_text(json.dumps({**DESCRIPTION, "openapi": version}))
    monkeypatch.setenv("ARAZZO_SHOP_KEY", "s3cr3t")
    assert run(document, "--server", f"shop={at(server)}", "--header", "X-Team: scans") == 0
    outputs = json.loads(capsys.readouterr().out)
    assert outputs["id"] == "a/1"
    assert outputs["place"] == "/orders/a"
    path = "/v1/orders/a%2F1?tags=a%20b|c&filter[state]=new&api_key=s3cr3t"
    assert outputs["seen"] == [{"path": path, "ids": "1,2", "team": "scans"}]
    [(_, _, created), _] = server.asked  # type: ignore[attr-defined]
    assert created["body"] == "what=tea+%26+cake&many=1&many=2"
    assert created["kind"] == "application/x-www-form-urlencoded"


def test_what_may_have_been_done_is_not_sent_again(
    document: Path, server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Shop, "do_POST", lambda shop: shop.answer(500, {"error": "out of paper"}))
    assert run(document, "--server", f"shop={at(server)}", "--timeout", "5") == 1
    assert [method for method, *_ in server.asked] == ["POST"]  # type: ignore[attr-defined]


def test_without_credentials_nothing_is_sent_to_an_operation_that_asks_for_them(
    document: Path, server: ThreadingHTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(document, "--server", f"shop={at(server)}") == 1
    assert "asks for credentials" in (told := capsys.readouterr().err)
    assert "set ARAZZO_SHOP_KEY" in told
    assert [method for method, *_ in server.asked] == ["POST"]  # type: ignore[attr-defined]


def test_a_dry_run_tells_the_requests_and_sends_none(
    document: Path, server: ThreadingHTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(document, "--server", f"shop={at(server)}", "--dry-run") == 0
    create, look = json.loads(capsys.readouterr().out)
    assert (create["method"], create["url"]) == ("POST", f"{at(server)}/orders")
    assert create["body"] == {"what": "tea & cake", "many": [1, 2]}  # the password is not given
    assert look["path"] == {"id": "$steps.create.outputs.id"}
    assert server.asked == []  # type: ignore[attr-defined]


def test_a_trace_has_requests_answers_and_criteria_without_secrets(
    document: Path, server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ARAZZO_SHOP_KEY", "s3cr3t")
    file = tmp_path / "trace.jsonl"
    options = ("--server", f"shop={at(server)}", "--input", "password=open-sesame", "--trace", str(file))
    assert run(document, *options) == 0
    text = file.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert "open-sesame" not in text
    assert "s3cr3t" not in text
    assert [line["event"] for line in lines if line["event"] in ("request", "answer")] == [
        "request",
        "answer",
    ] * 2
    assert lines[-1]["event"] == "finished"
    told = [(line["condition"], line["holds"]) for line in lines if line["event"] == "criterion"]
    assert told == [("$statusCode == 201", True), ("$statusCode == 200", True), ("$[?@.path]", True)]


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"url: shop.json": "url: none.json"}, (), "there is no OpenAPI description none.json"),
        ({"url: shop.json": "url: https://example.com/a.json"}, (), "add --fetch to fetch it"),
        ({"createOrder": "makeOrder"}, (), "shop.json has no operation makeOrder"),
        ({}, ("--server", "shop"), "--server shop has no value"),
        ({}, ("--header", "X-A"), "--header X-A has no value"),
    ],
)
def test_what_cannot_be_called_is_refused_before_anything_is_sent(
    change: dict[str, str],
    options: tuple[str, ...],
    message: str,
    document: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = DOCUMENT
    for old, new in change.items():
        text = text.replace(old, new)
    document.write_text(text)
    assert run(document, *options) == 2
    assert message in capsys.readouterr().err


def test_a_remote_description_is_fetched_only_when_asked_for(
    document: Path, server: ThreadingHTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"{at(server)}/shop.json"
    document.write_text(DOCUMENT.replace("url: shop.json", f"url: {url}"))
    assert run(document) == 2
    assert server.asked == []  # type: ignore[attr-defined]
    assert run(document, "--fetch") == 2  # what is there is no description
    assert [path for _, path, _ in server.asked] == ["/v1/shop.json"]  # type: ignore[attr-defined]
    assert "has no operation createOrder" in capsys.readouterr().err


def test_nobody_pays_for_http_who_does_not_ask_for_it() -> None:
    import subprocess  # noqa: PLC0415 - here alone
    import sys  # noqa: PLC0415 - here alone

    script = "import sys; from provider.cli.main import main; main(['run', '--help'])\n"
    script += "print(sorted({'httpx', 'uritemplate', 'referencing', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"
