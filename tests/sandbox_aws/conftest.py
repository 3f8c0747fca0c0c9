"""An account whose time stands still until a test moves it, and boto3 clients that try once."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from sandbox.aws import ManualClock, Sandbox, serve
from tests.sandbox_aws.answers import check_answer

Refusal = tuple[int, str]
Connect = Callable[..., Any]

ONE_ATTEMPT = Config(retries={"total_max_attempts": 1}, inject_host_prefix=False, max_pool_connections=100)


@pytest.fixture
def cloud() -> Iterator[Sandbox]:
    with serve(clock=ManualClock(float(int(time.time())))) as sandbox:  # boto3 sends times in whole seconds
        yield sandbox


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """A session whose clients check every answer against the operation's model."""
    session = boto3.Session()
    session.events.register("after-call", check_answer)
    return session


@pytest.fixture
def connect(cloud: Sandbox, session: boto3.Session) -> Connect:
    def client(service: str, config: Config = ONE_ATTEMPT, **credentials: str) -> Any:
        given = {
            "aws_access_key_id": cloud.env["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": cloud.env["AWS_SECRET_ACCESS_KEY"],
            "region_name": "us-east-1",
            **credentials,
        }
        return session.client(service, endpoint_url=cloud.url, config=config, **given)

    return client


@pytest.fixture
def imaging(connect: Connect) -> Any:
    return connect("medical-imaging")


@pytest.fixture
def lake(connect: Connect) -> Any:
    return connect("healthlake")


@pytest.fixture
def refused() -> Callable[..., Refusal]:
    """Call an operation that has to be refused; return its HTTP status and error code."""

    def call(operation: Callable[..., Any], /, **parameters: Any) -> Refusal:
        with pytest.raises(ClientError) as caught:
            operation(**parameters)
        answer = caught.value.response
        return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]

    return call


@pytest.fixture
def imaging_store(cloud: Sandbox) -> str:
    return cloud.add_store("medical-imaging", {"datastoreName": "images"})


@pytest.fixture
def lake_store(cloud: Sandbox) -> str:
    return cloud.add_store("healthlake", {"DatastoreTypeVersion": "R4", "DatastoreName": "records"})


@dataclass(frozen=True)
class RawAnswer:
    status: int
    headers: dict[str, str]
    body: Any


@pytest.fixture
def send(cloud: Sandbox) -> Iterator[Callable[..., RawAnswer]]:
    """Send one HTTP request as it is, signed unless told otherwise; all go over one connection."""
    connection = http.client.HTTPConnection(cloud.url.removeprefix("http://"), timeout=10)

    def request(
        method: str,
        path: str,
        body: str = "",
        headers: Mapping[str, str] | None = None,
        *,
        service: str = "medical-imaging",
        sign: bool = True,
        change: Callable[[dict[str, str]], None] = lambda _headers: None,
    ) -> RawAnswer:
        signed = AWSRequest(method, f"{cloud.url}{path}", dict(headers or {}), body.encode())
        if sign:
            keys = Credentials(cloud.env["AWS_ACCESS_KEY_ID"], cloud.env["AWS_SECRET_ACCESS_KEY"])
            SigV4Auth(keys, service, "us-east-1").add_auth(signed)
        sent = dict(signed.headers.items())
        change(sent)
        connection.request(method, path, body.encode(), sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        return RawAnswer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, json.loads(text))

    yield request
    connection.close()


@pytest.fixture
def send_lake(send: Callable[..., RawAnswer]) -> Callable[..., RawAnswer]:
    """Send one JSON 1.0 request to HealthLake, as ``send`` does."""

    def request(operation: str, body: Any, **how: Any) -> RawAnswer:
        text = body if isinstance(body, str) else json.dumps(body)
        headers = {
            "X-Amz-Target": f"HealthLake.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
            **how.pop("headers", {}),
        }
        return send("POST", "/", text, headers, **{"service": "healthlake", **how})

    return request
