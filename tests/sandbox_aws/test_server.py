from __future__ import annotations

import http.client
import socket
import struct
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sandbox.aws import Sandbox, serve
from sandbox.errors import AddressError


def test_sixty_four_connections_are_served_at_once(cloud: Sandbox, imaging: Any) -> None:
    cloud.settings(throttled=False)
    cloud.fault("ListDatastores", "delay", calls=None, seconds=0.3)
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda _: imaging.list_datastores(), range(64)))
    assert len(answers) == 64


def test_a_connection_is_kept_alive_over_requests_of_every_kind(
    send: Callable[..., Any], send_lake: Callable[..., Any]
) -> None:
    for _ in range(3):
        assert send("GET", "/datastore").status == 200
        assert send("GET", "/coffee").status == 404
        assert send_lake("ListFHIRDatastores", {}).status == 200


def test_creates_at_the_same_time_do_not_pass_the_quota_together(
    cloud: Sandbox, connect: Callable[..., Any]
) -> None:
    cloud.settings(throttled=False)
    imaging = connect("medical-imaging")

    def create(number: int) -> bool:
        try:
            imaging.create_datastore(datastoreName=f"s{number}")
        except imaging.exceptions.ServiceQuotaExceededException:
            return False
        return True

    with ThreadPoolExecutor(32) as pool:
        assert sum(pool.map(create, range(32))) == 10
    assert len(cloud.stores()) == 10


def test_stopping_ends_hanging_requests_and_leaves_no_thread() -> None:
    before = threading.enumerate()
    with serve() as sandbox:
        connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=10)
        sandbox.fault("*", "hang", seconds=60)
        connection.request("GET", "/datastore")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        connection.getresponse()
    connection.close()
    await_connections(before)
    assert {*threading.enumerate()} <= {*before}


def test_a_port_in_use_is_one_clear_error() -> None:
    with serve() as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        with pytest.raises(AddressError, match=rf"cannot listen on 127.0.0.1:{port}: ") as caught:
            serve(port=port).__enter__()
        assert "\n" not in str(caught.value)


def test_a_client_that_has_gone_leaves_nothing_to_read(capfd: pytest.CaptureFixture[str]) -> None:
    before = threading.enumerate()
    with serve() as sandbox:
        sandbox.fault("*", "delay", seconds=0.2)
        host, _, port = sandbox.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as gone:
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            gone.sendall(b"GET /datastore HTTP/1.1\r\nHost: sandbox\r\n\r\n")
            time.sleep(0.1)
        time.sleep(0.3)
    await_connections(before)
    assert capfd.readouterr().err == ""


def await_connections(before: Collection[threading.Thread]) -> None:
    for thread in threading.enumerate():
        if thread not in before and "process_request_thread" in thread.name:
            thread.join(10)
