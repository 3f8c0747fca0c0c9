"""A server that answers an API's operations by the examples of its OpenAPI description, or as told."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from provider.openapi.descriptions import ApiDescription, Route
from provider.openapi.references import resolved

DEPTH = 8
"""How deep schemas are followed for an example."""


@dataclass(frozen=True)
class Answer:
    """What an operation is answered with, in the place of its description's example."""

    method: str
    path: str
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class MockApi(ThreadingHTTPServer):
    """Serves descriptions; ``asked`` has the requests that it got, ``unknown`` those that it knows not."""

    def __init__(self, descriptions: Sequence[ApiDescription], told: Sequence[Answer] = ()) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.descriptions = descriptions
        self.told = told
        self.asked: list[str] = []
        self.unknown: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, method: str, path: str) -> Answer:
        self.asked.append(f"{method} {path}")
        for told in self.told:
            if told.method == method and _matches(told.path, path):
                return told
        routes = [(each, route) for each in self.descriptions for route in each.routes]
        # a path without placeholders goes first (OpenAPI, Paths Object)
        for description, route in sorted(routes, key=lambda each: each[1].path.count("{")):
            if route.method == method and _matches(route.path, path):
                return _example(description, route)
        self.unknown.append(f"{method} {path}")
        return Answer(method, path, 404, {"error": "there is no such path"})


@contextmanager
def serving(descriptions: Sequence[ApiDescription], told: Sequence[Answer] = ()) -> Iterator[MockApi]:
    with MockApi(descriptions, told) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    server: MockApi

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.server.answer(self.command, self.path.partition("?")[0])
        is_json = not isinstance(answer.body, str)
        content = json.dumps(answer.body, default=str) if is_json else answer.body
        content = b"" if answer.body is None else content.encode()
        kind = "application/json" if is_json else "text/plain"
        self.send_response(answer.status)
        for name, value in {"Content-Type": kind, **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - http.server's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _matches(template: str, path: str) -> bool:
    pattern = "[^/]+".join(re.escape(part) for part in re.split(r"\{[^}]*\}", template))
    return re.fullmatch(pattern, path) is not None


def _example(description: ApiDescription, route: Route) -> Answer:
    """Return the first answer that a description calls a success."""
    responses: Any = route.operation.get("responses") or {}
    status = min((str(each) for each in responses if str(each).startswith("2")), default="200")
    response: Any = resolved(description, responses.get(status) or responses.get(int(status))) or {}
    content = response.get("content") or {}
    media: Any = next(iter(content.values()), None)
    body = None if media is None else _of_media(description, media)
    return Answer(route.method, route.path, int(status.replace("XX", "00")), body)


def _of_media(description: ApiDescription, media: Any) -> Any:
    if "example" in media:
        return media["example"]
    for each in (media.get("examples") or {}).values():
        found: Any = resolved(description, each)
        return found.get("value")
    return _of_schema(description, media.get("schema"), 0)


def _of_schema(description: ApiDescription, schema: Any, depth: int) -> Any:
    """Return a value that fits a schema: its example, its default, or one that is made up."""
    said = schema if isinstance(schema, dict) else {}
    found: Any = resolved(description, schema) or {}
    found = {**found, **{name: each for name, each in said.items() if name != "$ref"}}
    given = [found[each] for each in ("example", "default", "const") if each in found]
    given += [each for keyword in ("examples", "enum") for each in found.get(keyword) or ()]
    if given or depth > DEPTH:
        return given[0] if given else None
    return _made_up(description, found, depth + 1)


def _made_up(description: ApiDescription, schema: Mapping[str, Any], depth: int) -> Any:
    for keyword in ("oneOf", "anyOf"):
        if schema.get(keyword):
            return _of_schema(description, schema[keyword][0], depth)
    parts = [_of_schema(description, each, depth) for each in schema.get("allOf") or ()]
    parts.append(
        {
            name: _of_schema(description, each, depth)
            for name, each in (schema.get("properties") or {}).items()
        }
    )
    if schema.get("type") == "array":
        return [_of_schema(description, schema.get("items"), depth)]
    plain = {"integer": 1, "number": 1, "boolean": True, "string": "text"}.get(str(schema.get("type")))
    return plain or {name: each for part in parts if isinstance(part, dict) for name, each in part.items()}
