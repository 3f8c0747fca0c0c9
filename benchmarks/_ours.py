"""The process that ``runners`` compares: a seed run to its end without pause, over HTTP.

``python -m benchmarks._ours DOCUMENT ADDRESS plain|signed`` prints the outputs: plain as a library over the
standard HTTP client, signed as the provider does it, through botocore.
"""

from __future__ import annotations

import json
import sys
from http.client import HTTPConnection
from pathlib import Path

from provider.arazzo import Caller, Operation, Request, Response, load, run
from provider.arazzo.protocol import MISSING

INPUTS = {"datastoreName": "scans", "clientToken": "token"}
WAYS = {"CreateDatastore": ("POST", "/datastore"), "GetDatastore": ("GET", "/datastore/{datastoreId}")}


class NoWait:
    """A clock that does not wait."""

    def now(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        del seconds


class Plain:
    """Calls the two operations over one connection, unsigned."""

    def __init__(self, address: str) -> None:
        self._connection = HTTPConnection(address.removeprefix("http://"))

    def call(self, operation: Operation, request: Request) -> Response:
        method, path = WAYS[operation.operation_id or ""]
        body = None if request.body is MISSING else json.dumps(request.body)
        headers = {"Content-Type": request.content_type} if request.content_type else {}
        self._connection.request(method, path.format_map(request.path), body, headers)
        answer = self._connection.getresponse()
        return Response(answer.status, dict(answer.headers), json.loads(answer.read()))


def signed(address: str) -> Caller:
    from provider.aws.caller import AwsCaller  # noqa: PLC0415 - not for the plain way
    from provider.aws.settings import Settings  # noqa: PLC0415 - not for the plain way

    return AwsCaller(Settings(region="us-east-1", endpoint_url=address))


def main(document: str, address: str, way: str) -> None:
    caller = Plain(address) if way == "plain" else signed(address)
    result = run(load(Path(document)), inputs=INPUTS, caller=caller, clock=NoWait(), strict_polls=True)
    print(json.dumps({**result.outputs, "polls": result.polls}))


if __name__ == "__main__":
    main(*sys.argv[1:])
