"""``python -m provider run``: what traces, dry runs and progress show of secrets."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from provider.cli.main import main

PATIENT = "doe-jane-1951"
BORN = "19510203"

SCANS = """\
arazzo: 1.0.1
info: {title: Scans, version: '1'}
sourceDescriptions: [{name: medical-imaging, url: imaging.yaml, type: openapi}]
workflows:
- workflowId: search
  inputs: {type: object, properties: {who: {type: string}}}
  steps:
  - stepId: search
    operationId: SearchImageSets
    parameters: [{name: datastoreId, in: path, value: 0123456789abcdef0123456789abcdef}]
    requestBody:
      payload:
        searchCriteria: {filters: [{values: [{DICOMPatientId: $inputs.who}], operator: EQUAL}]}
    successCriteria:
    - condition: $statusCode == 200
    - context: $response.body#/imageSetsMetadataSummaries/0/DICOMTags/DICOMPatientId
      type: regex
      condition: ^.
    outputs:
      born: $response.body#/imageSetsMetadataSummaries/0/DICOMTags/DICOMPatientBirthDate
      set: $response.body#/imageSetsMetadataSummaries/0/imageSetId
  outputs: {born: $steps.search.outputs.born}
"""
FOUND = {
    "imageSetsMetadataSummaries": [
        {
            "imageSetId": "fedcba9876543210fedcba9876543210",
            "DICOMTags": {"DICOMPatientId": PATIENT, "DICOMPatientBirthDate": BORN},
        }
    ]
}

SHOP: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "security": [{"basic": [], "seal": []}],
    "paths": {"/orders": {"post": {"operationId": "order", "requestBody": {"$ref": "#/components/x"}}}},
    "components": {
        "x": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/order"}}}},
        "schemas": {"order": {"properties": {"pin": {"type": "string", "format": "password"}}}},
        "securitySchemes": {
            "basic": {"type": "http", "scheme": "basic"},
            "seal": {"type": "apiKey", "in": "header", "name": "X-Seal"},
        },
    },
}

ORDER = """\
arazzo: 1.0.1
info: {title: Shop, version: '1'}
sourceDescriptions: [{name: shop, url: shop.json, type: openapi}]
workflows:
- workflowId: order
  inputs: {type: object, properties: {number: {type: string}}}
  steps:
  - stepId: order
    operationId: order
    requestBody: {contentType: application/json, payload: {what: tea, pin: $inputs.number}}
    successCriteria: [{condition: $statusCode == 200}]
    outputs: {echo: $response.body#/headers}
  outputs: {echo: $steps.order.outputs.echo}
"""


class Service(BaseHTTPRequestHandler):
    """Answers a search for image sets; whatever else it is asked, it answers with the request."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append(body)  # type: ignore[attr-defined]
        echo = {"headers": "; ".join(f"{name}: {each}" for name, each in self.headers.items()), "body": body}
        content = json.dumps(FOUND if self.path.endswith("/searchImageSets") else echo).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        server.asked = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def at(service: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{service.server_port}"


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    surroundings = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    return subprocess.run(
        [sys.executable, "-m", "provider", "run", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **surroundings, **variables},
        cwd=Path(__file__).parents[1],
    )


def lines(trace: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in trace.read_text().splitlines()]


@pytest.fixture
def search(tmp_path: Path, service: ThreadingHTTPServer) -> tuple[str, ...]:
    (document := tmp_path / "scans.arazzo.yaml").write_text(SCANS)
    return (str(document), "--input", f"who={PATIENT}", "--endpoint-url", at(service))


def test_a_trace_over_aws_hides_what_the_service_calls_sensitive(
    search: tuple[str, ...], service: ThreadingHTTPServer, tmp_path: Path
) -> None:
    trace = tmp_path / "trace.jsonl"
    done = run(*search, "--trace", str(trace))
    assert done.returncode == 0, done.stderr
    assert PATIENT in service.asked[0]  # type: ignore[attr-defined]
    assert json.loads(done.stdout) == {"born": BORN}  # what was asked for
    for shown in (trace.read_text(), done.stderr):
        assert PATIENT not in shown
        assert BORN not in shown
    [sent] = [line["request"]["body"] for line in lines(trace) if line["event"] == "request"]
    assert sent["searchCriteria"]["filters"][0]["values"] == [{"DICOMPatientId": "[secret]"}]
    told = [line["holds"] for line in lines(trace) if line["event"] == "criterion"]
    assert told == [True, True]
    assert "set fedcba98" in done.stderr


def test_a_dry_run_over_aws_hides_what_the_service_calls_sensitive(
    search: tuple[str, ...], service: ThreadingHTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *search, "--dry-run"]) == 0
    out, err = capsys.readouterr()
    [told] = json.loads(out)
    assert (told["method"], told["url"]) == (
        "POST",
        "medical-imaging:/datastore/{datastoreId}/searchImageSets",
    )
    assert told["body"]["searchCriteria"]["filters"][0]["values"] == [{"DICOMPatientId": "[secret]"}]
    assert PATIENT not in out + err
    assert service.asked == []  # type: ignore[attr-defined]


SECRETS: Mapping[str, str] = {
    "given by hand": "Bearer of-good-news",
    "of basic authentication": "rose:garden-gate",
    "of an API key": "seal-of-the-king",
    "of the user's password": "garden-gate",
    "as basic authentication sends it": base64.b64encode(b"rose:garden-gate").decode(),
    "of format password": "four-two-four-two",
}


@pytest.fixture
def order(tmp_path: Path, service: ThreadingHTTPServer) -> tuple[str, ...]:
    (tmp_path / "shop.json").write_text(json.dumps(SHOP))
    (document := tmp_path / "shop.arazzo.yaml").write_text(ORDER)
    given = ("--header", f"X-News: {SECRETS['given by hand']}", "--header", "Accept: application/json")
    return (
        str(document),
        "--http",
        "--server",
        f"shop={at(service)}",
        "--input",
        f"number={SECRETS['of format password']}",
        *given,
    )


CREDENTIALS = {
    "ARAZZO_SHOP_BASIC": SECRETS["of basic authentication"],
    "ARAZZO_SHOP_SEAL": SECRETS["of an API key"],
}


def test_a_trace_over_http_hides_what_headers_and_security_send(
    order: tuple[str, ...], tmp_path: Path
) -> None:
    trace = tmp_path / "trace.jsonl"
    done = run(*order, "--trace", str(trace), **CREDENTIALS)
    assert done.returncode == 0, done.stderr
    echoed = json.loads(done.stdout)["echo"]  # the service got and echoed them all
    assert all(SECRETS[name] in echoed for name in ("given by hand", "of an API key"))
    assert SECRETS["as basic authentication sends it"] in echoed
    for shown in (trace.read_text(), done.stderr):
        assert {what: secret for what, secret in SECRETS.items() if secret in shown} == {}
    assert "of-good-news" not in trace.read_text()
    assert "application/json" in trace.read_text()


def test_a_dry_run_over_http_shows_the_headers_without_their_values(
    order: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    assert main(["run", *order, "--dry-run"]) == 0
    out = capsys.readouterr().out
    [told] = json.loads(out)
    assert told["header"] == {"X-News": "[secret]", "Accept": "application/json"}
    assert told["body"] == {"what": "tea", "pin": "[secret]"}
    assert {what: secret for what, secret in SECRETS.items() if secret in out} == {}
