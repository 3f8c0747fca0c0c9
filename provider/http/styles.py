"""Parameters as OpenAPI's styles write them (OpenAPI 3.1, Parameter Object, Style Values). Pure.

The styles of RFC 6570 are expanded by ``uritemplate`` (see OpenAPI 3.1.1, Appendix C); the others are few.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from ..arazzo.protocol import JSON

_DEFAULTS: Final = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
_OPERATORS: Final = {"simple": "", "label": ".", "matrix": ";"}
_DELIMITERS: Final = {"spaceDelimited": "%20", "pipeDelimited": "|"}
_RESERVED: Final = ":/?#[]@!$&'()*+,;="


def in_path(name: str, value: JSON, described: Mapping[str, Any]) -> str:
    """Return a path parameter's text."""
    if "content" in described:
        return quote(json.dumps(value), safe="")
    style, explode = _style("path", described)
    return _expanded(f"{{{_OPERATORS.get(style, '')}{name}{'*' if explode else ''}}}", name, value)


def in_query(name: str, value: JSON, described: Mapping[str, Any]) -> str:
    """Return a query parameter as ``name=value`` pairs, joined by ``&``."""
    if "content" in described:
        return f"{quote(name, safe='')}={quote(json.dumps(value), safe='')}"
    style, explode = _style("query", described)
    safe = _RESERVED if described.get("allowReserved") else ""
    if style == "deepObject" and isinstance(value, Mapping):
        pairs = ((f"{name}[{key}]", each) for key, each in value.items())
        return "&".join(
            f"{quote(key, safe='[]')}={quote(plain_text(each), safe=safe)}" for key, each in pairs
        )
    if style in _DELIMITERS and isinstance(value, list) and not explode:
        joined = _DELIMITERS[style].join(quote(plain_text(each), safe=safe) for each in value)
        return f"{quote(name, safe='')}={joined}"
    if not isinstance(value, list | Mapping):
        return f"{quote(name, safe='')}={quote(plain_text(value), safe=safe)}"
    return _expanded(f"{{&{name}{'*' if explode else ''}}}", name, value).removeprefix("&")


def in_header(value: JSON, described: Mapping[str, Any]) -> str:
    """Return a header's or a cookie's text."""
    if "content" in described:
        return json.dumps(value)
    _, explode = _style("header", described)
    if isinstance(value, Mapping):
        return ",".join(f"{key}{'=' if explode else ','}{plain_text(each)}" for key, each in value.items())
    return ",".join(map(plain_text, value)) if isinstance(value, list) else plain_text(value)


def plain_text(value: JSON) -> str:
    """Return a value as text: JSON's words for true, false and null, strings as they are."""
    return value if isinstance(value, str) else json.dumps(value)


def _style(place: str, described: Mapping[str, Any]) -> tuple[str, bool]:
    style = str(described.get("style") or _DEFAULTS[place])
    return style, bool(described.get("explode", style == "form"))


def _expanded(template: str, name: str, value: JSON) -> str:
    import uritemplate  # noqa: PLC0415 - of the extra http

    return str(uritemplate.expand(template, {name: _texts(value)}))


def _texts(value: JSON) -> Any:
    if isinstance(value, Mapping):
        return {str(key): plain_text(each) for key, each in value.items()}
    return [plain_text(each) for each in value] if isinstance(value, list) else plain_text(value)
