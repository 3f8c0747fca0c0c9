"""Where the stock dynamic host keeps what it does not pass on; the only module that looks into private parts.

Facts (``pulumi/dynamic/__main__.py``, ``grpc/_server.py``): a provider method is called straight from a gRPC
servicer's method, whose frame holds the locals ``request`` and ``context``; the main thread sleeps in
``main()``, whose frame holds the local ``server``. Every function here checks what it finds and raises
``MissingPartError`` with the reason where an SDK differs; what to do then is the caller's business.

Nothing is imported before it is needed: a Pulumi program's process imports this module too.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Iterator, MutableMapping, MutableSequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import FrameType, SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import grpc
    from google.protobuf.message import Message

CANCEL = "/pulumirpc.ResourceProvider/Cancel"
INVOKE = "/pulumirpc.ResourceProvider/Invoke"
PROVIDER_KEY = "__provider"

_MAX_FRAMES = 64
_REQUEST_PREFIX = "pulumirpc."
_STOCK_HOST = "pulumi.dynamic.__main__"
_ADDRESS = re.compile(r"[^\s:]+:\d+")
_PROPERTY_BAGS = ("properties", "news", "inputs", "olds")
_PROBE = SimpleNamespace(method="/pulumirpc.ResourceProvider/Create", invocation_metadata=())
_CLIENT_CANCELLED = "cancelled"


class MissingPartError(Exception):
    """Something private is not where it was; the message says what."""


@dataclass(frozen=True, slots=True)
class Servicing:
    """What a servicer's frame holds.

    Attributes:
        request: The protobuf request (``pulumirpc.CreateRequest``).
        context: The gRPC context of the call.
    """

    request: Message
    context: grpc.ServicerContext


@dataclass(frozen=True, slots=True)
class Handlers:
    """What a running server finds its handlers in.

    Attributes:
        lock: Held while a call is dispatched.
        generic: Asked in order for a handler of a method; the first one given answers.
        registered: Handlers by method, which come before the generic ones. Whether an SDK's generated code
            registers its methods changed more than once.
    """

    lock: AbstractContextManager[Any]
    generic: MutableSequence[Any]
    registered: MutableMapping[Any, Any]


def debugging() -> bool:
    """Say whether the user wants to see tracebacks (``PULUMI_HEALTH_DEBUG``)."""
    return bool(os.environ.get("PULUMI_HEALTH_DEBUG"))


def in_stock_host() -> bool:
    """Say whether this process was started as ``python -m pulumi.dynamic``."""
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    return getattr(spec, "name", None) == _STOCK_HOST


def servicing() -> Servicing:
    """Find the servicer's frame above the caller.

    Raises:
        MissingPartError: No frame above holds a request of Pulumi and a gRPC context.
    """
    loaded = _loaded_grpc()
    for frame in _upwards(sys._getframe(1)):  # noqa: SLF001 - the stack is where the host keeps the request
        if not {"request", "context"} <= set(frame.f_code.co_varnames):
            continue
        request, context = frame.f_locals.get("request"), frame.f_locals.get("context")
        if request is not None and _is_request(request) and isinstance(context, loaded.ServicerContext):
            return Servicing(request, context)
    raise MissingPartError("no servicer's frame with a request and a context above the provider's method")


def server() -> grpc.Server:
    """Find the host's server in the main thread's frames.

    Raises:
        MissingPartError: No frame of the main thread holds a gRPC server.
    """
    loaded = _loaded_grpc()
    main_thread = threading.main_thread().ident or 0
    for frame in _upwards(sys._current_frames().get(main_thread)):  # noqa: SLF001 - the server is a local of main()
        found = frame.f_locals.get("server") if "server" in frame.f_code.co_varnames else None
        if isinstance(found, loaded.Server):
            return cast("grpc.Server", found)
    raise MissingPartError("no gRPC server among the locals of the main thread")


def handlers(of: grpc.Server) -> Handlers:
    """Return what a running server finds its handlers in.

    Raises:
        MissingPartError: It finds them elsewhere.
    """
    state = _state(of)
    lock = getattr(state, "lock", None)
    generic, registered = (
        getattr(state, name, None) for name in ("generic_handlers", "registered_method_handlers")
    )
    if not isinstance(generic, MutableSequence) or not hasattr(lock, "__enter__"):
        raise MissingPartError("the server has no list of generic handlers")
    if not isinstance(registered, MutableMapping):
        registered = {}  # what an older grpcio has not
    if CANCEL not in registered and not any(handler.service(_PROBE) for handler in generic):
        raise MissingPartError("no handler answers for the resource provider")
    return Handlers(cast("AbstractContextManager[Any]", lock), generic, registered)


def stock_handler(found: Handlers, method: str) -> Any:
    """Return the generic handler of a method.

    Raises:
        MissingPartError: None answers for it.
    """
    details = SimpleNamespace(method=method, invocation_metadata=())
    handler = next(filter(None, (each.service(details) for each in found.generic)), None)
    if not hasattr(handler, "unary_unary"):
        raise MissingPartError(f"no handler answers {method}")
    return handler


def thread_pool(of: grpc.Server) -> ThreadPoolExecutor:
    """Return the pool that runs a server's calls, with an int ``_max_workers`` and a ``_work_queue``.

    Raises:
        MissingPartError: The pool is of another kind.
    """
    pool = getattr(_state(of), "thread_pool", None)
    if not isinstance(pool, ThreadPoolExecutor) or not isinstance(getattr(pool, "_max_workers", None), int):
        raise MissingPartError("the server runs its calls in something else than a ThreadPoolExecutor")
    if not hasattr(getattr(pool, "_work_queue", None), "qsize"):
        raise MissingPartError("the server's ThreadPoolExecutor has no work queue")
    return pool


def was_answered(context: grpc.ServicerContext) -> bool:
    """Say whether a finished call ended with its answer on the way, not with the engine hanging up.

    Raises:
        MissingPartError: The context does not say.
    """
    state: Any = getattr(context, "_state", None)
    if not hasattr(state, "client"):
        raise MissingPartError("a finished call does not say whether its answer left")
    return bool(state.client != _CLIENT_CANCELLED)


def engine_address() -> str:
    """Return the engine's ``host:port``: the last argument of the host (logging flags may come before it).

    Raises:
        MissingPartError: The last argument is not an address.
    """
    last = sys.argv[-1] if sys.argv else ""
    if not _ADDRESS.fullmatch(last):
        raise MissingPartError("the host was not given the engine's address")
    return last


def provider_property(request: Message) -> Any:
    """Return the protobuf Value of ``__provider``, which every state that the host answers must carry.

    Raises:
        MissingPartError: No property bag of the request has it.
    """
    for name in _PROPERTY_BAGS:
        fields = getattr(getattr(request, name, None), "fields", {})
        if PROVIDER_KEY in fields:
            return fields[PROVIDER_KEY]
    raise MissingPartError(f"the request carries no {PROVIDER_KEY}")


def method(request: Message) -> str:
    """Return the call's name in lower case: ``create`` for a ``pulumirpc.CreateRequest``."""
    return request.DESCRIPTOR.name.removesuffix("Request").lower()


def _loaded_grpc() -> Any:
    module = sys.modules.get("grpc")
    if module is None:
        raise MissingPartError("grpc is not loaded, so this is not a host")
    return module


def _upwards(frame: FrameType | None) -> Iterator[FrameType]:
    for _ in range(_MAX_FRAMES):
        if frame is None:
            return
        yield frame
        frame = frame.f_back


def _is_request(value: object) -> bool:
    descriptor = getattr(value, "DESCRIPTOR", None)
    name = str(getattr(descriptor, "full_name", ""))
    return name.startswith(_REQUEST_PREFIX) and name.endswith("Request")


def _state(of: grpc.Server) -> Any:
    state = getattr(of, "_state", None)
    if state is None:
        raise MissingPartError("the gRPC server keeps its state elsewhere")
    return state
