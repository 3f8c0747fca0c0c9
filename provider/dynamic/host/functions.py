"""Functions that a program calls by ``pulumi.runtime.invoke``; the stock host has none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

import grpc
from google.protobuf import json_format
from pulumi.runtime.proto import provider_pb2

from . import internals
from .part import Part, warn_missing

Function = Callable[[Mapping[str, Any]], None]
"""Takes the arguments; what it raises becomes the call's failure."""

_lock: Final = threading.Lock()
_functions: Final[dict[str, Function]] = {}


def answer(token: str, function: Function) -> None:
    """Answer calls of a function from now on.

    Args:
        token: Its name, ``pulumi-python:dynamic:stored``: the package is the host's own.
        function: Does what is asked for before the answer leaves.
    """
    with _lock:
        is_first = not _functions
        _functions[token] = function
        if is_first:
            try:
                _install(internals.handlers(internals.server()))
            except internals.MissingPartError as error:
                warn_missing(Part.FUNCTIONS, error)


class InvokeListener:
    """A generic RPC handler that answers Invoke."""

    def __init__(self, handler: Any) -> None:
        self._handler = handler

    def service(self, handler_call_details: Any) -> Any:
        """Return the handler where the call is Invoke; leave all others to the next one."""
        return self._handler if handler_call_details.method == internals.INVOKE else None


def _install(handlers: internals.Handlers) -> None:
    with handlers.lock:
        registered = handlers.registered.get(internals.INVOKE)
        if registered is None:
            stock = internals.stock_handler(handlers, internals.INVOKE)
            handlers.generic.insert(0, InvokeListener(_answering(stock)))
        else:
            handlers.registered[internals.INVOKE] = _answering(registered)


def _answering(stock: Any) -> Any:
    """Return a handler of Invoke that knows our functions, and leaves all others to the given one."""

    def invoke(request: Any, context: Any) -> Any:
        function = _functions.get(request.tok)
        if function is None:
            return stock.unary_unary(request, context)
        function(json_format.MessageToDict(request.args))
        return provider_pb2.InvokeResponse()

    return grpc.unary_unary_rpc_method_handler(
        invoke,
        request_deserializer=stock.request_deserializer,
        response_serializer=stock.response_serializer,
    )
