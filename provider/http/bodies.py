"""Bodies by their content type, in both directions. Pure."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from ..arazzo.protocol import MISSING
from .styles import plain_text

if TYPE_CHECKING:
    from ..arazzo.protocol import JSON, Request

JSON_TYPE: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"


def sent(request: Request, declared: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """Return a body's content type, None where the client sets it, and what httpx sends it by.

    Args:
        request: The request.
        declared: The ``content`` of the operation's Request Body Object.
    """
    body = request.body
    if body is MISSING:
        return None, {}
    kind = request.content_type or next(
        iter(declared), JSON_TYPE if not isinstance(body, str) else "text/plain"
    )
    plain = kind.partition(";")[0].strip().lower()
    if plain == _MULTIPART and isinstance(body, Mapping):
        return None, {"files": {name: (None, plain_text(each)) for name, each in body.items()}}
    if plain == _FORM and isinstance(body, Mapping):
        pairs = {name: _values(each) for name, each in body.items()}
        return kind, {"content": urlencode(pairs, doseq=True).encode()}
    if is_json_media(plain):
        return kind, {"content": json.dumps(body).encode()}
    return kind, {"content": plain_text(body).encode()}


def received(content: bytes, kind: str) -> JSON:
    """Return an answer's body: parsed JSON, or text, or base64 of what is not text; None for an empty one."""
    if not content:
        return None
    if is_json_media(kind.partition(";")[0].strip().lower()):
        try:
            return json.loads(content)
        except ValueError:
            pass  # then it is the text that it is
    try:
        return content.decode()
    except UnicodeDecodeError:
        return base64.b64encode(content).decode()


def is_json_media(kind: str) -> bool:
    """Whether a media type is JSON's (RFC 6839)."""
    return kind == JSON_TYPE or kind.endswith("+json")


def _values(value: JSON) -> list[str] | str:
    return [plain_text(each) for each in value] if isinstance(value, list) else plain_text(value)
