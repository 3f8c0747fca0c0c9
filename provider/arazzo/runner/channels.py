"""Steps on channels (Arazzo 1.1): what comes of one, in the words that answers over HTTP are told in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..machine import NoAnswer
from ..protocol import MISSING, Message, Response

if TYPE_CHECKING:
    from ..protocol import Call, ChannelCaller


def exchange(channels: ChannelCaller, call: Call) -> Response | NoAnswer:
    """Send or receive a message, and return it as an answer without a status; NoAnswer where none came."""
    operation, request = call.operation, call.request
    if operation.action == "receive":
        message = channels.receive(operation, request, call.until)
        return NoAnswer("no message came") if message is None else _answer(message)
    channels.send(operation, request)
    headers = {name: str(value) for name, value in request.header.items()}
    return _answer(Message(headers, None if request.body is MISSING else request.body))


def _answer(message: Message) -> Response:
    return Response(0, message.headers, message.payload)
