"""``pulumi-resource-aws-health-datastores``: the executable that the engine starts.

It prints the port that it listens on. It ends with the interrupt that follows the engine's Cancel, or as soon
as the engine has gone.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from ..engine.cancellation import ENGINE_GONE, INTERRUPTED, Cancellations
from ..engine.log import EngineLog
from . import protocol
from .version import version

if TYPE_CHECKING:
    import grpc

    from .servicer import Servicer

THREADS: Final = 256
"""Operations at a time; the engine starts four per core, or what ``--parallel`` says."""

SECONDS_TO_ANSWER: Final = 4.0
"""How long an interrupted plugin lets its calls answer; the engine kills it after 5."""

SECONDS_BETWEEN_LOOKS: Final = 0.5
MEGABYTE: Final = 1024 * 1024

_USAGE: Final = (
    "usage: pulumi-resource-aws-health-datastores [ENGINE_ADDRESS]; Pulumi starts it, people need not"
)


def main(arguments: list[str] | None = None) -> int:
    """Serve until the engine ends it; return the exit code."""
    parent = os.getppid()  # first of all: an engine may be killed at any moment
    given = sys.argv[1:] if arguments is None else arguments
    if {"-h", "--help"} & set(given):
        sys.stdout.write(f"{_USAGE}\n")
        return 0
    if {"-version", "--version"} & set(given):
        sys.stdout.write(f"{version()}\n")
        return 0
    address = given[-1] if given and ":" in given[-1] else None
    protocol.load_alone()
    from .servicer import Servicer  # noqa: PLC0415 - loads the protocol

    cancellations = Cancellations()
    stopped = threading.Event()
    for signalled in (signal.SIGINT, signal.SIGTERM):  # before the port is told: then the engine may end it
        signal.signal(signalled, lambda _signal, _frame: stopped.set())
    server = serve(Servicer(EngineLog(lambda: address), cancellations))
    threading.Thread(target=_watch, args=(parent, cancellations, stopped), daemon=True).start()
    stopped.wait()
    cancellations.cancel(INTERRUPTED)
    server.stop(SECONDS_TO_ANSWER).wait(SECONDS_TO_ANSWER)
    return 0


def serve(servicer: Servicer) -> grpc.Server:
    """Start to serve on a free port of this machine, and print the port."""
    import grpc  # noqa: PLC0415 - see main
    from pulumi.runtime.proto import provider_pb2_grpc  # noqa: PLC0415

    size = 400 * MEGABYTE  # the engine's own limit
    server = grpc.server(
        ThreadPoolExecutor(max_workers=THREADS),
        options=[("grpc.max_receive_message_length", size), ("grpc.max_send_message_length", size)],
    )
    register: Any = provider_pb2_grpc.add_ResourceProviderServicer_to_server
    register(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    return server


def _watch(parent: int, cancellations: Cancellations, stopped: threading.Event) -> None:
    """End the process where its parent, the engine, has gone: nobody else would."""
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    cancellations.cancel(ENGINE_GONE)
    stopped.set()


if __name__ == "__main__":
    sys.exit(main())
