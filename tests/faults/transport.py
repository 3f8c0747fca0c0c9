"""boto3's own client, whose requests reach an emulated account in this process without a socket."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from moto.core.request import Request
from werkzeug.test import EnvironBuilder

from provider.aws import clients
from provider.aws.caller import AwsCaller
from sandbox.aws import Control
from sandbox.aws.commands import Commands
from sandbox.aws.gateway import Cloud

if TYPE_CHECKING:
    from provider.arazzo import Caller
    from provider.aws.settings import Settings
    from sandbox.aws.gateway import Outcome

Falsify = Callable[[str, bytes], tuple[int, bytes] | None]
Carry = Callable[[str, Callable[[], "Outcome"]], "Outcome"]

URL = "http://sandbox.invalid"


class Wire:
    """Carries requests to whichever account is there at the moment."""

    cloud: Cloud
    falsify: Falsify = staticmethod(lambda _operation, _answer: None)
    """Given the operation and its true answer, returns what arrives instead: status and body, or None."""

    carry: Carry = staticmethod(lambda _operation, forward: forward())
    """Given the operation and what carries it out, returns what comes of it."""

    def client(self, service: str, settings: Settings) -> Any:
        """Make boto3's client; its requests are caught just before they would be sent."""
        client = clients.make_client(service, settings)
        client.meta.events.register("before-send", self._send)
        return client

    def caller(self, settings: Settings) -> Caller:
        return AwsCaller(settings, make_client=self._make)

    def __init__(self) -> None:
        self._make = self.client

    def _send(self, request: Any, event_name: str = "", **_: Any) -> AWSResponse:
        body = request.body or b""
        data = body.encode() if isinstance(body, str) else bytes(body)
        parts = urlsplit(request.url)
        environ = EnvironBuilder(
            base_url=f"{parts.scheme}://{parts.netloc}",
            path=parts.path or "/",
            query_string=parts.query,
            method=request.method,
            headers=[(name, _text(value)) for name, value in request.headers.items()],
            data=data,
        ).get_environ()
        operation = event_name.rpartition(".")[2]
        outcome = self.carry(operation, lambda: self.cloud.handle(Request(environ), data))
        if outcome.answer is None:
            error = ReadTimeoutError if outcome.fault == "hang" else ConnectionClosedError
            raise error(endpoint_url=request.url)
        falsified = self.falsify(operation, outcome.answer.body)
        status, content = falsified or (outcome.answer.status, outcome.answer.body)
        return AWSResponse(request.url, status, dict(outcome.answer.headers), _Raw(content))


class Desk(Control):
    """The control endpoint's commands without HTTP."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(URL)
        self._commands = Commands(cloud)
        self._lock = threading.Lock()

    def _run(self, command: str, **arguments: Any) -> Any:
        import json  # noqa: PLC0415

        with self._lock:
            return json.loads(json.dumps(self._commands.run(command, json.dumps(arguments).encode())))


class _Raw(io.BytesIO):
    """A body as urllib3 gives it."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
